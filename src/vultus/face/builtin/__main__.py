"""`python -m vultus.face.builtin OUT.png` draws the built-in head from every side, with every expression."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from vultus.face.builtin.model import build_head
from vultus.render.turntable import expression_sheet, identity_sheet, turntable_sheet

_ACROSS = 8
_COLOURS = 48


def contact_sheet(side_px: int) -> Image.Image:
    """Turntable, expressions and random people, one above the other.

    Args:
        side_px: Side of the picture of each expression.
    """
    head = build_head()
    sheets = [
        turntable_sheet(head, side_px=side_px * _ACROSS // 7, columns=7),
        expression_sheet(head, yaw_deg=15, side_px=side_px, columns=_ACROSS),
        identity_sheet(head, count=2 * _ACROSS, side_px=side_px, columns=_ACROSS),
    ]
    width = max(sheet.shape[1] for sheet in sheets)
    return Image.fromarray(np.concatenate([_widened(sheet, width) for sheet in sheets]))


def _widened(sheet: np.ndarray, width_px: int) -> np.ndarray:
    return np.pad(sheet, ((0, 0), (0, width_px - sheet.shape[1]), (0, 0)), constant_values=255)


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(prog="python -m vultus.face.builtin", description=__doc__)
    parser.add_argument(
        "out", type=Path, nargs="?", default=Path("builtin-head.png"), help="picture to write"
    )
    parser.add_argument("--side", type=int, default=112, help="side of each expression's picture, px")
    arguments = parser.parse_args()
    page = contact_sheet(arguments.side)
    few = page.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
