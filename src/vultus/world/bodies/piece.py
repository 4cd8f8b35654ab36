"""Pieces that bodies are put together from, and what each follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

Points = Float[np.ndarray, "n 3"]
Triangles = Int[np.ndarray, "m 3"]


@dataclass(frozen=True)
class Piece:
    """Vertices and triangles of one part, template frame, mm."""

    part: str
    """One of `PARTS`."""

    points: Points
    """Vertices at rest."""

    faces: Triangles
    """Counter-clockwise from outside, indices into `points`."""

    albedo: Points
    """Linear RGB."""

    gloss: Float[np.ndarray, " n"]
    """[0, 1]."""

    strand: Points
    """Unit direction in which hair or yarn runs; zeros where nothing does."""

    torso: Float[np.ndarray, " n"]
    """0 rides on the head, 1 stays with the shoulders."""

    anchors: Int[np.ndarray, "n k"]
    """Vertices of the head whose expression each follows; all -1 for a piece that follows none."""

    shares: Float[np.ndarray, "n k"]
    """Weights of the anchors."""

    def moved(self, points: Points) -> "Piece":
        """The same piece with its vertices elsewhere."""
        return replace(self, points=points)


def piece(
    part: str,
    points: Points,
    faces: Triangles,
    albedo: Float[np.ndarray, "*a 3"] | Sequence[float],
    gloss: float = 0.2,
    strand: Float[np.ndarray, "*s 3"] | Sequence[float] = (0.0, 0.0, 0.0),
    torso: float | Float[np.ndarray, " n"] = 0.0,
    follow: tuple[Int[np.ndarray, "n k"], Float[np.ndarray, "n k"]] | None = None,
) -> Piece:
    """A piece; single values hold for all of its vertices.

    Args:
        part: One of `PARTS`.
        points: Template frame, mm.
        faces: Indices into `points`.
        albedo: Linear RGB.
        gloss: [0, 1].
        strand: Unit direction of hair.
        torso: 0 rides on the head, 1 stays with the shoulders.
        follow: Anchors and shares, for what follows the skin.
    """
    anchors, shares = follow or (np.full((len(points), 1), -1), np.zeros((len(points), 1)))
    count = len(points)
    return Piece(
        part,
        np.asarray(points, dtype=np.float64),
        np.asarray(faces, dtype=np.int64).reshape(-1, 3),
        np.broadcast_to(np.asarray(albedo, dtype=np.float64), (count, 3)),
        np.full(count, gloss),
        np.broadcast_to(np.asarray(strand, dtype=np.float64), (count, 3)),
        np.broadcast_to(np.asarray(torso, dtype=np.float64), count),
        anchors,
        shares,
    )


def grid_faces(rows: int, columns: int, closed: bool = False) -> Int[np.ndarray, "m 3"]:
    """Triangles of a grid of vertices in row-major order.

    Counter-clockwise seen from where columns run to the right and rows run up.

    Args:
        rows: Rows of vertices.
        columns: Columns of vertices.
        closed: Whether the last column is joined to the first.
    """
    index = np.arange(rows * columns).reshape(rows, columns)
    right = np.roll(index, -1, axis=1)
    low_left, low_right, high_left, high_right = index[:-1], right[:-1], index[1:], right[1:]
    if not closed:
        low_left, low_right, high_left, high_right = (
            part[:, :-1] for part in (low_left, low_right, high_left, high_right)
        )
    first = np.stack([low_left, low_right, high_right], -1)
    second = np.stack([low_left, high_right, high_left], -1)
    return np.stack([first, second], 2).reshape(-1, 3)


def smoothstep(
    value: Float[np.ndarray, "*n"], low: float | int, high: float | int
) -> Float[np.ndarray, "*n"]:
    """0 below `low`, 1 above `high`, smooth between; the other way round where `low` > `high`."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def tube(
    path: Points, radius: Float[np.ndarray, " n"], sides: int = 6, closed: bool = False
) -> tuple[Float[np.ndarray, "m 3"], Int[np.ndarray, "f 3"]]:
    """A tube along a path.

    Args:
        path: Its middle line.
        radius: Of each point of the line.
        sides: Corners of its section.
        closed: Whether the path's last point is joined to its first.

    Returns:
        Vertices and triangles.
    """
    tangent = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    tangent = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
    helper = np.where(np.abs(tangent[:, 2:]) < 0.8, [[0.0, 0.0, 1.0]], [[0.0, 1.0, 0.0]])
    side = np.cross(tangent, helper)
    side = side / np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(tangent, side)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * other[:, None]
    points = path[:, None] + radius[:, None, None] * ring
    rows = len(path)
    faces = grid_faces(rows, sides, closed=True)
    if closed:
        index = np.arange(sides)
        after = np.roll(index, -1)
        last = (rows - 1) * sides
        faces = np.concatenate(
            [
                faces,
                np.stack([last + index, last + after, after], -1),
                np.stack([last + index, after, index], -1),
            ]
        )
    else:
        fan = np.arange(1, sides - 1)
        start = np.stack([np.zeros_like(fan), fan + 1, fan], -1)
        end = np.stack([np.zeros_like(fan), fan, fan + 1], -1) + (rows - 1) * sides
        faces = np.concatenate([faces, start, end])
    return points.reshape(-1, 3), faces
