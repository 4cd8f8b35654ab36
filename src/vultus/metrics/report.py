"""Reports as files: strict JSON, a table of frames, and a page that needs nothing beside itself."""

import base64
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import jinja2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.data.media.atomic import replacing
from vultus.metrics import METRICS
from vultus.metrics.charts import Chart, Line, svg
from vultus.metrics.evaluation import Evaluation
from vultus.metrics.score import Mode

LIMITATIONS = (
    "Intervals say how much a value varies between the frames of this clip, not between clips or people.",
    "Poses and expressions are measured by the landmark detector and the fit that animation itself uses; "
    "an error that both make is not seen.",
    "Identity is compared by dlib's network. Its cosine similarity hardly separates people and is no ArcFace "
    "similarity; read the distance: 0.12 to 0.40 between frames of one person, 0.52 and more otherwise.",
    "Scores are comparable only where the protocols are the same word for word.",
)
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Ingredient:
    """Something that the result was made from, or the result."""

    role: str
    """What it was used as, for instance "portrait"."""

    name: str
    """File or clip name."""

    digest: str = ""
    """"sha256:…" of the file."""

    remark: str = ""
    """Size, frame rate, licence and the like."""


@dataclass(frozen=True)
class PictureRow:
    """Pictures that are looked at together."""

    caption: str
    """What they show."""

    pictures: Mapping[str, UInt8[np.ndarray, "_ _ 3"]]
    """Pictures by label, left to right."""

    longest_px: int = 320
    """Side that larger ones are scaled down to."""


