"""Confidence intervals for frames that resemble their neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.metrics.streaming import Totals


@dataclass(frozen=True)
class BootstrapConfig:
    """How resamples are drawn."""

    resamples: int = 1000
    """How many."""

    block: int = 25
    """Frames that stay together, about one second; at most a quarter of the clip."""

    seed: int = 0
    """Seed of the draw."""

    @property
    def protocol(self) -> str:
        """What the intervals are, in words."""
        return (
            f"95 % circular moving-block bootstrap over frames, {self.resamples} resamples, "
            f"blocks of up to {self.block} measured frames, seed {self.seed}"
        )


def confidence_interval(
    terms: Float[np.ndarray, " t"], finish: Callable[[Totals, Totals], Totals], config: BootstrapConfig
) -> tuple[float, float] | None:
    """The middle 95 % of a metric over resampled clips [politis1992circular].

    Whole blocks of neighbouring frames are drawn: single frames would count as independent and give an
    interval several times too narrow. Blocks wrap around the end, so that every frame is equally likely.

    Args:
        terms: Value of each frame before `finish`.
        finish: Turns (sum, weight) into the metric, elementwise.
        config: How to draw.

    Returns:
        (low, high), or None for fewer than two frames or where a bound is not finite.
    """
    count = len(terms)
    if count < 2:
        return None
    block = min(config.block, max(1, count // 4))
    drawn = -(-count // block)
    starts = np.random.default_rng(config.seed).integers(0, count, (config.resamples, drawn))
    running = np.concatenate([[0.0], np.cumsum(np.concatenate([terms, terms[:block]]))])
    totals = (running[starts + block] - running[starts]).sum(axis=1)
    # Cancellation in the running sum may leave -1e-12 where every drawn frame is zero.
    totals = np.clip(totals, drawn * block * terms.min(), drawn * block * terms.max())
    values = finish(totals, np.full_like(totals, drawn * block))
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(values, [0.025, 0.975])
    return (float(low), float(high)) if np.isfinite([low, high]).all() else None
