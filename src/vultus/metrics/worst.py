"""Keep the worst frames of a clip to look at, and no others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappush, heappushpop

import numpy as np
from jaxtyping import Float

from vultus.metrics.evidence import Rgb


@dataclass(frozen=True, order=True)
class WorstFrame:
    """A pair that scored badly."""

    badness: float
    """Squared error in self mode, head-angle distance in cross mode; larger is worse."""

    index: int
    """Number of the frame, 0 first."""

    generated: Rgb = field(compare=False)
    """Generated frame."""

    reference: Rgb | None = field(compare=False)
    """Reference frame, where there is one."""


class WorstFrames:
    """The worst frames so far, at most one of each chunk and none near another: neighbours look alike.

    Args:
        limit: How many are kept.
        apart: Least distance of two, frames.
    """

    def __init__(self, limit: int, apart: int = 1) -> None:
        self._limit, self._apart = limit, apart
        self._heap: list[WorstFrame] = []

    def offer(
        self, badness: Float[np.ndarray, " t"], first: int, pairs: Sequence[tuple[Rgb, Rgb | None]]
    ) -> None:
        """Consider the frames of a chunk.

        Args:
            badness: How bad each is; -inf where it cannot be said.
            first: Number of the chunk's first frame.
            pairs: Generated and reference frames.
        """
        k = int(badness.argmax())
        if math.isinf(badness[k]) or self._limit < 1:
            return
        frame = WorstFrame(float(badness[k]), first + k, *pairs[k])
        near = [other for other in self._heap if abs(other.index - frame.index) < self._apart]
        if any(other.badness >= frame.badness for other in near):
            return
        for other in near:
            self._heap.remove(other)
        heapify(self._heap)
        if len(self._heap) < self._limit:
            heappush(self._heap, frame)
        else:
            heappushpop(self._heap, frame)

    def sorted(self) -> list[WorstFrame]:
        """The worst first."""
        return sorted(self._heap, reverse=True)
