"""The streaming form that every metric shares: sums in, a value out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from vultus.errors import InputError
from vultus.metrics.score import MetricInfo
from vultus.registry import Registry

Totals = Float[np.ndarray, " r"]
"""Sums, one for each resample; a single value is an axis of length one."""


@dataclass(frozen=True)
class FrameTerms:
    """What one update adds to a metric."""

    values: Float[np.ndarray, " t"]
    """Mean of the summed quantity in each frame."""

    weight: float = 1.0
    """How many values stand behind each frame's mean; frames of another size weigh differently."""

    def __post_init__(self) -> None:
        if not np.isfinite(self.values).all():
            bad = np.flatnonzero(~np.isfinite(self.values))
            raise InputError(
                f"{len(bad)} of {len(self.values)} frames have no finite value, the first is {bad[0]}",
                remedy="leave out frames without a face",
                metadata={"first_frame": int(bad[0])},
            )


State = Mapping[str, np.ndarray]
"""What a metric knows, as arrays by name; it can be sent to another process and added there."""


class Metric(ABC):
    """What all metrics share; the methods are those of a torchmetrics metric."""

    info: ClassVar[MetricInfo]
    update: Callable[..., object]
    """Adds what one call brings; every metric says what that is."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything."""

    @abstractmethod
    def compute(self) -> float:
        """Value of everything so far; raises `InputError` when that is too little."""

    @abstractmethod
    def state(self) -> State:
        """Everything that `add_state` needs."""

    @abstractmethod
    def add_state(self, state: State) -> None:
        """Take over what another metric of the same kind has seen."""

    @property
    def note(self) -> str:
        """What has to be said beside the value; "" for nothing."""
        return ""

    def merge_state(self, others: "Iterable[Metric]") -> None:
        """Take over what other metrics of the same kind have seen."""
        for other in others:
            if type(other) is not type(self):
                raise InputError(f"cannot merge {other.info.name} into {self.info.name}")
            self.add_state(other.state())


class StreamingMetric(Metric):
    """A metric whose state is two sums, so that memory does not grow with frames.

    A subclass names its functional pair:

    Example:
        >>> metric = METRICS["l1[0..255]"]()
        >>> black = np.zeros((2, 8, 8, 3), np.uint8)
        >>> metric.update(black + np.uint8(3), black)
        array([3., 3.])
        >>> metric.compute()
        3.0
    """

    measure: Callable[..., FrameTerms]
    """Functional update: inputs to terms."""
    finish: "ClassVar[staticmethod[[Totals, Totals], Totals]]"
    """Functional compute: (sum of weighted terms, sum of weights) to value; elementwise."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every frame."""
        self.total = 0.0
        self.weight = 0.0
        self.frame_count = 0

    def update(self, *inputs: np.ndarray) -> Float[np.ndarray, " t"]:
        """Add frames; the inputs are those of `measure`.

        Returns:
            Term of each frame; `finish` makes a frame's own value of it.
        """
        terms = self.measure(*inputs)
        self.total += float(terms.values.sum()) * terms.weight
        self.weight += terms.weight * len(terms.values)
        self.frame_count += len(terms.values)
        return terms.values

    def compute(self) -> float:
        """Value over all frames so far; raises `InputError` when there is none."""
        if not self.frame_count:
            raise InputError(f"{self.info.name} has seen no frame", remedy="update it before computing")
        return float(type(self).finish(np.array([self.total]), np.array([self.weight]))[0])

    def state(self) -> State:
        """Sums and count."""
        return {
            "total": np.array(self.total),
            "weight": np.array(self.weight),
            "frame_count": np.array(self.frame_count),
        }

    def add_state(self, state: State) -> None:
        """Add another's sums and count."""
        self.total += float(state["total"])
        self.weight += float(state["weight"])
        self.frame_count += int(state["frame_count"])


METRICS: Registry[type[Metric]] = Registry(
    "metric",
    "vultus.metrics",
    modules=tuple(
        f"vultus.metrics.{name}"
        for name in (
            "action_units",
            "colour",
            "distribution",
            "expression",
            "landmarks",
            "likeness",
            "multiscale",
            "perceptual",
            "pixels",
            "pose",
            "structure",
            "synchrony",
            "talking.correlation",
            "talking.motion",
            "talking.pose_classifier",
            "temporal",
        )
    ),
)
"""Metrics by name."""


def mean_compute(total: Totals, weight: Totals) -> Totals:
    """Σ w x / Σ w."""
    return total / weight
