"""Mean and scatter of samples that arrive in parts."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError, InputError


@dataclass(frozen=True)
class Moments:
    """Count, mean and scatter of feature vectors; the state of a Fréchet distance."""

    count: int
    """Samples so far."""

    mean: Float[np.ndarray, " d"]
    """Their mean."""

    scatter: Float[np.ndarray, "d d"]
    """Σ (x - mean)(x - mean)ᵀ."""

    @property
    def covariance(self) -> Float[np.ndarray, "d d"]:
        """Unbiased covariance; raises `InputError` for fewer than two samples."""
        if self.count < 2:
            raise InputError(
                f"{self.count} sample(s) have no covariance",
                remedy="give at least two samples on each side",
                metadata={"samples": self.count},
            )
        return self.scatter / (self.count - 1)

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of both sets together, without the cancellation of sums of squares [chan1983]."""
        if len(self.mean) != len(other.mean):
            raise IncompatibleError(
                f"features of {len(self.mean)} and of {len(other.mean)} dimensions cannot be put together",
                remedy="use one extractor on both sides",
            )
        if not self.count or not other.count:
            return self if self.count else other
        count = self.count + other.count
        step = other.mean - self.mean
        mean = self.mean + step * (other.count / count)
        between = np.outer(step, step) * (self.count * other.count / count)
        return Moments(count, mean, self.scatter + other.scatter + between)


def moments_of(features: Float[np.ndarray, "n d"]) -> Moments:
    """Moments of one batch, float64; raises `InputError` where a value is not finite."""
    check_features(features)
    values = features.astype(np.float64)
    mean = values.mean(axis=0) if len(values) else np.zeros(values.shape[1])
    centred = values - mean
    return Moments(len(values), mean, centred.T @ centred)


def check_features(features: Float[np.ndarray, "n d"]) -> None:
    """Raise `InputError` where a feature is not finite: a picture had pixels that are no numbers."""
    bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(bad):
        raise InputError(
            f"{len(bad)} of {len(features)} samples have features that are not finite, the first is {bad[0]}",
            remedy="check the pictures for pixels that are not numbers",
            metadata={"first_sample": int(bad[0])},
        )
