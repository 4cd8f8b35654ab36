"""Parts of the face that the portrait hides, taken from the face's other side with their light matched."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int, UInt8
from scipy.spatial import cKDTree

from vultus.methods.warp.composite import warped
from vultus.methods.warp.hidden import edge_laplacian
from vultus.methods.warp.interior import Patch, bounding_box, pixel_grid, soft_patch

_ROUNDS = 6
_LIGHT_ROUNDS = 30
_RATIO = (0.35, 1.6)


@dataclass(frozen=True)
class Twins:
    """For each vertex its counterpart on the other side of the face."""

    position: Float32[np.ndarray, "v 2"]
    """Of the counterpart in the portrait, px of the grid."""

    weight: Float32[np.ndarray, " v"]
    """How far the vertex is hidden while its counterpart is seen, [0, 1]."""

    ratio: Float32[np.ndarray, " v"]
    """Brightness of the vertex's surroundings over its counterpart's."""


def counterparts(rest: Float32[np.ndarray, "v 3"]) -> Int[np.ndarray, " v"]:
    """Nearest vertex to each vertex's mirror image in the middle plane, x = 0 of the head frame."""
    nearest: np.ndarray = cKDTree(rest).query(rest * [-1, 1, 1])[1]
    return nearest


def find_twins(
    faces: Int[np.ndarray, "f 3"],
    rest: Float32[np.ndarray, "v 3"],
    may: Float32[np.ndarray, " v"],
    view: tuple[Float32[np.ndarray, "v 3"], Float32[np.ndarray, "v 3"], Float32[np.ndarray, " v"]],
    picture: UInt8[np.ndarray, "g g 3"],
) -> Twins:
    """Pair hidden vertices of the face with seen ones.

    Args:
        faces: Triangles of the skin.
        rest: The mean head, head frame.
        may: Which vertices may be followed at all, [0, 1]; ears and the neck may not.
        view: Positions in the portrait, borrowed positions, px of the grid, and trust.
        picture: The portrait on the grid.
    """
    position, borrowed, trust = view
    other = counterparts(rest)
    weight = (1 - trust) * (trust[other] > 0.9) * (may > 0)
    weight = _smoothed(faces, weight.astype(np.float64), _ROUNDS) * (trust[other] > 0.5)
    soft = cv2.GaussianBlur(picture, (0, 0), len(picture) / 64).astype(np.float64).mean(axis=2) + 8
    light = np.log(_sampled(soft, borrowed) / _sampled(soft, position[other]))
    ratio = np.exp(_smoothed(faces, light, _LIGHT_ROUNDS)).clip(*_RATIO)
    return Twins(
        position[other, :2].astype(np.float32), weight.clip(0, 1).astype(np.float32), ratio.astype(np.float32)
    )


def twin_patch(mirrored: Float32[np.ndarray, "g g 4"], picture: UInt8[np.ndarray, "g g 3"]) -> Patch | None:
    """Colours from the other side of the face where it stands in, or None where it does nowhere.

    Args:
        mirrored: Displacement to the counterpart, px, weight and brightness ratio of each pixel.
        picture: The portrait on the grid.
    """
    box = bounding_box(mirrored[..., 2] > 0.02, 2)
    if box is None:
        return None
    part = mirrored[box]
    positions = pixel_grid(box, part.shape[:2]) + part[..., :2]
    colour = warped(picture, positions)
    lit = (colour * part[..., 3:]).clip(0, 255)
    return soft_patch(box, lit.astype(np.float32), part[..., 2])


def _smoothed(
    faces: Int[np.ndarray, "f 3"], value: Float[np.ndarray, " v"], rounds: int
) -> Float[np.ndarray, " v"]:
    """Averages over neighbours on the mesh."""
    laplacian = edge_laplacian(faces, len(value))
    share = 0.7 / np.maximum(laplacian.diagonal(), 1)
    for _ in range(rounds):
        value = value - share * (laplacian @ value)
    return value


def _sampled(
    picture: Float[np.ndarray, "g g"], points: Float32[np.ndarray, "v 3"]
) -> Float[np.ndarray, " v"]:
    column, row = (np.floor(points[:, axis]).astype(int).clip(0, len(picture) - 1) for axis in (0, 1))
    return picture[row, column]
