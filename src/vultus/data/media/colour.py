"""From what video stores, luma and chroma, to RGB and back."""

from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from jaxtyping import UInt8

HIGH_DEFINITION_LINES = 576
"""Above this many lines BT.709 is meant where a file does not say, else BT.601."""

UNSPECIFIED_MATRIX = 2
"""AVCOL_SPC_UNSPECIFIED [h273, Table 4]."""

BT601_MATRIX = 6
"""SMPTE 170M, the same numbers as BT.601 [h273, Table 4]."""

BT709_MATRIX = 1
"""[h273, Table 4]."""

EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Rounded without bias; swscale's faster paths darken every frame by 1 to 2 of 255."""


def matrix_by_height(height: int) -> Colorspace:
    """The matrix that a clip of so many stored lines has when it does not say."""
    return Colorspace.ITU709 if height > HIGH_DEFINITION_LINES else Colorspace.ITU601


class RgbReader:
    """Turns decoded frames into RGB of one size.

    Args:
        size_px: (height, width) of the results, before any turning.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._height, self._width = size_px
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> UInt8[np.ndarray, "h w 3"]:
        """Full-range RGB; alpha, where there is some, is left out."""
        full = frame.format.name.startswith("yuvj")
        unspecified = frame.colorspace == UNSPECIFIED_MATRIX
        converted = self._reformatter.reformat(
            frame,
            width=self._width,
            height=self._height,
            format="rgb24",
            src_colorspace=matrix_by_height(frame.height) if unspecified else None,
            src_color_range=ColorRange.JPEG if full else None,
            dst_color_range=ColorRange.JPEG,
            interpolation=EXACT,
            threads=1,
        )
        return converted.to_ndarray()


class LumaWriter:
    """Turns RGB into limited-range 4:2:0 frames and says which matrix it used.

    Args:
        height: Lines of the frames, which choose the matrix.
    """

    def __init__(self, height: int) -> None:
        self._matrix = matrix_by_height(height)
        self._reformatter = VideoReformatter()

    @property
    def flags(self) -> dict[str, int]:
        """What the stream must announce: attributes of a codec context."""
        return {
            "colorspace": BT709_MATRIX if self._matrix == Colorspace.ITU709 else BT601_MATRIX,
            "color_range": ColorRange.MPEG,
            "color_primaries": ColorPrimaries.BT709,
            "color_trc": ColorTrc.BT709,
        }

    def frame(self, rgb: UInt8[np.ndarray, "h w 3"]) -> VideoFrame:
        """A frame for the encoder; height and width are even."""
        return self._reformatter.reformat(
            VideoFrame.from_ndarray(rgb, format="rgb24"),
            format="yuv420p",
            dst_colorspace=self._matrix,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=EXACT,
            threads=1,
        )


def square_width(width: int, pixel_aspect: Fraction | None) -> int:
    """The width that a frame has once its pixels are made square.

    Args:
        width: Stored columns.
        pixel_aspect: Width of a pixel divided by its height; None or 0 means square.
    """
    if not pixel_aspect or not Fraction(1, 8) <= pixel_aspect <= 8:
        return width
    return max(1, round(width * pixel_aspect))
