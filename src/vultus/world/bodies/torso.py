"""Neck base, shoulders and chest as a surface round the neck's axis; template frame, mm."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.interpolate import PchipInterpolator

from vultus.world.bodies.piece import smoothstep

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]

AXIS_Z = -95.0
_PLACES = np.linspace(0, 1, 9)
_FRONT = np.array(
    [
        (52, 56, 63, 80, 97, 110, 119, 119, 112),
        (-112, -124, -136, -152, -174, -204, -250, -320, -420),
    ]
).T
_SIDE = np.array(
    [
        (52, 61, 80, 114, 155, 190, 211, 220, 222),
        (-92, -108, -122, -136, -149, -168, -206, -290, -420),
    ]
).T
_BACK = np.array(
    [
        (52, 59, 71, 85, 97, 106, 109, 107, 100),
        (-76, -92, -110, -132, -162, -200, -255, -325, -420),
    ]
).T
"""(distance from the axis, height) at each of `_PLACES`, from the neck down."""


def torso_points(place: Values, azimuth: Values, breadth: float) -> Points:
    """Points on the skin of neck, shoulders and chest.

    Args:
        place: 0 at the neck under the chin to 1 at the picture's lower end.
        azimuth: 0 to the front, π/2 to the subject's left, rad.
        breadth: Of the shoulders against the usual.
    """
    front, side, back = (curve(place) for curve in _curves())
    wide = smoothstep(place, 0.15, 0.6)
    half = side[:, 0] * (1 + (breadth - 1) * wide)
    deep = np.where(np.cos(azimuth) > 0, front[:, 0], back[:, 0]) * (1 + 0.4 * (breadth - 1) * wide)
    sine, cosine = np.sin(azimuth), np.cos(azimuth)
    power = 2.0 + 0.5 * wide
    radius = (np.abs(sine / half) ** power + np.abs(cosine / deep) ** power) ** (-1 / power)
    level = np.where(cosine > 0, front[:, 1], back[:, 1])
    height = level + (side[:, 1] - level) * sine**2
    return np.stack([radius * sine, height, AXIS_Z + radius * cosine], -1)


def torso_normals(place: Values, azimuth: Values, breadth: float) -> Points:
    """Outward unit normals there."""
    step = 1e-3
    down = torso_points(place + step, azimuth, breadth) - torso_points(place - step, azimuth, breadth)
    around = torso_points(place, azimuth + step, breadth) - torso_points(place, azimuth - step, breadth)
    normal = np.cross(down, around)
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def neck_level(points: Points) -> Values:
    """Height along the neck, mm; the throat and the nape are alike where the chin shades both."""
    return points[:, 1] + 0.35 * (points[:, 2] - AXIS_Z)


def torso_share(points: Points) -> Values:
    """How far the neck stays with the shoulders: nothing of the face does, all of the neck's base."""
    return smoothstep(neck_level(points), -50.0, -118.0)


@lru_cache(maxsize=1)
def _curves() -> tuple[PchipInterpolator, ...]:
    return tuple(PchipInterpolator(_PLACES, table, extrapolate=True) for table in (_FRONT, _SIDE, _BACK))
