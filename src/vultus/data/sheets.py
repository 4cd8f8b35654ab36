"""Contact sheets: many pictures on one, each with its caption."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

PAPER = (255, 255, 255)
INK = (34, 34, 34)
GAP_PX = 6
LARGEST_TYPE_PX = 17
SMALLEST_TYPE_PX = 10


def contact_sheet(
    frames: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    columns: int,
    captions: Sequence[str] | None = None,
) -> UInt8[np.ndarray, "h w 3"]:
    """Lay pictures out in rows, left to right, with a caption below each.

    Every cell is as large as the largest picture; smaller ones stand in its middle. A caption that is too
    long is set smaller, then shortened in its middle.

    Args:
        frames: Pictures, sRGB; at least one, of any sizes.
        columns: Pictures in a row; fewer when there are fewer pictures.
        captions: One for each picture; an empty one stays blank.
    """
    if captions is not None and len(captions) != len(frames):
        raise ValueError(f"{len(frames)} frames but {len(captions)} captions")
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    width = max(frame.shape[1] for frame in frames)
    height = max(frame.shape[0] for frame in frames)
    strip = _type_size(width) * 8 // 5 if captions and any(captions) else 0
    pitch_x, pitch_y = width + GAP_PX, height + strip + GAP_PX
    sheet = Image.new("RGB", (columns * pitch_x + GAP_PX, rows * pitch_y + GAP_PX), PAPER)
    for index, frame in enumerate(frames):
        left, top = GAP_PX + index % columns * pitch_x, GAP_PX + index // columns * pitch_y
        inset = (left + (width - frame.shape[1]) // 2, top + (height - frame.shape[0]) // 2)
        sheet.paste(Image.fromarray(np.ascontiguousarray(frame)), inset)
        if captions and captions[index]:
            middle = (left + width / 2, top + height + strip / 2)
            _write(ImageDraw.Draw(sheet), captions[index], middle, width)
    return np.asarray(sheet).copy()


def _type_size(width_px: int) -> int:
    """Type that suits pictures of this width."""
    return min(max(width_px // 12, SMALLEST_TYPE_PX), LARGEST_TYPE_PX)


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans, which matplotlib brings; Pillow's own knows no accents."""
    matplotlib = find_spec("matplotlib")
    if matplotlib is not None and matplotlib.origin is not None:
        path = Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            return ImageFont.truetype(path, size_px)
    return ImageFont.load_default(size_px)


def _write(draw: ImageDraw.ImageDraw, caption: str, middle: tuple[float, float], width_px: int) -> None:
    """Write the caption centred on `middle`, no wider than `width_px`."""
    for size in range(_type_size(width_px), SMALLEST_TYPE_PX - 1, -1):
        font = _font(size)
        if draw.textlength(caption, font) <= width_px:
            break
    keep = len(caption)
    shown = caption
    while keep > 1 and draw.textlength(shown, font) > width_px:
        keep -= 1
        shown = f"{caption[: (keep + 1) // 2]}…{caption[len(caption) - keep // 2 :]}"
    draw.text(middle, shown, INK, font, anchor="mm")
