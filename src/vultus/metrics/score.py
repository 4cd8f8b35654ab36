"""What a metric is called, what it means, and one score with both."""

import math
from dataclasses import dataclass
from typing import Literal

from vultus.errors import InputError

Evidence = Literal[
    "pixels",
    "pose",
    "frontal",
    "expression",
    "units",
    "landmarks",
    "motion",
    "identity",
    "leak",
    "arcface",
    "features",
    "clip-features",
    "voice",
    "given",
]
"""What a metric compares; "frontal" is the generated head's angles alone, "units" the action units that its
expression shows, "motion" the landmarks of frames that follow each other, NaN without a face, "leak" the
identities of frame, driver and source, "arcface" identities by ArcFace, "features" and "clip-features" what
the metric's extractor makes of frames and of stretches of frames, "voice" what it makes of lips and of their
sound, and "given" what only the caller can bring.
"""

Mode = Literal["self", "cross"]
"""Whether the reference is what the generated frames should be ("self") or another driver ("cross")."""


@dataclass(frozen=True)
class MetricInfo:
    """What has to be known to read a metric's value."""

    name: str
    """Name with the variant in brackets, for instance "psnr[pooled]"."""

    unit: str
    """Unit of the value; "1" where it has none."""

    protocol: str
    """Definition, range and source, for instance "headgan-2021/0..255"."""

    higher_is_better: bool
    """Direction of better values."""

    needs: Evidence
    """What is compared."""

    modes: tuple[Mode, ...] = ("self", "cross")
    """Where the metric has a meaning."""

    by_default: bool = True
    """Whether it is computed when nobody asks for metrics by name."""

    extractor: str = ""
    """Name in `vultus.metrics.extractors.EXTRACTORS` of the network that it looks through; "" for none.

    Where the network's weights are there, the metric is computed without being asked for."""

    def __post_init__(self) -> None:
        _refuse_blank(name=self.name, unit=self.unit, protocol=self.protocol)


@dataclass(frozen=True)
class Score:
    """One value of one metric with everything needed to compare it."""

    name: str
    """Metric name."""

    value: float | None
    """The value; infinite for the PSNR of identical clips; None where no frame could be measured."""

    unit: str
    """Unit of the value."""

    protocol: str
    """Definition, detector and sampling."""

    higher_is_better: bool
    """Direction of better values."""

    frame_count: int
    """Frames that went into the value."""

    ci95: tuple[float, float] | None = None
    """95 % confidence interval over frames."""

    note: str = ""
    """What has to be said beside the value, for instance that there were fewer samples than dimensions."""

    def __post_init__(self) -> None:
        _refuse_blank(name=self.name, unit=self.unit, protocol=self.protocol)
        if self.value is not None and math.isnan(self.value):
            raise InputError(f"{self.name} is not a number", metadata={"metric": self.name})

    def to_json(self) -> dict[str, object]:
        """The score in values that strict JSON has; an infinite or missing value is null, with a note."""
        entry: dict[str, object] = {
            "value": self.value,
            "unit": self.unit,
            "protocol": self.protocol,
            "ci95": list(self.ci95) if self.ci95 else None,
            "higher_is_better": self.higher_is_better,
            "frames": self.frame_count,
        }
        if self.note:
            entry["note"] = self.note
        if self.value is None:
            entry["note"] = self.note or "no frame could be measured"
        elif math.isinf(self.value):
            entry |= {"value": None, "note": "infinite: every frame is identical to its reference"}
        return entry


def _refuse_blank(**texts: str) -> None:
    for field, text in texts.items():
        if not text.strip():
            raise InputError(
                f"a metric without a {field}", remedy=f"name its {field}", metadata={"field": field}
            )
