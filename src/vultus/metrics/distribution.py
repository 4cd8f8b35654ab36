"""Distances between two sets of pictures or clips, from features: FID, KID and FVD.

What the features are made with is part of the name: a distance in one extractor's space says nothing about
one in another's. The classes take features; `vultus.metrics.extractors` makes them.
"""

from abc import abstractmethod

import numpy as np
from jaxtyping import Float

from vultus.metrics.frechet import frechet_compute
from vultus.metrics.kernel_distance import KidConfig, Reservoir, kid_compute
from vultus.metrics.moments import Moments, moments_of
from vultus.metrics.score import Evidence, MetricInfo
from vultus.metrics.streaming import METRICS, Metric, State

Features = Float[np.ndarray, "_ _"]
"""One row for each picture or clip; the two sides may differ in their number."""


class SetMetric(Metric):
    """A distance between two sets, which has no terms of single frames."""

    @property
    @abstractmethod
    def counts(self) -> tuple[int, int]:
        """Samples of each side."""

    def interval(self) -> tuple[float, float] | None:
        """Middle 95 % of the values of random subsets; None where there are none."""
        return None


class FrechetMetric(SetMetric):
    """A Fréchet distance; the state is the moments of both sides, whatever their number of samples."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every sample."""
        self.generated: Moments | None = None
        self.reference: Moments | None = None

    def update(self, generated: Features, reference: Features) -> None:
        """Add samples of both sides; a side may have none."""
        self.generated = _together(self.generated, moments_of(generated))
        self.reference = _together(self.reference, moments_of(reference))

    def compute(self) -> float:
        """Distance of everything so far; raises `InputError` for fewer than two samples on a side."""
        return frechet_compute(self.generated or _nothing(), self.reference or _nothing())

    @property
    def note(self) -> str:
        """Says when a covariance cannot have full rank."""
        counts = self.counts
        dimensions = len(self.generated.mean) if self.generated else 0
        if min(counts) > dimensions:
            return ""
        return (
            f"{counts[0]} generated and {counts[1]} reference samples in {dimensions} dimensions: "
            "a covariance is singular and the distance is biased upwards"
        )

    @property
    def counts(self) -> tuple[int, int]:
        """Samples of each side."""
        return (self.generated or _nothing()).count, (self.reference or _nothing()).count

    def state(self) -> State:
        """Moments of both sides."""
        sides = {"generated": self.generated, "reference": self.reference}
        return {
            f"{name}_{part}": np.asarray(getattr(moments, part))
            for name, moments in sides.items()
            if moments is not None
            for part in ("count", "mean", "scatter")
        }

    def add_state(self, state: State) -> None:
        """Add another's moments."""
        for name in ("generated", "reference"):
            if f"{name}_count" in state:
                parts = (state[f"{name}_mean"], state[f"{name}_scatter"])
                theirs = Moments(int(state[f"{name}_count"]), *parts)
                setattr(self, name, _together(getattr(self, name), theirs))


class KernelMetric(SetMetric):
    """A kernel distance; the state is at most `CAPACITY` samples of each side."""

    CAPACITY = 10_000
    config = KidConfig()

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget every sample."""
        self._sides = (Reservoir(self.CAPACITY), Reservoir(self.CAPACITY))

    def update(self, generated: Features, reference: Features) -> None:
        """Add samples of both sides; a side may have none."""
        for side, samples in zip(self._sides, (generated, reference), strict=True):
            side.add(samples)

    def compute(self) -> float:
        """Mean over subsets; raises `InputError` for fewer than two samples on a side."""
        return self.compute_with_interval()[0]

    def compute_with_interval(self) -> tuple[float, tuple[float, float] | None]:
        """The value and the middle 95 % of the subsets' values; None where there is one subset."""
        return kid_compute(self._sides[0].samples, self._sides[1].samples, self.config)

    @property
    def counts(self) -> tuple[int, int]:
        """Samples of each side."""
        return self._sides[0].seen, self._sides[1].seen

    def interval(self) -> tuple[float, float] | None:
        """Middle 95 % of the subsets' values; None where there is one subset."""
        return self.compute_with_interval()[1]

    @property
    def note(self) -> str:
        """Says when not all samples were used."""
        seen = tuple(side.seen for side in self._sides)
        kept = tuple(len(side.samples) for side in self._sides)
        if seen == kept:
            return ""
        return f"{kept[0]} of {seen[0]} generated and {kept[1]} of {seen[1]} reference samples were used"

    def state(self) -> State:
        """Samples of both sides."""
        return {
            f"{name}_{part}": np.asarray(value)
            for name, side in zip(("generated", "reference"), self._sides, strict=True)
            for part, value in (("samples", side.merging), ("seen", side.seen))
        }

    def add_state(self, state: State) -> None:
        """Add another's samples."""
        for name, side in zip(("generated", "reference"), self._sides, strict=True):
            side.add(state[f"{name}_samples"], int(state[f"{name}_seen"]))


