"""Action units: AU-H, the Hamming distance of what two faces do [doukas2021headgan, supplementary §5]."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute

PRESENCE_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45)
"""The 18 units whose presence OpenFace 2 tells, `AUxx_c`."""

INTENSITY_UNITS = tuple(unit for unit in PRESENCE_UNITS if unit != 28)
"""The 17 whose intensity it tells, `AUxx_r`."""

ARKIT_UNITS: dict[int, tuple[str, ...]] = {
    1: ("browInnerUp",),
    2: ("browOuterUpLeft", "browOuterUpRight"),
    4: ("browDownLeft", "browDownRight"),
    5: ("eyeWideLeft", "eyeWideRight"),
    6: ("cheekSquintLeft", "cheekSquintRight"),
    7: ("eyeSquintLeft", "eyeSquintRight"),
    9: ("noseSneerLeft", "noseSneerRight"),
    10: ("mouthUpperUpLeft", "mouthUpperUpRight"),
    12: ("mouthSmileLeft", "mouthSmileRight"),
    14: ("mouthDimpleLeft", "mouthDimpleRight"),
    15: ("mouthFrownLeft", "mouthFrownRight"),
    17: ("mouthShrugLower",),
    20: ("mouthStretchLeft", "mouthStretchRight"),
    23: ("mouthPressLeft", "mouthPressRight"),
    25: ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight"),
    26: ("jawOpen",),
    28: ("mouthRollLower", "mouthRollUpper"),
    45: ("eyeBlinkLeft", "eyeBlinkRight"),
}
"""Which expressions show a unit, by FACS [ekman2002facs]; the strongest of them counts."""

PRESENT_FROM = 0.25
"""Expression coefficient from which a unit counts as present; a jaw drop (26) needs twice as much, because
parted lips (25) come first."""


@dataclass(frozen=True)
class ActionUnits:
    """What OpenFace found in every frame of a clip."""

    presence: Bool[np.ndarray, "t 18"]
    """Whether each of `PRESENCE_UNITS` is there."""

    intensity: Float[np.ndarray, "t 17"]
    """Intensity of each of `INTENSITY_UNITS`, 0..5; NaN where the file has none."""

    found: Bool[np.ndarray, " t"]
    """Whether there was a face; the other rows mean nothing."""


def read_openface(path: Path) -> ActionUnits:
    """Read the CSV of OpenFace's FeatureExtraction; blanks around its column names are no part of them.

    Raises:
        InputError: The file lacks a presence column, has no frames, or shows several faces.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, skipinitialspace=True)
        names = [name.strip() for name in next(rows, [])]
        values = [row for row in rows if row]
    columns = {name: index for index, name in enumerate(names)}
    wanted = [f"AU{unit:02d}_c" for unit in PRESENCE_UNITS]
    missing = [name for name in wanted if name not in columns]
    if missing or not values:
        raise InputError(
            f"{path} is no action-unit table of OpenFace: it has {len(values)} frames and lacks "
            f"{', '.join(missing[:3]) or 'nothing'}",
            remedy="run FeatureExtraction with -aus",
            metadata={"path": path, "missing": ",".join(missing)},
        )
    table = _numbers(path, values, len(names))
    _refuse_several_faces(path, table, columns)
    intensity = np.stack(
        [_column(table, columns, f"AU{unit:02d}_r", np.nan) for unit in INTENSITY_UNITS], axis=1
    )
    found = _column(table, columns, "success", 1.0) > 0.5
    return ActionUnits(table[:, [columns[name] for name in wanted]] > 0.5, intensity, found)


def presence_from_expressions(
    coefficients: Float[np.ndarray, "t e"], names: Sequence[str]
) -> Bool[np.ndarray, "t 18"]:
    """Units that ARKit-named expression coefficients, 0..1, show; one that no expression shows is absent."""
    columns = {name: index for index, name in enumerate(names)}
    presence = np.zeros((len(coefficients), len(PRESENCE_UNITS)), bool)
    for position, unit in enumerate(PRESENCE_UNITS):
        shown = [columns[name] for name in ARKIT_UNITS[unit] if name in columns]
        if shown:
            least = PRESENT_FROM * (2 if unit == 26 else 1)
            presence[:, position] = coefficients[:, shown].max(axis=1) >= least
    return presence


def hamming_update(generated: Bool[np.ndarray, "t u"], reference: Bool[np.ndarray, "s v"]) -> FrameTerms:
    """Share of units that differ in each frame, [0, 1]."""
    if generated.shape != reference.shape:
        raise IncompatibleError(
            f"{generated.shape[0]} frames of {generated.shape[1]} units cannot be compared with "
            f"{reference.shape[0]} of {reference.shape[1]}",
            remedy="compare clips of the same length",
        )
    return FrameTerms((generated != reference).mean(axis=1, dtype=np.float64))


@METRICS.register("au-h[openface-18]")
class AuHammingOpenFace(StreamingMetric):
    """Hamming distance of OpenFace's presence units."""

    info = MetricInfo(
        name="au-h[openface-18]",
        unit="1",
        protocol="headgan-2021/OpenFace 2 presence of 18 units/share that differs, mean over frames",
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(hamming_update)
    finish = staticmethod(mean_compute)


@METRICS.register("au-h[arkit-coefficients]")
class AuHammingCoefficients(StreamingMetric):
    """The same of units read from expression coefficients, which is no action-unit detector."""

    info = MetricInfo(
        name="au-h[arkit-coefficients]",
        unit="1",
        protocol=f"vultus/18 units from ARKit-named coefficients, present from {PRESENT_FROM} (26: twice)/"
        "share that differs, mean over frames",
        higher_is_better=False,
        needs="units",
    )
    measure = staticmethod(hamming_update)
    finish = staticmethod(mean_compute)


def _numbers(path: Path, rows: list[list[str]], width: int) -> Float[np.ndarray, "t n"]:
    try:
        table = np.array([[float(value) for value in row[:width]] for row in rows])
    except ValueError as error:
        raise InputError(
            f"{path} has a value that is no number: {error}", remedy="give OpenFace's own file"
        ) from error
    if table.ndim != 2 or table.shape[1] != width:
        raise InputError(f"{path} has rows of different lengths", remedy="give OpenFace's own file")
    return table


def _column(
    table: Float[np.ndarray, "t n"], columns: dict[str, int], name: str, otherwise: float
) -> Float[np.ndarray, " t"]:
    return table[:, columns[name]] if name in columns else np.full(len(table), otherwise)


def _refuse_several_faces(path: Path, table: Float[np.ndarray, "t n"], columns: dict[str, int]) -> None:
    if "frame" in columns and len(np.unique(table[:, columns["frame"]])) != len(table):
        raise InputError(
            f"{path} has several rows for one frame: it shows several faces",
            remedy="run FeatureExtraction, which follows one face, instead of FaceLandmarkVidMulti",
            metadata={"path": path},
        )
