"""Where hair grows, and how thick it lies there, style by style; template frame, mm."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.noise import noise
from vultus.world.bodies.piece import smoothstep
from vultus.world.people.records import Hair

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]

_PARTED = ("long_straight", "long_wavy")
_UNDER_SKIN_MM = -6.0
"""Where no hair grows, its surface runs this deep below the skin."""


def above_hairline(points: Points, hair: Hair) -> Values:
    """Height above the hairline, mm; below zero on face, ears and neck."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    forehead = 26.0 if hair.style == "bob" else 40.0
    line = 64 + forehead * smoothstep(z, -58, -8) - 103 * smoothstep(-z, 58, 160)
    line = line + hair.hairline_mm * smoothstep(z, -45, -5)
    line = line - 30 * np.exp(-(((z + 60) / 9) ** 2)) * smoothstep(x, 45, 60)  # in front of the ears
    if hair.style in _PARTED:
        line = line + 8 * np.exp(-(((points[:, 0] - 34 * hair.parting) / 17) ** 2)) * smoothstep(z, -45, -15)
    if hair.style == "receding":
        temples = np.exp(-(((x - 38) / 17) ** 2)) * smoothstep(z, -75, -25)
        line = line + 26 * temples + 8 * smoothstep(z, -50, -10)
    return y - line


def thickness(points: Points, hair: Hair, seed: int) -> Values:
    """How far hair stands off the scalp; `_UNDER_SKIN_MM` where none grows."""
    if hair.style not in _COATS:
        return np.full(len(points), _UNDER_SKIN_MM)
    height = above_hairline(points, hair)
    full, taper = _COATS[hair.style](points, hair, seed)
    grown = smoothstep(height, -3.0, 1.0) * (0.25 + 0.75 * smoothstep(height, 0.0, taper))
    return _UNDER_SKIN_MM + grown * (full * hair.volume - _UNDER_SKIN_MM)


Coat = Callable[[Points, Hair, int], tuple[Values, float]]
"""Thickness far from the hairline, and the height over which it grows to that."""


def _buzz(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    del hair, seed
    return np.full(len(points), 2.4), 14.0


def _crop(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    del hair
    top = smoothstep(points[:, 1], 55, 110)
    tufts = noise(points, 11.0, seed, "tufts")
    return 4.5 + 7.0 * top + (1.0 + 2.0 * top) * tufts, 16.0


def _side_part(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    x, y, z = points.T
    across = (x - 42 * hair.parting) * -np.sign(hair.parting)  # > 0 on the fuller side
    top = smoothstep(y, 60, 112)
    groove = np.exp(-((across / 4.5) ** 2)) * smoothstep(z, -110, -80) * top
    swept = smoothstep(across, 0, 45) * (1 - smoothstep(across, 60, 120))
    locks = noise(np.stack([x / 2.2, y, z], -1), 12.0, seed, "locks")
    return 6.0 + top * (6 + 8 * swept) + 1.6 * locks - 9 * groove, 14.0


def _quiff(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    del hair
    x, y, z = points.T
    top = smoothstep(y, 68, 105) * (1 - smoothstep(np.abs(x), 38, 66))
    front = smoothstep(z, -95, -15)
    locks = noise(np.stack([x, y / 2, z / 3], -1), 9.0, seed, "locks")
    return 4.5 + top * (9 + 22 * front) + (1 + 2 * top) * locks, 12.0


def _receding(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    del hair
    thin = smoothstep(points[:, 1], 95, 125)
    return 6.0 - 2.5 * thin + 1.5 * noise(points, 10.0, seed, "tufts"), 18.0


def _curls(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    top = smoothstep(points[:, 1], 30, 110)
    size = 17.0 - 3.0 * hair.waviness
    bumps = np.abs(noise(points, size, seed, "curls")) + 0.5 * np.abs(noise(points, size / 2, seed, "fine"))
    return 13.0 + 12.0 * top + 11.0 * (bumps - 0.45), 9.0


def _afro(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    bumps = noise(points, 9.0, seed, "tufts") + noise(points, 30.0, seed, "shape")
    rise = smoothstep(above_hairline(points, hair), -5, 55)
    return 8.0 + 36.0 * rise + 2.2 * bumps, 8.0


def _draped(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    """The upper half of hair that hangs: smooth, parted, full at the sides."""
    x, y, z = points.T
    across = x - 34 * hair.parting
    groove = np.exp(-((across / 4.0) ** 2)) * smoothstep(z, -110, -70) * smoothstep(y, 70, 95)
    locks = noise(np.stack([x, y / 5, z], -1), 10.0, seed, "locks")
    side = 1 - smoothstep(y, 60, 110)
    return 11.0 + 5.0 * side + (1.2 + 1.8 * hair.waviness) * locks - 7.0 * groove, 12.0


def _tied(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    del hair
    x, y, z = points.T
    locks = noise(np.stack([x, y, z / 5], -1), 8.0, seed, "locks")
    return 6.5 + 0.9 * locks, 14.0


def _cap(points: Points, hair: Hair, seed: int) -> tuple[Values, float]:
    """Short hair that shows below a cap."""
    del hair, seed
    return np.full(len(points), 4.0), 12.0


_COATS: dict[str, Coat] = {
    "buzz": _buzz,
    "crop": _crop,
    "side_part": _side_part,
    "quiff": _quiff,
    "receding": _receding,
    "curls": _curls,
    "afro": _afro,
    "bob": _draped,
    "long_straight": _draped,
    "long_wavy": _draped,
    "ponytail": _tied,
    "bun": _tied,
    "cap": _cap,
}