def _together(mine: Moments | None, theirs: Moments) -> Moments:
    return theirs if mine is None else mine + theirs


def _nothing() -> Moments:
    return Moments(0, np.zeros(0), np.zeros((0, 0)))


def register_distance(
    family: str, base: type[SetMetric], extractor: str, protocol: str, needs: Evidence, variant: str = ""
) -> None:
    """Enter a distance in one extractor's space as "family[variant]", the variant being its name if ""."""

    class Distance(base):  # type: ignore[valid-type, misc]
        __doc__ = base.__doc__
        info = MetricInfo(
            name=f"{family}[{variant or extractor}]",
            unit="1",
            protocol=protocol,
            higher_is_better=False,
            needs=needs,
            by_default=False,
            extractor="" if needs == "given" else extractor,
        )

    METRICS.register(Distance.info.name)(Distance)


INCEPTIONS = {
    "inception-2015-pytorch-fid": "pytorch-fid's port of Inception-2015, 2048-d pool, bilinear to 299 px",
    "inception-2015-torch-fidelity": "torch-fidelity's Inception-2015, 2048-d pool, TensorFlow 1 resize",
    "inception-2015-stylegan2-ada": "stylegan2-ada's inception-2015-12-05.pt, 2048-d pool",
}
"""Extractors of pictures, which do not agree with each other."""

CLIPS = {
    "i3d-400-pytorch-i3d": "pytorch-i3d's Kinetics-400 logits; shorter side to 224 px, centre crop, [-1, 1]",
    "i3d-400-stylegan-v": "StyleGAN-V's TorchScript logits; shorter side to 224 px, centre crop, [-1, 1]",
    "i3d-400-videogpt": "StyleGAN-V's TorchScript logits; frames are rounded to uint8 before scaling",
}
"""Extractors of clips."""

_FRECHET = "Fréchet distance of means and unbiased covariances, float64, no epsilon"
_KERNEL = (
    f"unbiased squared MMD, polynomial kernel of degree {KidConfig.degree}, mean of {KidConfig.subsets} "
    f"subsets of up to {KidConfig.subset_size}"
)


def _evidence(extractor: str, measured: Evidence) -> Evidence:
    """Only extractors that there is a loader for can be looked through."""
    return measured if extractor in {"inception-2015-pytorch-fid", "i3d-400-pytorch-i3d"} else "given"


for _extractor, _what in INCEPTIONS.items():
    _needs = _evidence(_extractor, "features")
    register_distance("fid", FrechetMetric, _extractor, f"{_what}; {_FRECHET}", _needs)
    register_distance("kid", KernelMetric, _extractor, f"{_what}; {_KERNEL}", _needs)
for _extractor, _what in CLIPS.items():
    _needs = _evidence(_extractor, "clip-features")
    register_distance("fvd", FrechetMetric, _extractor, f"{_what}; {_FRECHET}", _needs)

_WORLD = "world-perceptual features, 256-d mean, 112 px; no Inception"
register_distance("fid", FrechetMetric, "world-perceptual", f"{_WORLD}; {_FRECHET}", "features", "world")
register_distance("kid", KernelMetric, "world-perceptual", f"{_WORLD}; {_KERNEL}", "features", "world")
