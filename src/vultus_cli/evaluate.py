"""`vultus evaluate`: measure a generated video or picture against its reference."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vultus.data.media import Frame
from vultus.data.media.atomic import replacing
from vultus.errors import InputError
from vultus_cli.inputs import FILE, check_output, is_picture, open_frames, picture_bytes
from vultus_cli.output import answer, progress
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import EvaluationOptions, Report

if TYPE_CHECKING:
    import numpy as np


@click.command("evaluate")
@click.argument("generated", metavar="GENERATED", type=FILE)
@click.option(
    "--reference", metavar="REFERENCE", type=FILE, required=True, help="Video or picture to compare with."
)
@click.option("--source", metavar="IMAGE", type=FILE, help="Portrait that identity is compared with.")
@click.option(
    "--sound",
    metavar="FILE",
    type=FILE,
    help="Sound or video that GENERATED's lips are compared with; its own without it.",
)
@click.option("--metrics", "names", help="Comma-separated names; all that apply without it.")
@click.option(
    "--cross", is_flag=True, help="REFERENCE shows another person: only motion and identity are compared."
)
@click.option("--out", "out_path", type=FILE, help="Report to write: .json or .csv.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    generated: Path,
    reference: Path,
    source: Path | None,
    sound: Path | None,
    names: str | None,
    cross: bool,
    out_path: Path | None,
    as_json: bool,
) -> None:
    """Compare GENERATED with REFERENCE frame by frame; every score carries unit, protocol and interval."""
    if out_path:
        check_output(out_path, (".json", ".csv"), (generated, reference, source))
    options = EvaluationOptions(
        metrics=tuple(name.strip() for name in names.split(",") if name.strip()) if names else (),
        mode="cross" if cross else "self",
        source_picture=picture_bytes(source) if source else b"",
        sound=sound_of(sound or generated),
    )
    with Rooms() as rooms:
        report = evaluate(rooms, generated, reference, options)
    values = {"generated": str(generated), "reference": str(reference), **report.to_json()}
    if out_path:
        text = as_csv(report) if out_path.suffix.lower() == ".csv" else json.dumps(values, indent=1)
        with replacing(out_path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    if as_json:
        answer(values, as_json=True)
    else:
        _print_table(report)


def evaluate(rooms: Rooms, generated: Path, reference: Path, options: EvaluationOptions) -> Report:
    """Score two files in the metrics room; raises `InputError` that names both where their lengths differ."""
    with open_frames(generated) as (ours, count), open_frames(reference) as (theirs, other):
        if count and other and count != other:
            raise InputError(
                f"{generated} has {count} frames, {reference} has {other}",
                remedy="compare clips of the same length",
                metadata={"generated_frames": count, "reference_frames": other},
            )
        pairs: Iterator[tuple[Frame, Frame]] = zip(ours, theirs, strict=False)
        return rooms.metrics.stream_evaluate(progress(pairs, "evaluating", count), options)


def sound_of(path: Path) -> "np.ndarray | None":
    """Sound of a file as the metrics room takes it; None of a picture and of a video without sound."""
    if is_picture(path):
        return None
    from vultus.metrics.voice import read_voice  # noqa: PLC0415 - heavy

    voice = read_voice(path)
    return None if voice is None else voice.pcm16


def as_csv(report: Report) -> str:
    """A report as a table, one score in each row."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["metric", "value", "unit", "ci95_low", "ci95_high", "frames", "protocol"])
    for result in report.results:
        low, high = result.ci95 or ("", "")
        rows.writerow(
            [result.name, result.value, result.unit, low, high, result.frame_count, result.protocol]
        )
    return text.getvalue()


def _print_table(report: Report) -> None:
    print(f"{report.frame_count} frames")
    width = max((len(result.unit) for result in report.results), default=0)
    for result in report.results:
        value = "-" if result.value is None else f"{result.value:.4g}"
        interval = f"[{result.ci95[0]:.4g}, {result.ci95[1]:.4g}]" if result.ci95 else ""
        print(f"{result.name:32}{value:>10} {result.unit:{width + 2}}{interval:22}{result.protocol}")
        if result.note:
            print(f"  note: {result.note}")
