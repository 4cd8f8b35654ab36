"""`vultus data build`: real videos and stills become a data set in the common form."""

import math
import os
import time
from pathlib import Path

import click

from vultus.data.real.build import build_set
from vultus.data.real.making import Making
from vultus.data.real.outcomes import Outcome
from vultus.data.real.policy import Policy
from vultus.data.real.recipes import RECIPES
from vultus.data.real.sources import SOURCES
from vultus_cli.inputs import SET
from vultus_cli.output import LINE_EVERY_S, answer, say

_USUAL = Policy()


@click.command("build")
@click.argument("input_path", metavar="INPUT", type=SET)
@click.option("--out", "out_path", type=SET, required=True, help="Folder of the set; continued if it exists.")
@click.option("--source", default="folder", show_default=True, help=f"Layout of INPUT: {', '.join(SOURCES)}.")
@click.option(
    "--recipe", default="vultus-256", show_default=True, help=f"How faces are cut out: {', '.join(RECIPES)}."
)
@click.option("--morphable", default="builtin", show_default=True, help="Morphable model of the tracks.")
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    default=len(os.sched_getaffinity(0)),
    show_default="processors",
    help="Processes; 0 for none but this one.",
)
@click.option(
    "--min-seconds",
    type=click.FloatRange(0, min_open=True),
    default=_USUAL.least_seconds,
    show_default=True,
    help="Shorter clips are left out.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(0, min_open=True),
    default=_USUAL.most_seconds,
    show_default=True,
    help="Longer clips are cut.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    input_path: Path,
    out_path: Path,
    source: str,
    recipe: str,
    morphable: str,
    workers: int,
    min_seconds: float,
    max_seconds: float,
    as_json: bool,
) -> None:
    """Track, split and cut out every video and still of INPUT, a folder of files or a published data set.

    Whatever is left out is named with its reason. A run that was interrupted goes on where it was.
    """
    if not math.isfinite(min_seconds + max_seconds):
        raise click.UsageError(f"no clip lasts {min_seconds:g} to {max_seconds:g} s; give finite numbers")
    if min_seconds > max_seconds:
        raise click.UsageError(f"--min-seconds {min_seconds:g} is more than --max-seconds {max_seconds:g}")
    policy = Policy(least_seconds=min_seconds, most_seconds=max_seconds)
    making = Making(source=source, recipe=RECIPES[recipe], policy=policy, morphable=morphable)
    report = build_set(input_path, out_path, making, workers, _Talk())
    report.require_clips(str(input_path))
    answer(report.to_json(), as_json=as_json)


class _Talk:
    """Says what was left out at once, and how far it is every few seconds."""

    def __init__(self) -> None:
        self._start = self._said = time.monotonic()
        self._items = self._clips = 0

    def __call__(self, outcome: Outcome) -> None:
        """Take the outcome of an item."""
        self._items += 1
        self._clips += len(outcome.clips)
        for one in outcome.rejections:
            where = "" if one.start_s is None else f" ({one.start_s:.2f} to {one.end_s:.2f} s)"
            say(f"left out: {outcome.id}{where}: {one.reason}: {one.message}")
        now = time.monotonic()
        if now - self._said >= LINE_EVERY_S:
            rate = self._items / (now - self._start)
            say(f"building: {self._items} items, {self._clips} clips ({rate:.2f} items/s)")
            self._said = now
