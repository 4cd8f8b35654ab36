"""Square cuts of pictures."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8


def cut_square(
    rgb: UInt8[np.ndarray, "h w 3"],
    centre_px: Float[np.ndarray, " 2"],
    right_px: Float[np.ndarray, " 2"],
    side_px: int,
) -> UInt8[np.ndarray, "s s 3"]:
    """The square about a point, turned so that `right_px` points right; edges are continued.

    Args:
        rgb: A picture.
        centre_px: Middle of the square, image frame.
        right_px: From its middle to the middle of its right side, image frame.
        side_px: Side of what is answered.
    """
    down_px = np.array([-right_px[1], right_px[0]])
    step = np.stack([right_px, down_px], axis=1) * (2 / side_px)  # picture px for a step right, down
    # The middle of pixel (0, 0) of either picture is at (0.5, 0.5); cv2 counts it as (0, 0).
    origin = centre_px - step @ np.full(2, side_px / 2 - 0.5) - 0.5
    matrix = np.column_stack([step, origin])
    cut: np.ndarray = cv2.warpAffine(
        rgb,
        matrix,
        (side_px, side_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cut
