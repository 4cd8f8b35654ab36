"""`vultus data synth`: a data set of synthetic people who talk, with every quantity known."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from vultus.errors import InputError
from vultus_cli.inputs import SET
from vultus_cli.output import LINE_EVERY_S, answer, say


@click.command("synth")
@click.option("--out", "out_path", type=SET, required=True, help="Folder of the set; continued if it exists.")
@click.option("--people", default=10, show_default=True, type=click.IntRange(1, 1_000_000), help="How many.")
@click.option(
    "--seconds",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help="Length of each clip.",
)
@click.option(
    "--clips-per-person",
    default=1,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Performances of each person.",
)
@click.option(
    "--size",
    "side_px",
    default=256,
    show_default=True,
    type=click.IntRange(64, 512),
    help="Side of the square frames, px; even.",
)
@click.option(
    "--fps", default=25.0, show_default=True, type=click.FloatRange(2, 120), help="Frames a second."
)
@click.option("--languages", default="en", show_default=True, help="Spoken in turn, for instance en,de.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Which people.")
@click.option(
    "--views",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Cameras on each performance, from -60° to 60°.",
)
@click.option(
    "--truth", default="", help="Layers to store, for instance depth,parts,flow,landmarks.  [default: none]"
)
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    default=len(os.sched_getaffinity(0)),
    show_default="processors",
    help="Processes; 0 for none but this one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    out_path: Path,
    people: int,
    seconds: float,
    clips_per_person: int,
    side_px: int,
    fps: float,
    languages: str,
    seed: int,
    views: int,
    truth: str,
    workers: int,
    as_json: bool,
) -> None:
    """Make people who talk, and store them with sound and track, divided into train, val and test.

    The same options give the same set, whatever the number of workers. A run that was interrupted goes on
    where it was.
    """
    from vultus.world.sets import SetPlan, synthesise_set  # noqa: PLC0415 - its speech and meshes are heavy

    plan = SetPlan(
        people=people,
        clips_per_person=clips_per_person,
        duration_s=seconds,
        fps=fps,
        side_px=side_px,
        languages=_names(languages),
        seed=seed,
        views=views,
        truth=_names(truth),
    )
    with _Progress() as progress:
        clips = synthesise_set(out_path, plan, workers, progress)
    card = clips.card
    values: dict[str, object] = {
        "out": str(out_path),
        "people": people,
        "clips": card.clips,
        "frames": card.frames,
        "hours": card.duration_s / 3600,
        "digest": card.digest,
    }
    answer(values, as_json=as_json)


def _names(text: str) -> tuple[str, ...]:
    """Names between commas, each once."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if len(set(names)) < len(names):
        raise InputError(f"{text!r} names something twice", remedy="name each once")
    return names


class _Progress:
    """How far it is and how long it will take: a bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self) -> None:
        self._kept: int | None = None
        self._start: float | None = None
        self._said = time.monotonic()

    def __enter__(self) -> Callable[[int, int], None]:
        if not sys.stderr.isatty():
            return self._line
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("synthesising", total=None)
        self._bar.start()
        return lambda done, total: self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *error: object) -> None:
        if sys.stderr.isatty():
            self._bar.stop()

    def _line(self, done: int, total: int) -> None:
        """Say how many frames there are, of how many."""
        now = time.monotonic()
        if self._kept is None:
            self._kept = done
            if done:
                say(f"synthesising: {done} of {total} frames are there already")
        made = done - self._kept
        if made and self._start is None:
            self._start, self._kept, made = now, done, 0  # processes take a while to start
        if self._start is not None and made and now - self._said >= LINE_EVERY_S:
            rate = made / (now - self._start)
            left = f"{(total - done) / rate:.0f} s left"
            say(f"synthesising: frame {done} of {total}, {left} ({rate:.1f} frames/s)")
            self._said = now
