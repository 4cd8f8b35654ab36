"""Metrics of how something changes: they remember the last frames, so that clips may come in parts."""

from typing import ClassVar

import numpy as np
from jaxtyping import Float

from vultus.metrics.streaming import StreamingMetric


class SequenceMetric(StreamingMetric):
    """A metric whose term of a frame needs the frames before it.

    `measure` takes stretches of n frames and answers terms of the last n - reach ones. Frames whose term
    cannot be known, because too few came before or a face is absent, are left out of the value.
    """

    reach: ClassVar[int] = 1
    """Frames before a frame that its term needs."""

    def reset(self) -> None:
        """Forget every frame."""
        super().reset()
        self._last: tuple[np.ndarray, ...] = ()

    @property
    def note(self) -> str:
        """Says what a frame's term needs where none has it."""
        if self.frame_count:
            return ""
        return f"no value: needs {self.reach + 1} measurable frames in a row"

    def cut(self) -> None:
        """The next frame begins another clip."""
        self._last = ()

    def update(self, *inputs: np.ndarray) -> Float[np.ndarray, " t"]:
        """Add the frames that follow those of the last call.

        Returns:
            Term of each frame; NaN where it is unknown.
        """
        joined = inputs
        if self._last:
            joined = tuple(np.concatenate([old, new]) for old, new in zip(self._last, inputs, strict=True))
        self._last = tuple(part[-self.reach :].copy() for part in joined)
        terms = np.full(len(inputs[0]), np.nan)
        complete = self._complete(joined)
        known = complete[-len(terms) :] if len(terms) else complete[:0]
        if known.any():
            terms[len(terms) - len(known) :][known] = self._stretches(joined, complete)
        return terms

    def _complete(self, joined: tuple[np.ndarray, ...]) -> np.ndarray:
        """Which frames after the first `reach` have everything that their term needs."""
        count = len(joined[0])
        present = np.ones(count, bool)
        for part in joined:
            if np.issubdtype(part.dtype, np.floating):
                present &= np.isfinite(part.reshape(count, -1)).all(axis=1)
        after = max(count - self.reach, 0)
        return np.all([present[k : k + after] for k in range(self.reach + 1)], axis=0)

    def _stretches(self, joined: tuple[np.ndarray, ...], complete: np.ndarray) -> Float[np.ndarray, " n"]:
        """Terms of the complete frames, one run of them after another."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], complete, [False]]).astype(np.int8)))
        runs = zip(edges[::2], edges[1::2], strict=True)
        return np.concatenate(
            [
                super(SequenceMetric, self).update(*(part[start : stop + self.reach] for part in joined))
                for start, stop in runs
            ]
        )
