"""Kernel distance: an unbiased squared maximum mean discrepancy [binkowski2018kid, gretton2012mmd]."""

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.moments import check_features


@dataclass(frozen=True)
class KidConfig:
    """How subsets are drawn; the defaults are torch-fidelity's."""

    subsets: int = 100
    """How many."""

    subset_size: int = 1000
    """Samples of each side in a subset; all of them where there are fewer."""

    seed: int = 0
    """Seed of the draw."""

    degree: int = 3
    """Of the polynomial."""


def kid_compute(
    a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m e"], config: KidConfig = KidConfig()
) -> tuple[float, tuple[float, float] | None]:
    """Mean over random subsets and the middle 95 % of them.

    Where a subset would be a whole side, the value is that of all samples, with no interval.

    Raises:
        InputError: A side has fewer than two samples, or features are not finite.
        IncompatibleError: The sides have different dimensions.
    """
    _check(a, b)
    first, second = a.astype(np.float64), b.astype(np.float64)
    size = min(config.subset_size, len(a), len(b))
    if size == min(len(a), len(b)):
        return squared_discrepancy(first, second, config.degree), None
    rng = np.random.default_rng(config.seed)
    values = [
        squared_discrepancy(
            first[rng.choice(len(a), size, replace=False)],
            second[rng.choice(len(b), size, replace=False)],
            config.degree,
        )
        for _ in range(config.subsets)
    ]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(np.mean(values)), (float(low), float(high))


def squared_discrepancy(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m d"], degree: int = 3) -> float:
    """Unbiased MMD² with k(x, y) = (x·y / d + 1)³; it may be below zero [gretton2012mmd, Eq. 3]."""
    within = [_mean_off_diagonal(_kernel(side, side, degree)) for side in (a, b)]
    return float(sum(within) - 2 * _kernel(a, b, degree).mean())


class Reservoir:
    """At most `capacity` samples, chosen by what they are: the same ones in whatever order they come.

    Those whose digest is smallest are kept, which is a uniform draw that processes can merge. Equal samples,
    those of a picture that stands still for instance, are kept once and counted.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.seen = 0
        self._kept: dict[bytes, tuple[Float[np.ndarray, " d"], int]] = {}
        self._held = 0

    def add(self, samples: Float[np.ndarray, "n d"], seen: int | None = None) -> None:
        """Offer samples; `seen` is how many they stand for."""
        check_features(samples)
        for row in np.ascontiguousarray(samples, np.float32):
            key = hashlib.blake2b(row.tobytes(), digest_size=16).digest()
            self._kept[key] = row.copy(), self._kept.get(key, (row, 0))[1] + 1
        self._held += len(samples)
        self.seen += len(samples) if seen is None else seen
        if self._held > self.capacity:
            self._drop()

    @property
    def samples(self) -> Float[np.ndarray, "n d"]:
        """Those that were kept, in an order that depends on nothing else."""
        return self.merging[: self.capacity]

    @property
    def merging(self) -> Float[np.ndarray, "n d"]:
        """The same with every copy of the last one, which another reservoir has to count."""
        rows = [(row, count) for _, (row, count) in sorted(self._kept.items())]
        if not rows:
            return np.zeros((0, 0), np.float32)
        return np.repeat(np.stack([row for row, _ in rows]), [count for _, count in rows], axis=0)

    def _drop(self) -> None:
        """Let those go before which there are enough already."""
        kept, held = {}, 0
        for key, (row, count) in sorted(self._kept.items()):
            if held >= self.capacity:
                break
            kept[key] = row, count
            held += count
        self._kept, self._held = kept, held


def _kernel(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m d"], degree: int) -> np.ndarray:
    return (a @ b.T / a.shape[1] + 1) ** degree


def _mean_off_diagonal(kernel: Float[np.ndarray, "n n"]) -> float:
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))


def _check(a: np.ndarray, b: np.ndarray) -> None:
    check_features(a)
    check_features(b)
    if min(len(a), len(b)) < 2:
        raise InputError(
            f"a kernel distance between {len(a)} and {len(b)} samples",
            remedy="give at least two samples on each side",
            metadata={"generated": len(a), "reference": len(b)},
        )
    if a.shape[1] != b.shape[1]:
        raise IncompatibleError(
            f"features of {a.shape[1]} dimensions cannot be compared with {b.shape[1]}",
            remedy="use one extractor on both sides",
        )
