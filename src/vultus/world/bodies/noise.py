"""Smooth random fields in space."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import map_coordinates

from vultus.world.seeds import generator

_SIDE = 32


def noise(points: Float[np.ndarray, "n 3"], size_mm: float, *key: int | str) -> Float[np.ndarray, " n"]:
    """Values of about [-1, 1] that differ between points further apart than `size_mm`.

    Args:
        points: Places, mm.
        size_mm: Of a blotch.
        key: Names the field.
    """
    lattice = generator("noise", *key).uniform(-1.0, 1.0, (_SIDE,) * 3)
    return 1.3 * np.asarray(map_coordinates(lattice, points.T / size_mm, order=3, mode="grid-wrap"))
