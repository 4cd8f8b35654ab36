"""`vultus evaluate`: measure generated videos or pictures against their references."""

from dataclasses import dataclass
from pathlib import Path

import click

from vultus.errors import InputError
from vultus_cli.inputs import FILE, check_output, names_in, picture_bytes
from vultus_cli.output import answer
from vultus_cli.settings import TRACK_HELP
from vultus_cli.tracked import track_scores
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import EvaluationMode, EvaluationOptions

EVERY = "all"
_Reached = dict[str, float | None]


@click.command("evaluate")
@click.argument("generated", metavar="GENERATED", type=FILE)
@click.option(
    "--reference", metavar="REFERENCE", type=FILE, required=True, help="What GENERATED is compared with."
)
@click.option("--source", metavar="IMAGE", type=FILE, help="Portrait that identity is compared with.")
@click.option(
    "--sound",
    metavar="FILE",
    type=FILE,
    help="Sound or video that GENERATED's lips are compared with; its own without it.",
)
@click.option("--metrics", help="Comma-separated names or families; all that apply without it.")
@click.option("--protocol", metavar="NAME", help="A paper's evaluation, for instance headgan-reconstruction.")
@click.option(
    "--cross", is_flag=True, help="REFERENCE shows another person: only motion and identity are compared."
)
@click.option("--out", "out_path", type=FILE, help="Report to write: .json, .csv or .html.")
@click.option("--frames", "frames_path", type=FILE, help="Values of each frame to write: .csv.")
@click.option("--track/--no-track", "track", default=None, help=TRACK_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    generated: Path,
    reference: Path,
    source: Path | None,
    sound: Path | None,
    metrics: str | None,
    protocol: str | None,
    cross: bool,
    out_path: Path | None,
    frames_path: Path | None,
    track: bool | None,
    as_json: bool,
) -> None:
    """Compare GENERATED with REFERENCE frame by frame; every score carries unit, protocol and interval.

    Both may be folders: files of the same name are compared, and the total is the mean over clips.
    """
    inputs = (generated, reference, source, sound)
    folders = generated.is_dir() or reference.is_dir()
    if out_path:
        check_output(out_path, (".json", ".csv") if folders else (".json", ".csv", ".html"), inputs)
    if frames_path:
        check_output(frames_path, (".csv",), (*inputs, out_path))
    options = _options(metrics, protocol, cross, source)
    where = _Where(generated, reference, sound, out_path, frames_path)
    reached = (_folders if folders else _files)(where, options, as_json)
    params = {**where.about, "mode": options.mode, "metrics": list(options.metrics)}
    track_scores(track, f"evaluate-{generated.name}", params, reached, (generated, out_path, frames_path))


@dataclass(frozen=True)
class _Where:
    """Files that are read and written."""

    generated: Path
    reference: Path
    sound: Path | None
    out: Path | None
    frames: Path | None

    @property
    def about(self) -> dict[str, object]:
        """What was compared."""
        return {"generated": str(self.generated), "reference": str(self.reference)}


def _options(
    metrics: str | None, protocol: str | None, cross: bool, source: Path | None
) -> EvaluationOptions:
    mode: EvaluationMode = "cross" if cross else "self"
    names = names_in(metrics) or (EVERY,)
    if protocol is not None:
        from vultus.metrics.protocols import PROTOCOLS  # noqa: PLC0415 - heavy

        if metrics is not None:
            raise InputError("--protocol says which metrics are computed", remedy="leave --metrics out")
        names, mode = (protocol,), PROTOCOLS[protocol].mode
    return EvaluationOptions(
        metrics=names,
        mode=mode,
        source_picture=picture_bytes(source) if source else b"",
        per_frame=True,
    )


def _files(where: _Where, options: EvaluationOptions, as_json: bool) -> _Reached:
    from vultus.metrics.report import write_csv  # noqa: PLC0415 - heavy, as below
    from vultus_cli import scores  # noqa: PLC0415
    from vultus_cli.comparing import compare  # noqa: PLC0415

    with Rooms() as rooms:
        report = compare(rooms, where.generated, where.reference, options, where.sound)
    if where.out:
        scores.write(where.out, report, (where.generated, where.reference), where.about)
    if where.frames:
        write_csv(where.frames, scores.per_frame(report))
    if as_json:
        answer({**where.about, **report.to_json()}, as_json=True)
    else:
        print("\n".join(scores.table(report)))
    return {result.name: result.value for result in report.results}


def _folders(where: _Where, options: EvaluationOptions, as_json: bool) -> _Reached:
    from vultus_cli import totals  # noqa: PLC0415
    from vultus_cli.comparing import clips_in, compare  # noqa: PLC0415

    if where.sound is not None:
        raise InputError("one sound cannot belong to many clips", remedy="leave --sound out")
    clips = clips_in(where.generated, where.reference)
    with Rooms() as rooms:
        reports = {made.stem: compare(rooms, made, meant, options) for made, meant in clips}
    if where.out:
        totals.write(where.out, reports, where.about)
    if where.frames:
        totals.write_frames(where.frames, reports)
    if as_json:
        answer(totals.as_json(reports, where.about), as_json=True)
    else:
        print("\n".join(totals.table(reports)))
    return {name: total["value"] for name, total in totals.totals(reports).items()}  # type: ignore[misc]
