"""Smooth random fields in space."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.ndimage import map_coordinates, spline_filter

from vultus.world.seeds import generator

_SIDE = 32


def noise(points: Float[np.ndarray, "n 3"], size_mm: float, *key: int | str) -> Float[np.ndarray, " n"]:
    """Values of about [-1, 1] that differ between points further apart than `size_mm`.

    Args:
        points: Places, mm.
        size_mm: Of a blotch.
        key: Names the field.
    """
    values = map_coordinates(_lattice(key), points.T / size_mm, order=3, mode="grid-wrap", prefilter=False)
    return 1.3 * np.asarray(values)


@lru_cache(maxsize=32)
def _lattice(key: tuple[int | str, ...]) -> Float[np.ndarray, "s s s"]:
    """Cubic spline coefficients of random values."""
    values = generator("noise", *key).uniform(-1.0, 1.0, (_SIDE,) * 3)
    return np.asarray(spline_filter(values, order=3, mode="grid-wrap"))
