"""The skin: the anchor's face and the skull's rings as one surface, subdivided and faired."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.anchor import load_anchor
from vultus.face.builtin.meshing import Triangles, Vertices, fair, grid_faces, subdivide
from vultus.face.builtin.skull import skull_rings
from vultus.face.builtin.topology import (
    FACE_OVAL,
    LID_LOWER_RIGHT,
    LID_UPPER_RIGHT,
    LIPS_LOWER,
    LIPS_UPPER,
)

_LIP_GAP_MM = 0.1


@dataclass(frozen=True)
class Skin:
    """The skin of face, skull and neck; its first 468 vertices are MediaPipe's points."""

    vertices: Vertices
    faces: Triangles
    face_count: int
    """Triangles that lie in the face mesh come first; so many."""

    skull: Float[np.ndarray, " v"]
    """0 at the face's border and inside, 1 at the collar: how far a vertex lies beyond the face."""

    upper_lip: Int[np.ndarray, " n"]
    """Inner margin of the upper lip, right corner to left."""

    lower_lip: Int[np.ndarray, " n"]
    """Inner margin of the lower lip; same ends."""

    upper_lid: Int[np.ndarray, " m"]
    """Margin of the right upper lid, outer corner to inner."""

    lower_lid: Int[np.ndarray, " m"]
    """Margin of the right lower lid; same ends."""

    parents: Int[np.ndarray, "e 2"]
    """Ends of the edges whose middles the vertices after the cage's are."""

    mirror: Int[np.ndarray, " v"]
    """Partner of each vertex on the other side."""


def build_skin() -> Skin:
    """Join face and skull, split every triangle into four, and smooth what is new."""
    points, mirror, triangles = load_anchor()
    points = _close_lips(points, np.array(LIPS_UPPER[3]), np.array(LIPS_LOWER[3]))
    rings = skull_rings(points[list(FACE_OVAL)])
    count = len(points)
    index = np.concatenate([[FACE_OVAL], count + np.arange(rings[..., 0].size).reshape(len(rings), 36)])
    cage = np.concatenate([points, rings.reshape(-1, 3)])
    skull_faces = _skull_faces(index)
    faces, edges = subdivide(np.concatenate([triangles, skull_faces]), len(cage))
    beyond = np.zeros(len(cage))
    beyond[index] = np.linspace(0, 1, len(index))[:, None]
    pull = np.full(len(cage) + len(edges), 0.0)
    pull[: len(cage)] = np.select([beyond == 0, beyond == 1, beyond < 0.15], [1e6, 1e6, 0.003], 0.03)
    start = np.concatenate([cage, cage[edges].mean(1)])
    cage_mirror = np.concatenate([mirror, index[1:, -np.arange(36) % 36].ravel()])
    mirror = _mirror_after_split(cage_mirror, edges)
    vertices = fair(faces, start, pull)
    vertices = (vertices + vertices[mirror] * [-1, 1, 1]) / 2
    middle = {tuple(edge): len(cage) + number for number, edge in enumerate(edges.tolist())}
    upper, lower = (_split_line(line[3], middle) for line in (LIPS_UPPER, LIPS_LOWER))
    inside = np.tile(np.arange(len(triangles) + len(skull_faces)) < len(triangles), 4)
    return Skin(
        vertices=_close_lips(vertices, upper, lower),
        faces=np.concatenate([faces[inside], faces[~inside]]),
        face_count=4 * len(triangles),
        skull=np.concatenate([beyond, beyond[edges].mean(1)]),
        upper_lip=upper,
        lower_lip=lower,
        upper_lid=_split_line(LID_UPPER_RIGHT, middle),
        lower_lid=_split_line(LID_LOWER_RIGHT, middle),
        parents=edges,
        mirror=mirror,
    )


def _skull_faces(index: Int[np.ndarray, "r 36"]) -> Triangles:
    """Triangles between rings, diagonals symmetric."""
    half = grid_faces(len(index), 19, closed=False)
    right, left = index[:, :19], index[:, -np.arange(19) % 36]
    return np.concatenate([right.ravel()[half], left.ravel()[half][:, ::-1]])


def _mirror_after_split(
    mirror: Int[np.ndarray, " c"], edges: Int[np.ndarray, "e 2"]
) -> Int[np.ndarray, " v"]:
    """Extend a mirror map to the middles of edges."""
    number = {tuple(edge): len(mirror) + i for i, edge in enumerate(edges.tolist())}
    partner = [number[tuple(sorted(pair))] for pair in mirror[edges].tolist()]
    return np.concatenate([mirror, partner])


def _split_line(line: tuple[int, ...], middle: dict[tuple[int, ...], int]) -> Int[np.ndarray, " n"]:
    """A line of cage vertices with the middles of its edges between them."""
    result = [line[0]]
    for a, b in pairwise(line):
        result += [middle[(min(a, b), max(a, b))], b]
    return np.array(result)


def _close_lips(vertices: Vertices, upper: Int[np.ndarray, " n"], lower: Int[np.ndarray, " n"]) -> Vertices:
    """Bring the lips' inner margins together."""
    closed = vertices.copy()
    inner = slice(1, -1)
    middle = (vertices[upper[inner]] + vertices[lower[inner]]) / 2
    apart = np.array([0, _LIP_GAP_MM / 2, 0])
    closed[upper[inner]] = middle + apart
    closed[lower[inner]] = middle - apart
    return closed
