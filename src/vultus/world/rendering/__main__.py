"""`python -m vultus.world.rendering [OUT.png]` draws a face in many lights, or another sheet."""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from vultus.data.media.atomic import replacing
from vultus.world.rendering.sheets import mouths_sheet, people_sheet, stages_sheet, views_sheet

SHEETS: dict[str, Callable[[], np.ndarray]] = {
    "stages": stages_sheet,
    "people": people_sheet,
    "mouths": mouths_sheet,
    "views": views_sheet,
}


def main() -> None:
    """Write the chosen contact sheet."""
    parser = argparse.ArgumentParser(prog="python -m vultus.world.rendering", description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("world.png"), help="PNG or JPEG to write")
    parser.add_argument("--sheet", choices=sorted(SHEETS), default="stages", help="what to show")
    arguments = parser.parse_args()
    kind = "JPEG" if arguments.out.suffix.lower() in {".jpg", ".jpeg"} else "PNG"
    picture = Image.fromarray(SHEETS[arguments.sheet]())
    with replacing(arguments.out) as unfinished:
        picture.save(unfinished, kind, quality=82)


if __name__ == "__main__":
    main()
