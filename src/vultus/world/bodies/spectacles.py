"""Glasses: two rims, a bridge, two temples that reach behind the ears; template frame, mm."""

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.piece import Piece, piece, tube
from vultus.world.bodies.surface import HeadSurface
from vultus.world.people.records import Glasses

Points = Float[np.ndarray, "n 3"]

_CENTRE = np.array([32.5, 30.0])
_OUTLINES = {
    "round": (22.5, 21.5, 2.0),
    "oval": (25.5, 18.5, 2.2),
    "rectangular": (27.0, 16.5, 4.0),
    "square": (25.5, 20.5, 3.6),
}
"""Half width and half height of a lens, and the power of its superellipse."""
_WRAP = 0.0042
_CLEAR_MM = 2.5


def glasses_pieces(glasses: Glasses | None, surface: HeadSurface, eyes: Points) -> list[Piece]:
    """The frame; nothing where none is worn.

    Args:
        glasses: Style.
        surface: The head's skin.
        eyes: Middles of the right and the left eyeball.
    """
    if glasses is None:
        return []
    half, high, power = _OUTLINES[glasses.style]
    half, high = half * glasses.size, high * glasses.size
    level = eyes[:, 1].mean() - 3.0
    centre = np.array([max(np.abs(eyes[:, 0]).mean() + 0.5, half + 7.0), level])
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    outline = np.stack([_power(np.cos(angle), power) * half, _power(np.sin(angle), power) * high], -1)
    depth = _clear_depth(surface, centre, outline)
    radius = glasses.rim_mm / 2
    pieces = []
    for side in (-1.0, 1.0):
        flat = (outline + centre) * [side, 1.0]
        path = np.column_stack([flat, depth - _WRAP * flat[:, 0] ** 2])
        pieces.append(_bar(glasses, path[:: int(side)], np.full(len(path), radius), closed=True))
        pieces.append(_bar(glasses, _temple(side, centre, half, high, depth, surface), None, radius))
    pieces.append(_bar(glasses, _bridge(centre, half, high, depth), None, radius))
    return pieces


def _power(value: Float[np.ndarray, " n"], power: float) -> Float[np.ndarray, " n"]:
    return np.sign(value) * np.abs(value) ** (2 / power)


def _clear_depth(
    surface: HeadSurface, centre: Float[np.ndarray, "2"], outline: Float[np.ndarray, "n 2"]
) -> float:
    """Depth of the frame's middle so that neither brow, cheek nor nose touches it."""
    rim = outline + centre
    points = surface.points
    flat = np.column_stack([np.abs(points[:, 0]), points[:, 1]])
    near = np.linalg.norm(flat[:, None] - rim[None], axis=-1).min(1) < 4.0
    near &= points[:, 2] > -40
    return float((points[near, 2] + _WRAP * points[near, 0] ** 2).max()) + _CLEAR_MM


def _bridge(centre: Float[np.ndarray, "2"], half: float, high: float, depth: float) -> Points:
    inner = centre[0] - 0.97 * half
    x = np.linspace(-inner, inner, 7)
    arch = 1 - (x / inner) ** 2
    return np.column_stack([x, centre[1] + 0.32 * high + 2.5 * arch, depth + 1.5 * arch - _WRAP * x**2])


def _temple(
    side: float, centre: Float[np.ndarray, "2"], half: float, high: float, depth: float, surface: HeadSurface
) -> Points:
    """From the rim's outer corner back over the ear and down behind it."""
    outer = centre[0] + 0.93 * half
    start = np.array([outer, centre[1] + 0.45 * high, depth - _WRAP * outer**2])
    height = 41.0
    along = np.linspace(0, 1, 7)[1:]
    z = start[2] + (-84.0 - start[2]) * along
    y = start[1] + (height - start[1]) * along
    x = np.maximum(_side_of_head(surface, side, y, z) + 3.0, outer + (80.0 - outer) * along)
    x[0] = max(x[0], outer + 3.0)
    hook = [[x[-1] - 1.5, height - 7, -95.0], [x[-1] - 5, height - 24, -101.0]]
    path = np.vstack([start, start + np.array([3.5, 0, -4.0]), np.column_stack([x, y, z]), hook])
    return path * [side, 1, 1]


def _side_of_head(
    surface: HeadSurface, side: float, y: Float[np.ndarray, " n"], z: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """Half width of the head at some places."""
    points = surface.points[surface.points[:, 0] * side > 0]
    square = (points[None, :, 1] - y[:, None]) ** 2 + (points[None, :, 2] - z[:, None]) ** 2
    weight = np.exp(-square / (2 * 7.0**2)) * (np.abs(points[:, 0]) > 40)
    return (weight * np.abs(points[:, 0])).sum(1) / np.maximum(weight.sum(1), 1e-9)


def _bar(
    glasses: Glasses,
    path: Points,
    radius: Float[np.ndarray, " n"] | None,
    thick: float = 1.0,
    closed: bool = False,
) -> Piece:
    reach = np.full(len(path), thick) if radius is None else radius
    points, faces = tube(path, reach, 6, closed)
    return piece("glasses", points, faces, glasses.colour, gloss=0.8)
