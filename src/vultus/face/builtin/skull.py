"""Skull and neck: rings of vertices that run from the face's border over the head and down to the collar."""

import numpy as np
from jaxtyping import Float

from vultus.face.builtin.meshing import Vertices

RINGS = 14
"""Rings beyond the face's border; the last lies on the collar."""

_CENTRE = np.array([0.0, 40.0, -75.0])
_BLEND_MM = 14.0

_ELLIPSOIDS = (
    ((0.0, 62.0, -80.0), (77.0, 86.0, 86.0)),  # cranium
    ((0.0, 48.0, -100.0), (70.0, 70.0, 74.0)),  # occiput
    ((0.0, -30.0, -45.0), (58.0, 56.0, 46.0)),  # floor of the mouth, jaw
)
_NECK = ((0.0, 10.0, -78.0), (0.0, -170.0, -98.0))
_NECK_RADII_MM = (53.0, 53.0)

# Directions, from the skull's centre, that the rings' columns are drawn to; columns from forehead to chin.
_WAY_COLUMNS = (0.0, 3.0, 5.0, 7.0, 9.0, 11.0, 14.0, 18.0)
_WAY_DIRECTIONS = np.array(
    [
        (0.0, 0.35, -1.0),
        (-0.65, 0.3, -0.85),
        (-0.85, 0.1, -0.7),
        (-0.9, -0.3, -0.6),
        (-0.9, -0.8, -0.25),
        (-0.7, -1.0, 0.0),
        (-0.45, -1.0, 0.25),
        (0.0, -1.0, 0.4),
    ]
)


def skull_rings(oval: Float[np.ndarray, "36 3"]) -> Float[np.ndarray, "r 36 3"]:
    """Rings of vertices, evenly spread over the skull and the neck.

    Args:
        oval: The face's border from the forehead by the subject's right ear, head frame, mm; symmetric.
    """
    start = oval
    middle = _waypoints()
    end = _collar()
    steps = np.linspace(0, 1, RINGS + 1)[:, None, None]
    first, second = (1 - steps) ** 2, steps**2
    rings = first * start + 2 * steps * (1 - steps) * middle + second * end
    rings[1:-1] = _project(_outwards(rings[1:-1]))
    for _ in range(8):
        rings = _even_columns(rings)
        around = (np.roll(rings, 1, 1) + np.roll(rings, -1, 1))[1:-1] / 2
        along = (rings[:-2] + rings[2:]) / 2
        rings[1:-1] = _project(0.8 * rings[1:-1] + 0.15 * along + 0.05 * around)
    mirror = -np.arange(36) % 36
    return ((rings + rings[:, mirror] * [-1, 1, 1]) / 2)[1:]


def _even_columns(rings: Float[np.ndarray, "r 36 3"]) -> Float[np.ndarray, "r 36 3"]:
    """Move the vertices of each column to equal steps of arc length."""
    length = np.linalg.norm(np.diff(rings, axis=0), axis=-1).cumsum(0)
    length = np.concatenate([np.zeros((1, 36)), length])
    even = np.empty_like(rings)
    for column in range(36):
        wanted = np.linspace(0, length[-1, column], len(rings))
        for axis in range(3):
            even[:, column, axis] = np.interp(wanted, length[:, column], rings[:, column, axis])
    return even


def _waypoints() -> Float[np.ndarray, "36 3"]:
    column = np.arange(36)
    mirrored = column > 18
    side = np.where(mirrored, 36 - column, column)
    direction = np.stack([np.interp(side, _WAY_COLUMNS, _WAY_DIRECTIONS[:, axis]) for axis in range(3)], -1)
    direction[mirrored, 0] *= -1
    return _CENTRE + 190 * direction / np.linalg.norm(direction, axis=-1, keepdims=True)


def _collar() -> Float[np.ndarray, "36 3"]:
    """The open end of the neck: an ellipse, lower at the throat than at the nape."""
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    x, z = -62 * np.sin(angle), -58 * np.cos(angle)
    return np.stack([x, -136 - 0.28 * z - 0.0012 * x**2, -96 + z], -1)


def _outwards(points: Float[np.ndarray, "r 36 3"]) -> Float[np.ndarray, "r 36 3"]:
    """Push points away from the head's axis so that projection finds the outer surface."""
    away = points - _CENTRE
    distance = np.linalg.norm(away, axis=-1, keepdims=True).clip(1)
    return _CENTRE + away / distance * distance.clip(95)


def _distance(points: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n"]:
    """Approximate signed distance to the smooth union of cranium, jaw and neck, mm."""
    pieces = []
    for centre, radii in _ELLIPSOIDS:
        scaled = (points - np.array(centre)) / np.array(radii)
        pieces.append((np.linalg.norm(scaled, axis=-1) - 1) * min(radii))
    top, bottom = np.array(_NECK)
    along = ((points - top) @ (bottom - top) / ((bottom - top) ** 2).sum()).clip(0, 1)
    radial = (points - top - along[..., None] * (bottom - top)) / [_NECK_RADII_MM[0], 50.0, _NECK_RADII_MM[1]]
    flare = 1 + 0.28 * along**4
    pieces.append((np.linalg.norm(radial, axis=-1) - flare) * min(_NECK_RADII_MM))
    return -_BLEND_MM * np.log(np.exp(-np.stack(pieces) / _BLEND_MM).sum(0))


def _project(points: Float[np.ndarray, "r 36 3"]) -> Float[np.ndarray, "r 36 3"]:
    """Newton steps along the gradient to the surface."""
    for _ in range(3):
        gradient = np.stack([_distance(points + d) - _distance(points - d) for d in 0.5 * np.eye(3)], -1)
        square = (gradient**2).sum(-1, keepdims=True).clip(0.05)
        points = points - np.clip(_distance(points)[..., None] / square, -12, 12) * gradient
    return points


def inside_mm(points: Vertices) -> Float[np.ndarray, " v"]:
    """Depth of points below the skull's and neck's surface, mm, > 0 inside."""
    return -_distance(points)
