"""Motion beyond what a network has seen, as a camera would show it: the whole picture goes along."""

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8

from vultus.data.track import Track
from vultus.face.crop import SquareCrop
from vultus.methods.base import AvatarOptions
from vultus.methods.framing import Layout

MARGIN = 0.25
"""What is kept of the portrait around the square, in sides, for pictures that move it into the frame."""

STILL_PX = 0.02
"""Pixels of motion that are none."""


def pans(near: Track, far: Track) -> Float[np.ndarray, "t 2 3"]:
    """What moves pictures of the near poses to where the far ones have the head.

    Args:
        near: Poses that were rendered.
        far: Poses that were asked for, with cameras in the same pixels; they differ in place and size alone.

    Returns:
        Affine matrices between points of the picture, px.
    """
    zoom = (far.scale / near.scale).double()
    shift = far.translation_px.double() - zoom[:, None] * near.translation_px.double()
    matrices = torch.zeros(len(near), 2, 3, dtype=torch.float64)
    matrices[:, 0, 0] = matrices[:, 1, 1] = zoom
    matrices[:, :, 2] = shift
    return matrices.numpy()


class Panning:
    """A portrait's square with what lies around it.

    Args:
        rgb: The portrait.
        crop: The square.
        side_px: Side of the frames that show it.
    """

    def __init__(self, rgb: UInt8[np.ndarray, "h w 3"], crop: SquareCrop, side_px: int) -> None:
        self._side, self._margin = side_px, round(MARGIN * side_px)
        around = round(self._margin * crop.side_px / side_px)
        outer = SquareCrop(crop.left_px - around, crop.top_px - around, crop.side_px + 2 * around)
        picture = outer.resample(rgb, side_px + 2 * self._margin)
        inner = SquareCrop(self._margin, self._margin, side_px)
        self._layout = Layout(picture, inner, AvatarOptions(paste_back=True))
        self.memory_bytes: int = self._layout.memory_bytes

    def panned(
        self, picture: UInt8[np.ndarray, "s s 3"], pan: Float[np.ndarray, "2 3"]
    ) -> UInt8[np.ndarray, "s s 3"]:
        """A picture of the square, moved together with what lies around it.

        Args:
            picture: At the side of the frames.
            pan: Of `pans`, in pixels of the frames.
        """
        corners = np.array([[0.0, 0.0, 1.0], [self._side, self._side, 1.0]])
        if np.abs(corners @ pan.T - corners[:, :2]).max() < STILL_PX:
            return picture
        canvas = np.empty((*self._layout.size_px, 3), np.uint8)
        self._layout.lay(picture, canvas)
        back = cv2.invertAffineTransform(pan)  # points lie at pixels' corners, OpenCV's in their middles
        back[:, 2] = back @ np.array([0.5, 0.5, 1.0]) - 0.5 + self._margin
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (self._side, self._side)
        moved = cv2.warpAffine(canvas, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)
