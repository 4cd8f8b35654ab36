"""`vultus data inspect`: show what a set holds."""

from pathlib import Path

import click

from vultus.data.sets import ClipSet, StoredSet, open_set
from vultus.data.sets.inspection import Inspection, inspect_set, write_report
from vultus.errors import InputError
from vultus_cli.inputs import SET
from vultus_cli.output import answer, progress, say

LONGEST_LIST = 20
"""Faults that are said one by one."""


@click.command("inspect")
@click.argument("folder", type=SET, metavar="DIR")
@click.option("--out", type=SET, help="Folder of the report.  [default: DIR/inspection]")
@click.option("--verify", is_flag=True, help="Compare every byte with its digest too; exit 2 if any differs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, out: Path | None, verify: bool, as_json: bool) -> int:
    """Show what the set in DIR holds, a folder of clips or of shards.

    Writes a contact sheet, plots of poses, expressions and sizes, and the data card.
    """
    stored = open_set(folder)
    target = _make(out or (folder if folder.is_dir() else folder.parent) / "inspection")
    clips = progress(stored.clips(), "inspecting", len(stored.ids()), "clip")
    inspection = inspect_set(stored, clips)
    page = write_report(inspection, target)
    damaged = stored.verify() if verify else []
    told = list(dict.fromkeys(map(str, [*inspection.faults, *damaged])))
    for fault in told[:LONGEST_LIST]:
        say(f"cannot be used: {fault}")
    if len(told) > LONGEST_LIST:
        say(f"and {len(told) - LONGEST_LIST} more")
    if as_json:
        answer(
            {**inspection.summary(), "damaged": told if verify else None, "report": str(page)}, as_json=True
        )
    else:
        _print(inspection, stored, page)
    return 2 if damaged else 0


def _print(inspection: Inspection, stored: StoredSet, page: Path) -> None:
    card = inspection.card
    total = card.total
    print(f"{card.name}: {total.clips} clips of {total.people} people, {60 * total.hours:.1f} minutes")
    print(f"form: {'folder' if isinstance(stored, ClipSet) else 'shards'}")
    print(f"licences: {', '.join(card.licences)}")
    for name, part in card.splits.items():
        print(f"{name}: people {part.people}, clips {part.clips}, frames {part.frames}")
    for name, values in inspection.summary()["ranges"].items():
        if isinstance(values, dict):
            print(f"{name}: {values['p1']:.4g} to {values['p99']:.4g}, median {values['p50']:.4g}")
    print(f"cannot be used: {len(inspection.faults)}")
    print(f"report: {page}")


def _make(target: Path) -> Path:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make {str(target)!r}: {error.strerror}", remedy="give --out a folder that can be written"
        ) from error
    return target
