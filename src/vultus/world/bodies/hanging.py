"""Hair that leaves the scalp: curtains, tails and buns, as fields that are negative inside.

Template frame, mm.
"""

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.noise import noise
from vultus.world.bodies.piece import smoothstep
from vultus.world.people.records import Hair

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]

HANGING = {"bob": -72.0, "long_straight": -185.0, "long_wavy": -175.0}
"""Height of the hem by style."""
_AXIS_Z = -82.0


def hanging(points: Points, hair: Hair, seed: int) -> Values | None:
    """Distance from what hangs or is tied, or None for a style without."""
    if hair.style in HANGING:
        return _curtain(points, hair, seed)
    if hair.style == "ponytail":
        return _tail(points, hair, seed)
    if hair.style == "bun":
        return (
            np.linalg.norm((points - [0, 92, -176]) / [1.1, 0.95, 0.9], axis=1)
            - 32 * hair.volume
            + (2.0 * noise(points, 9.0, seed, "bun"))
        )
    return None


def joined(first: Values, second: Values, radius: float) -> Values:
    """The union of two fields with a soft crease."""
    share = np.clip(0.5 + 0.5 * (second - first) / radius, 0, 1)
    return second + share * (first - second) - radius * share * (1 - share)


def _curtain(points: Points, hair: Hair, seed: int) -> Values:
    x, y, z = points.T
    wave = _waves(points, hair, seed)
    fall = smoothstep(y, 20, -110)  # 0 at the ears, 1 at the neck
    flare = 8 * hair.waviness if hair.style == "long_wavy" else -3.0
    half = 97 * (1 - 0.06 * fall) + flare * fall + 6 * (hair.volume - 1)
    deep = 100 - 14 * fall + 0.5 * flare * fall
    outer = _ellipse(x, z, half, deep) + wave
    inner = _ellipse(x, z - 8, half - 24, deep - 20)
    front = _front(y, x)
    hem = _hem(points, hair, seed)
    solid = np.maximum(np.maximum(outer, z - front), np.maximum(hem - y, y - 70))
    hollow = np.maximum(inner, -(z + 128))
    return np.maximum(solid, -np.where(y < 30, hollow, 30.0))


def _front(y: Values, x: Values) -> Values:
    """How far forward the curtain reaches at each height: behind the cheek, then along the neck."""
    del x
    return -44 - 12 * smoothstep(y, 60, 15) + 10 * smoothstep(y, -30, -120)


def _waves(points: Points, hair: Hair, seed: int) -> Values:
    x, y, z = points.T
    around = np.arctan2(x, -(z - _AXIS_Z)) * 85
    locks = noise(np.stack([around, y / 7, 0 * y], -1), 9.0, seed, "curtain")
    if hair.style != "long_wavy":
        return 1.6 * locks
    phase = 0.8 * noise(np.stack([around, 0 * y, 0 * y], -1), 22.0, seed, "phase")
    swing = np.sin(y / (12 - 3 * hair.waviness) + 4 * phase) * smoothstep(y, 60, 0)
    return 2.5 * locks + (3.0 + 3.5 * hair.waviness) * swing


def _hem(points: Points, hair: Hair, seed: int) -> Values:
    x, _, z = points.T
    around = np.arctan2(x, -(z - _AXIS_Z)) * 85
    ragged = noise(np.stack([around, 0 * x, 0 * x], -1), 7.0, seed, "hem")
    rise = HANGING[hair.style] + 60  # below the ears' lobes
    return -60 + rise * hair.length + 5 * ragged


def _tail(points: Points, hair: Hair, seed: int) -> Values:
    """A chain of balls along a curve, thick in the middle, pointed at the end."""
    line = np.linspace(0, 1, 24)[:, None]
    start, bend, end = np.array([0, 82, -166.0]), np.array([0, 70, -232.0]), np.array([0, -30, -205.0])
    end = start + (end - start) * [1, hair.length * (0.8 + 0.2 * hair.volume), 1] - [0, 20, 0]
    path = (1 - line) ** 2 * start + 2 * line * (1 - line) * bend + line**2 * end
    radius = (7 + 24 * np.sin(np.pi * np.clip(line[:, 0] * 0.9 + 0.06, 0, 1)) ** 0.8) * hair.volume
    radius[0] = 12
    away = np.linalg.norm(points[:, None] - path[None], axis=-1) - radius
    nearest = away.min(1)
    locks = noise(points * [1, 0.2, 1], 8.0, seed, "tail")
    return nearest + (1.5 + 2 * hair.waviness) * locks


def _ellipse(x: Values, z: Values, half: Values | float, deep: Values | float) -> Values:
    """About the distance from an elliptic cylinder round the neck's axis."""
    return (np.hypot(x / half, (z - _AXIS_Z) / deep) - 1) * np.minimum(half, deep)
