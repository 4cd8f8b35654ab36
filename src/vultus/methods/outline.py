"""The head's outline in two poses and the displacement around it: outline goes to outline, hair with it."""

import numpy as np
from jaxtyping import Float, Float32

_BINS = 96
_REACH = 0.3


def radial_outline(
    points_px: Float[np.ndarray, "v 2"], centre_px: Float[np.ndarray, " 2"]
) -> Float[np.ndarray, " a"]:
    """Largest distance of any point from the centre in each of 96 directions, smoothed, px.

    Args:
        points_px: Points of the head, image frame.
        centre_px: Somewhere inside the head.
    """
    x, y = points_px[:, 0] - centre_px[0], points_px[:, 1] - centre_px[1]
    bins = (np.arctan2(y, x) * (_BINS / (2 * np.pi))).astype(np.int64) % _BINS
    radius = np.zeros(_BINS)
    np.maximum.at(radius, bins, np.hypot(x, y))
    around = np.pad(radius, 4, mode="wrap")
    widest = np.max([around[shift : shift + _BINS + 6] for shift in range(3)], axis=0)
    kernel = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    return np.convolve(widest, kernel, mode="same")[3:-3]


def outline_displacement(
    driven: tuple[Float[np.ndarray, " 2"], Float[np.ndarray, " a"]],
    source: tuple[Float[np.ndarray, " 2"], Float[np.ndarray, " a"]],
    turn_rad: float,
    zoom: float,
    step_px: float,
    cells: int,
) -> tuple[Float32[np.ndarray, "c c 2"], Float32[np.ndarray, "c c"]]:
    """Backward displacement that carries the driven outline, and what lies beyond it, onto the portrait's.

    A point on the ray at angle θ comes from the ray at θ + turn; on the outline from the portrait's outline,
    further out as a ball would have it, whose outline knows no turn but that in the image plane.

    Args:
        driven: Centre of the head, px, and its outline.
        source: The same in the portrait.
        turn_rad: Rotation from driven to portrait in the image plane, from x to y, rad.
        zoom: Size in the portrait over driven size.
        step_px: Pixels between cells of the result.
        cells: Cells on each side of the result.

    Returns:
        Displacement, px, and distance from the driven outline, px, negative inside.
    """
    centres = ((np.arange(cells) + 0.5) * step_px).astype(np.float32)
    x, y = np.broadcast_arrays((centres - driven[0][0])[None, :], (centres - driven[0][1])[:, None])
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    beyond = radius - _at(driven[1], angle)
    inside = np.minimum(radius / np.maximum(radius - beyond, 1e-6), 1.0)
    turned = angle + turn_rad
    rim, beyond_px = radius - beyond, np.maximum(beyond, 0)
    excess = _at(source[1], turned) - zoom * rim
    distance = zoom * radius + excess * inside * np.exp(-beyond_px / (_REACH * np.maximum(rim, 1e-6)))
    from_x, from_y = source[0][0] + distance * np.cos(turned), source[0][1] + distance * np.sin(turned)
    moved = np.stack([from_x - driven[0][0] - x, from_y - driven[0][1] - y], axis=-1)
    return moved.astype(np.float32), beyond.astype(np.float32)


def _at(outline: Float[np.ndarray, " a"], angle: Float[np.ndarray, "h w"]) -> Float[np.ndarray, "h w"]:
    """The outline's radius at each angle, linear between directions; bins are centred on half steps."""
    place = angle * (_BINS / (2 * np.pi)) - 0.5
    low = np.floor(place)
    share = place - low
    index = low.astype(np.int64) % _BINS
    return (1 - share) * outline[index] + share * outline[(index + 1) % _BINS]
