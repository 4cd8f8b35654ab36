"""Reports of the metrics room as a table to read, CSV, JSON and a page."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vultus.data.media.atomic import replacing
from vultus_cli.inputs import open_frames
from vultus_kit.records import MetricResult, Report

if TYPE_CHECKING:
    from vultus.metrics.charts import Chart
    from vultus.metrics.report import PictureRow

_CHARTS = {
    "psnr[pooled]": "PSNR of each frame",
    "ssim[gaussian-11]": "SSIM",
    "lpips[world]": "Perceptual distance",
    "nme[x1000]": "Landmark error",
    "ard[deg]": "Head-angle distance",
    "lse-c[world]": "Sync confidence",
}
"""Metrics whose course over a clip is drawn, with titles."""


def table(report: Report) -> Iterator[str]:
    """Lines of a table, notes, protocols and what was left out."""
    height, width = report.size_px
    yield f"{report.frame_count} frames, {width}x{height} px, {report.mode}-reenactment"
    if report.missing_faces is not None:
        faces = report.missing_faces
        yield f"without a face: {faces.generated} generated, {faces.reference} reference; {faces.policy}"
    yield ""
    yield from aligned([("metric", "value", "unit", "95 % interval", "frames"), *map(_cells, report.results)])
    for result in report.results:
        if note := result.to_json().get("note"):
            yield f"{result.name}: {note}"
    yield ""
    yield "protocols"
    width = max((len(result.name) for result in report.results), default=0)
    for result in report.results:
        yield f"  {result.name:{width}}  {result.protocol}"
    if report.left_out:
        yield ""
        yield "left out"
    for reason in dict.fromkeys(report.left_out.values()):
        names = (name for name, why in report.left_out.items() if why == reason)
        yield f"  {', '.join(names)}: {reason}"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines, numbers (every column but the first and those of words) to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            f"{cell:>{width}}" if place in (1, len(row) - 1) else f"{cell:{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def scores_csv(report: Report) -> str:
    """One score in each row."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["metric", "value", "unit", "ci95_low", "ci95_high", "frames", "protocol", "note"])
    for result in report.results:
        low, high = result.ci95 or ("", "")
        rows.writerow(
            [
                *(result.name, result.value, result.unit, low, high),
                *(result.frame_count, result.protocol, result.note),
            ]
        )
    return text.getvalue()


def per_frame(report: Report) -> dict[str, np.ndarray]:
    """Each frame's own values by metric, of those that have any."""
    return {result.name: np.array(result.frame_values) for result in report.results if result.frame_values}


def as_json(report: Report, about: Mapping[str, object]) -> dict[str, object]:
    """A report with the values of each frame, null where there is none."""
    frames = {name: [_finite(value) for value in values] for name, values in per_frame(report).items()}
    return {**about, **report.to_json(), "worst_frames": list(report.worst_frames), "per_frame": frames}


def write(path: Path, report: Report, clips: tuple[Path, Path], about: Mapping[str, object]) -> None:
    """Write a report in the form that the file's ending names.

    Args:
        path: .json, .csv or .html.
        report: With the values of each frame.
        clips: Generated clip and reference, from which a page takes its worst frames.
        about: What was compared, for JSON.
    """
    form = path.suffix.lower()
    if form == ".html":
        _write_page(path, report, clips)
        return
    text = scores_csv(report) if form == ".csv" else json.dumps(as_json(report, about), indent=1) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _write_page(path: Path, report: Report, clips: tuple[Path, Path]) -> None:
    from vultus.metrics.report import Ingredient, facts_of, summary_of, write_html  # noqa: PLC0415 - heavy
    from vultus.metrics.report import Report as Page  # noqa: PLC0415
    from vultus_cli.inputs import digest  # noqa: PLC0415

    values = report.to_json()
    parts = zip(("generated", "reference"), clips, strict=True)
    page = Page(
        title=f"{clips[0].name} against {clips[1].name}",
        summary=summary_of(report.mode),
        ingredients=[Ingredient(role, file.name, digest(file)) for role, file in parts],
        metrics=values["metrics"],  # type: ignore[arg-type]
        facts=facts_of(values),
        charts=_charts(report, _rate(clips[0])),
        pictures=_worst(report, clips),
    )
    write_html(path, page)


def _charts(report: Report, fps: float | None) -> "list[Chart]":
    from vultus.metrics.charts import Chart, Line  # noqa: PLC0415
    from vultus.metrics.report import angle_charts  # noqa: PLC0415

    meant, measured = (
        np.array(side).reshape(-1, 3) for side in (report.reference_angles_deg, report.generated_angles_deg)
    )
    charts = angle_charts(meant, measured, fps, "reference") if len(meant) == len(measured) > 0 else []
    columns, units = per_frame(report), {result.name: result.unit for result in report.results}
    charts += [
        Chart(title, units[name], (Line(title, columns[name]),), fps)
        for name, title in _CHARTS.items()
        if name in columns
    ]
    return [chart for chart in charts if chart.drawable]


def _rate(path: Path) -> float | None:
    from vultus.data.media import VideoReader  # noqa: PLC0415
    from vultus_cli.inputs import is_picture  # noqa: PLC0415

    if is_picture(path):
        return None
    with VideoReader(path) as reader:
        return reader.info.fps


def _worst(report: Report, clips: tuple[Path, Path]) -> "list[PictureRow]":
    """The worst frames of both clips, taken from the files again, and where they differ."""
    from vultus.metrics.report import PictureRow, difference  # noqa: PLC0415

    wanted = set(report.worst_frames)
    found: dict[int, dict[str, np.ndarray]] = {index: {} for index in report.worst_frames}
    for label, path in zip(("generated", "reference"), clips, strict=True):
        with open_frames(path) as (frames, _):
            for index, frame in enumerate(frames):
                if index in wanted:
                    found[index][label] = frame.rgb
                if index >= max(wanted, default=-1):
                    break
    rows = []
    for index, pictures in found.items():
        if report.mode == "self" and len(pictures) == 2:
            pictures["difference x4"] = difference(pictures["generated"], pictures["reference"])
        rows.append(PictureRow(f"frame {index}{_values_at(report, index)}", pictures))
    return rows


def _values_at(report: Report, index: int) -> str:
    """What the frame scored, for its caption."""
    columns = per_frame(report)
    told = [
        f"{name.split('[')[0].upper()} {columns[name][index]:.4g}"
        for name in ("psnr[pooled]", "ssim[gaussian-11]", "ard[deg]")
        if name in columns and np.isfinite(columns[name][index])
    ]
    return f": {', '.join(told)}" if told else ""


def _cells(result: MetricResult) -> tuple[str, ...]:
    value = "-" if result.value is None else f"{result.value:.4g}"
    interval = f"[{result.ci95[0]:.4g}, {result.ci95[1]:.4g}]" if result.ci95 else ""
    unit = "" if result.unit == "1" else result.unit
    return result.name, value, unit, interval, str(result.frame_count)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
