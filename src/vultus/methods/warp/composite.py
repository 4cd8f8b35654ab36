"""Layers into a frame: the warped portrait over the completed background."""

from typing import no_type_check

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Shaped, UInt8
from numba import njit


def foreground(
    matte: Float32[np.ndarray, "h w"], reach_px: float
) -> tuple[UInt8[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """What moves with the person, and what has to be completed behind.

    What moves reaches a little further than the person and fades out there, so that a band of true background
    goes with strands of hair. Behind that band the background is the portrait's own, so nothing shows where
    nothing moves.

    Args:
        matte: Probability of the person, [0, 1].
        reach_px: Width of the band, px.

    Returns:
        Opacity of the moving layer, 255 wherever there is a hole, and the hole.
    """
    hole = _grown(matte > 0.25, 0.45 * reach_px)
    distance = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 3)
    fade = (1 - (distance - 1) / reach_px).clip(0, 1)
    opacity = (255 * fade * fade * (3 - 2 * fade)).round().astype(np.uint8)
    return opacity, hole


def _grown(mask: Bool[np.ndarray, "h w"], reach_px: float) -> Bool[np.ndarray, "h w"]:
    if mask.all() or reach_px < 0.5:
        return mask
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) <= reach_px


def sampling_map(
    displacement: Float32[np.ndarray, "g g 2"], side_px: int, margin_px: int = 0
) -> Float32[np.ndarray, "s s 2"]:
    """Absolute positions from a field on a coarser grid; pixel centres are integers, as `cv2.remap` has them.

    Args:
        displacement: In px of its own grid.
        side_px: Side of the result.
        margin_px: What the sampled layer has around the frame.
    """
    grid = displacement.shape[0]
    if grid != side_px:
        displacement = cv2.resize(displacement, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
        displacement *= side_px / grid
    return _absolute(displacement, margin_px)


def warped(
    layer: Shaped[np.ndarray, "h w *c"], positions: Float32[np.ndarray, "i j 2"], sharp: bool = False
) -> Shaped[np.ndarray, "i j *c"]:
    """Sample a layer backwards, cubic or linear; beyond its border the border is repeated."""
    method = cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.remap(layer, positions, None, method, borderMode=border))  # type: ignore[call-overload]


@njit(cache=True, nogil=True)
@no_type_check
def over(front, opacity, back):
    """Lay a picture over another in place of `front`.

    Args:
        front: (h, w, 3) uint8, changed in place.
        opacity: (h, w) uint8; 255 shows the front alone.
        back: (h, w, 3) uint8.
    """
    for row in range(opacity.shape[0]):
        for column in range(opacity.shape[1]):
            a = np.int32(opacity[row, column])
            if a == 255:
                continue
            for channel in range(3):
                mixed = a * front[row, column, channel] + (255 - a) * back[row, column, channel]
                front[row, column, channel] = np.uint8((mixed + 127) // 255)
    return front


@njit(cache=True, nogil=True)
@no_type_check
def _absolute(displacement, margin):
    positions = np.empty(displacement.shape, np.float32)
    for row in range(displacement.shape[0]):
        for column in range(displacement.shape[1]):
            positions[row, column, 0] = displacement[row, column, 0] + column + margin
            positions[row, column, 1] = displacement[row, column, 1] + row + margin
    return positions
