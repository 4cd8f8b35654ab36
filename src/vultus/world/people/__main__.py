"""Draw people: a sheet of 64, or a turntable of each hair style."""

import argparse
from pathlib import Path

from PIL import Image

from vultus.world.people.sheet import hair_sheet, people_sheet


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(prog="python -m vultus.world.people", description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("people.png"), help="picture to write")
    parser.add_argument("--first", type=int, default=0, help="seed of the first person")
    parser.add_argument("--sheet", choices=("people", "hair"), default="people", help="what to show")
    arguments = parser.parse_args()
    seeds = range(arguments.first, arguments.first + 64)
    picture = people_sheet(seeds) if arguments.sheet == "people" else hair_sheet(arguments.first)
    Image.fromarray(picture).save(arguments.out)


if __name__ == "__main__":
    main()
