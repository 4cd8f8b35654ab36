"""Scores of many clips: each clip's, and the mean over clips."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from vultus.data.media.atomic import replacing
from vultus.errors import IncompatibleError
from vultus.metrics.bootstrap import BootstrapConfig, confidence_interval
from vultus.metrics.streaming import mean_compute
from vultus_cli.scores import aligned, per_frame
from vultus_kit.records import Report

Reports = Mapping[str, Report]
"""Reports by clip."""


def totals(reports: Reports) -> dict[str, dict[str, object]]:
    """Mean over clips of every metric and its 95 % interval; clips without a finite value are counted out.

    Raises:
        IncompatibleError: Two clips' scores of one metric were not measured in the same way.
    """
    found: dict[str, dict[str, object]] = {}
    names = dict.fromkeys(result.name for report in reports.values() for result in report.results)
    for name in names:
        own = [result for report in reports.values() for result in report.results if result.name == name]
        if len({result.protocol for result in own}) > 1:
            raise IncompatibleError(f"clips differ in how {name} was measured", remedy="evaluate them apart")
        values = [result.value for result in own if result.value is not None and np.isfinite(result.value)]
        interval = confidence_interval(np.array(values), mean_compute, BootstrapConfig(block=1))
        found[name] = {
            "value": float(np.mean(values)) if values else None,
            "unit": own[0].unit,
            "protocol": f"{own[0].protocol}; mean over clips",
            "ci95": list(interval) if interval else None,
            "higher_is_better": own[0].higher_is_better,
            "clips": len(values),
            "frames": sum(result.frame_count for result in own),
        }
        if len(values) < len(reports):
            found[name]["note"] = f"{len(reports) - len(values)} clips have no finite value"
    return found


def as_json(reports: Reports, about: Mapping[str, object]) -> dict[str, object]:
    """Totals, and the report of each clip."""
    return {
        **about,
        "frames": sum(report.frame_count for report in reports.values()),
        "metrics": totals(reports),
        "ci95_protocol": "95 % bootstrap over clips",
        "clips": {name: report.to_json() for name, report in reports.items()},
    }


def table(reports: Reports) -> Iterator[str]:
    """One line for each metric, one column for each clip and the mean."""
    whole = totals(reports)
    yield f"{len(reports)} clips, {sum(report.frame_count for report in reports.values())} frames"
    yield ""
    rows = [("metric", "mean", "unit", "95 % interval", *reports)]
    for name, total in whole.items():
        unit, interval = str(total["unit"]), total["ci95"]
        shown = f"[{interval[0]:.4g}, {interval[1]:.4g}]" if isinstance(interval, list) else ""
        each = [_shown(_value(report, name)) for report in reports.values()]
        rows.append((name, _shown(total["value"]), "" if unit == "1" else unit, shown, *each))
    yield from aligned(rows)
    for name, total in whole.items():
        if "note" in total:
            yield f"{name}: {total['note']}"
    yield ""
    yield "protocols"
    width = max(map(len, whole), default=0)
    for name, total in whole.items():
        yield f"  {name:{width}}  {total['protocol']}"


def write(path: Path, reports: Reports, about: Mapping[str, object]) -> None:
    """Write JSON, or CSV with one row for each clip and metric and those of the total."""
    if path.suffix.lower() == ".csv":
        text = _csv(reports)
    else:
        text = json.dumps(as_json(reports, about), indent=1) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_frames(path: Path, reports: Reports) -> None:
    """Write one row for each frame of each clip; empty where there is no value."""
    columns = {clip: per_frame(report) for clip, report in reports.items()}
    names = list(dict.fromkeys(name for values in columns.values() for name in values))
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["clip", "frame", *names])
        for clip, values in columns.items():
            for k in range(reports[clip].frame_count):
                cells = [float(values[name][k]) if name in values else np.nan for name in names]
                rows.writerow([clip, k, *(f"{cell:.6g}" if np.isfinite(cell) else "" for cell in cells)])


def _csv(reports: Reports) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["clip", "metric", "value", "unit", "ci95_low", "ci95_high", "frames", "protocol", "note"])
    for clip, report in reports.items():
        for one in report.results:
            low, high = one.ci95 or ("", "")
            rows.writerow(
                [clip, one.name, one.value, one.unit, low, high, one.frame_count, one.protocol, one.note]
            )
    for name, total in totals(reports).items():
        interval = total["ci95"]
        low, high = interval if isinstance(interval, list) else ("", "")
        rest = (total["frames"], total["protocol"], total.get("note", ""))
        rows.writerow(["mean", name, total["value"], total["unit"], low, high, *rest])
    return text.getvalue()


def _value(report: Report, name: str) -> float | None:
    return next((result.value for result in report.results if result.name == name), None)


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "-"
