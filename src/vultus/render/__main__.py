"""`python -m vultus.render OUT.png` shows a morphable model."""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.render.turntable import expression_sheet, identity_sheet, turntable_sheet

SHEETS: dict[str, Callable[[MorphableModel], np.ndarray]] = {
    "turntable": turntable_sheet,
    "expressions": expression_sheet,
    "people": identity_sheet,
}


def main() -> None:
    """Write the chosen contact sheet."""
    parser = argparse.ArgumentParser(prog="python -m vultus.render", description=__doc__)
    parser.add_argument("out", type=Path, help="picture to write, for instance head.png")
    parser.add_argument("--morphable", default="builtin", help="name of the morphable model")
    parser.add_argument("--path", type=Path, help="its file, where it has one")
    parser.add_argument("--sheet", choices=sorted(SHEETS), default="turntable", help="what to show")
    arguments = parser.parse_args()
    model = load_morphable(arguments.morphable, arguments.path)
    Image.fromarray(SHEETS[arguments.sheet](model)).save(arguments.out)


if __name__ == "__main__":
    main()