@dataclass(frozen=True)
class Report:
    """What a page says, of an evaluation or of a demo."""

    title: str
    """Heading."""

    summary: str
    """A sentence or two."""

    ingredients: Sequence[Ingredient] = ()
    """What was made from what."""

    metrics: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Scores by name, as `Evaluation.report` has them."""

    facts: Mapping[str, str] = field(default_factory=dict)
    """Counts, jitter, times and the like, by what they are."""

    charts: Sequence[Chart] = ()
    """Quantities over time."""

    pictures: Sequence[PictureRow] = ()
    """Pictures to look at."""

    limitations: Sequence[str] = LIMITATIONS
    """What the numbers do not say."""


def report_of(
    evaluation: Evaluation,
    title: str,
    ingredients: Sequence[Ingredient] = (),
    fps: float | None = None,
    facts: Mapping[str, str] | None = None,
) -> Report:
    """The page of an evaluation.

    Args:
        evaluation: With all frames seen.
        title: Heading.
        ingredients: What was made from what.
        fps: Frame rate, for axes in seconds.
        facts: Anything else to be told.
    """
    scores = evaluation.report()
    metrics: Mapping[str, Mapping[str, object]] = scores["metrics"]  # type: ignore[assignment]
    rows = [
        PictureRow(
            caption=f"frame {worst.index}",
            pictures={"generated": worst.generated}
            | ({"reference": worst.reference} if worst.reference is not None else {}),
        )
        for worst in evaluation.worst_frames()
    ]
    return Report(
        title=title,
        summary=summary_of(evaluation.mode),
        ingredients=ingredients,
        metrics=metrics,
        facts=facts_of(scores) | dict(facts or {}),
        charts=[chart for chart in _charts(evaluation, fps) if chart.drawable],
        pictures=rows,
        limitations=LIMITATIONS,
    )


def angle_charts(
    meant_deg: Float[np.ndarray, "t 3"],
    measured_deg: Float[np.ndarray, "t 3"],
    fps: float | None,
    meant_name: str = "requested",
) -> list[Chart]:
    """Yaw, pitch and roll as they were meant and as measured, degrees; NaN where there was no face."""
    return [
        Chart(
            title=title,
            unit="deg",
            lines=(Line(meant_name, meant_deg[:, k]), Line("measured", measured_deg[:, k])),
            fps=fps,
        )
        for k, title in enumerate(("Yaw", "Pitch", "Roll"))
    ]


def write_json(path: Path, values: Mapping[str, object]) -> None:
    """Write strict JSON: a value that is not finite is an error, never `NaN` in the file."""
    text = json.dumps(values, allow_nan=False, indent=1, ensure_ascii=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def write_csv(path: Path, columns: Mapping[str, Float[np.ndarray, " t"]]) -> None:
    """Write one row for each frame, with an empty cell where a value is not finite."""
    names = ["frame", *columns]
    count = max((len(values) for values in columns.values()), default=0)
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names)
        for k in range(count):
            cells = (float(values[k]) for values in columns.values())
            table.writerow([k, *(f"{cell:.6g}" if np.isfinite(cell) else "" for cell in cells)])


def write_html(path: Path, report: Report) -> None:
    """Write the page as one file."""
    write_page(path, "report.html.j2", report=report)


def write_page(path: Path, template: str, *, beside: Path | None = None, **values: object) -> None:
    """Write a page in the style of reports, as one file.

    Args:
        path: Where.
        template: Name in the folder of templates.
        beside: Another folder of templates, which is looked into first.
        values: What it shows, by name.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([beside, _TEMPLATES] if beside else [_TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"svg": svg, "picture": _data_uri, "number": _number, "better": _better}
    page = environment.get_template(template).render(values)
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def summary_of(mode: Mode) -> str:
    """What was compared, in a sentence."""
    if mode == "self":
        return "Self-reenactment: every generated frame is compared with the frame that it should be."
    return "Cross-reenactment: poses are compared with what was asked for, identity with the source picture."


def difference(
    generated: UInt8[np.ndarray, "h w 3"], reference: UInt8[np.ndarray, "h w 3"]
) -> UInt8[np.ndarray, "h w 3"]:
    """Where two pictures of one size differ: four times the absolute difference, black for none."""
    return np.minimum(cv2.absdiff(generated, reference).astype(np.int32) * 4, 255).astype(np.uint8)


def facts_of(scores: Mapping[str, object]) -> dict[str, str]:
    """Counts and conditions of a report in `Evaluation.report`'s form, by what they are."""
    size: Sequence[int] = scores["size_px"]  # type: ignore[assignment]
    facts = {"Frames": str(scores["frames"]), "Size": f"{size[1]} x {size[0]} px"}
    faces: Mapping[str, object] = scores["faces"]  # type: ignore[assignment]
    if faces:
        facts["Generated frames without a face"] = str(faces["generated_without_face"])
        facts["Reference frames without a face"] = str(faces["reference_without_face"])
        facts["Such frames"] = str(faces["policy"])
    shaking: Mapping[str, float | None] = scores["jitter"]  # type: ignore[assignment]
    for who, value in shaking.items():
        if value is not None:
            facts[f"Jitter of landmarks, {who}"] = f"{100 * value:.2f} % of the inter-ocular distance"
    left_out: Mapping[str, str] = scores["left_out"]  # type: ignore[assignment]
    for reason in dict.fromkeys(left_out.values()):
        facts[f"Left out: {reason}"] = ", ".join(name for name, why in left_out.items() if why == reason)
    facts["Intervals"] = str(scores["ci95_protocol"])
    return facts


def _charts(evaluation: Evaluation, fps: float | None) -> list[Chart]:
    angles = evaluation.angles_deg()
    charts: list[Chart] = []
    if angles:
        meant = "requested" if evaluation.has_request else "reference"
        charts = angle_charts(angles["reference"], angles["generated"], fps, meant)
    names = {
        "psnr[pooled]": "PSNR of each frame",
        "ssim[gaussian-11]": "SSIM",
        "ard[deg]": "Head-angle distance",
    }
    columns, units = evaluation.per_frame(), {score.name: score.unit for score in evaluation.scores()}
    for name, title in names.items():
        if name in columns:
            charts.append(Chart(title, units[name], (Line(title, columns[name]),), fps))
    return charts


def _data_uri(rgb: UInt8[np.ndarray, "_ _ 3"], longest_px: int) -> str:
    factor = min(1.0, longest_px / max(rgb.shape[:2]))
    if factor < 1:
        rgb = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, png = cv2.imencode(".png", np.ascontiguousarray(rgb[..., ::-1]))
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()


def _better(name: str) -> str:
    if name not in METRICS:
        return ""
    return "higher" if METRICS[name].info.higher_is_better else "lower"


def _number(value: object) -> str:
    if value is None:
        return "–"  # noqa: RUF001 -- a dash
    return f"{value:.4g}".replace("-", "−") if isinstance(value, int | float) else str(value)  # noqa: RUF001
