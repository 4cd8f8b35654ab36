"""`python -m vultus.face.builtin OUT.png` draws the built-in head from every side, with every expression."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from vultus.face.builtin.model import build_head
from vultus.render.turntable import expression_sheet, identity_sheet, turntable_sheet


def contact_sheet(width_px: int) -> Image.Image:
    """Turntable, expressions and random people, one above the other.

    Args:
        width_px: Width of the picture.
    """
    head = build_head()
    sheets = [turntable_sheet(head), expression_sheet(head), identity_sheet(head, count=16)]
    pictures = [_scaled(sheet, width_px) for sheet in sheets]
    page = Image.new("RGB", (width_px, sum(picture.height for picture in pictures)), "white")
    top = 0
    for picture in pictures:
        page.paste(picture, (0, top))
        top += picture.height
    return page


def _scaled(sheet: np.ndarray, width_px: int) -> Image.Image:
    picture = Image.fromarray(sheet)
    return picture.resize(
        (width_px, round(picture.height * width_px / picture.width)), Image.Resampling.LANCZOS
    )


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(prog="python -m vultus.face.builtin", description=__doc__)
    parser.add_argument(
        "out", type=Path, nargs="?", default=Path("builtin-head.png"), help="picture to write"
    )
    parser.add_argument("--width", type=int, default=1536, help="its width, px")
    arguments = parser.parse_args()
    page = contact_sheet(arguments.width)
    page.quantize(256, method=Image.Quantize.MEDIANCUT).save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
