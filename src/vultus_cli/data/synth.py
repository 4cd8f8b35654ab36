"""`vultus data synth`: a data set of synthetic people who talk, with every quantity known."""

import os
from pathlib import Path

import click

from vultus.errors import InputError
from vultus_cli.data.synthesising import SynthesisProgress
from vultus_cli.inputs import SET
from vultus_cli.output import answer


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
    with SynthesisProgress() as progress:
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
