"""The square crop around a head: where it lies, and the way between its pixels and the picture's."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Int, UInt8


@dataclass(frozen=True)
class SquareCrop:
    """A square of whole pixels in a picture; it may reach beyond the picture."""

    left_px: int
    """First column, picture px."""

    top_px: int
    """First row, picture px."""

    side_px: int
    """Side, picture px."""

    def to_crop(self, side_px: int) -> Float[np.ndarray, "2 3"]:
        """Affine matrix from picture px to the pixels of this crop resampled to `side_px`.

        Example:
            >>> SquareCrop(left_px=10, top_px=20, side_px=100).to_crop(50) @ [10.0, 20.0, 1.0]
            array([0., 0.])
        """
        zoom = side_px / self.side_px
        return np.array([[zoom, 0.0, -self.left_px * zoom], [0.0, zoom, -self.top_px * zoom]])

    def to_picture(self, side_px: int) -> Float[np.ndarray, "2 3"]:
        """Affine matrix from the pixels of this crop resampled to `side_px` to picture px."""
        zoom = self.side_px / side_px
        return np.array([[zoom, 0.0, self.left_px], [0.0, zoom, self.top_px]])

    def inside(self, size_px: tuple[int, int]) -> tuple[slice, slice]:
        """Rows and columns of the picture that the crop covers."""
        height, width = size_px
        rows = slice(max(self.top_px, 0), min(self.top_px + self.side_px, height))
        return rows, slice(max(self.left_px, 0), min(self.left_px + self.side_px, width))

    def cut(self, picture: UInt8[np.ndarray, "h w *c"]) -> UInt8[np.ndarray, "s s *c"]:
        """The crop's pixels, untouched; beyond its border the picture is mirrored."""
        height, width = picture.shape[:2]
        rows = _mirrored(np.arange(self.top_px, self.top_px + self.side_px), height)
        columns = _mirrored(np.arange(self.left_px, self.left_px + self.side_px), width)
        return np.ascontiguousarray(picture[rows[:, None], columns])

    def resample(self, picture: UInt8[np.ndarray, "h w c"], side_px: int) -> UInt8[np.ndarray, "s s c"]:
        """The crop at `side_px`: area averages when it shrinks, cubic when it grows."""
        cut = self.cut(picture)
        if side_px == self.side_px:
            return cut
        method = cv2.INTER_AREA if side_px < self.side_px else cv2.INTER_CUBIC
        return cv2.resize(cut, (side_px, side_px), interpolation=method).astype(np.uint8)


def head_crop(
    points_px: Float[np.ndarray, "v 2"], size_px: tuple[int, int], zoom: float = 1.8, rise: float = 0.03
) -> SquareCrop:
    """Place a square around a head.

    It is moved into the picture as far as possible, and shrunk by at most a quarter to fit.

    Args:
        points_px: Points on the head from chin to crown, image frame, px.
        size_px: Height and width of the picture.
        zoom: Side of the square in sizes of the head.
        rise: How far the head's middle lies above the square's, in sides.
    """
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    wanted = zoom * float((high - low).max())
    side = max(round(min(wanted, max(min(size_px), 0.75 * wanted))), 16)
    centre = (low + high) / 2 + [0.0, rise * side]
    left, top = (round(float(c) - side / 2) for c in centre)
    return SquareCrop(_shifted(left, side, size_px[1]), _shifted(top, side, size_px[0]), side)


def _mirrored(index: Int[np.ndarray, " n"], length: int) -> Int[np.ndarray, " n"]:
    """Indices folded back into [0, length), as often as needed; the border's pixel is repeated."""
    folded = index % (2 * length)
    return np.minimum(folded, 2 * length - 1 - folded)


def _shifted(start: int, side: int, length: int) -> int:
    """Start of an interval of `side`, moved into [0, length) or centred on it when longer."""
    if side >= length:
        return (length - side) // 2
    return min(max(start, 0), length - side)
