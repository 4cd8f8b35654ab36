"""How much the landmarks of a clip shake, chunk by chunk."""

import numpy as np
import torch
from jaxtyping import Float

from vultus.face.smoothing import jitter


class JitterMeter:
    """`vultus.face.smoothing.jitter` of a clip that arrives in parts; frames without a face end a stretch."""

    def __init__(self) -> None:
        self._last: Float[np.ndarray, "t 68 2"] = np.zeros((0, 68, 2))
        self._sum = 0.0
        self._count = 0

    def add(self, landmarks_px: Float[np.ndarray, "t 68 2"]) -> None:
        """Go on with the next frames; NaN where there was no face."""
        joined = np.concatenate([self._last, landmarks_px])
        self._last = joined[-2:]
        absent = np.flatnonzero(np.isnan(joined[:, 0, 0]))
        for stretch in np.split(joined, absent):
            seen = stretch[~np.isnan(stretch[:, 0, 0])]
            if len(seen) > 2:
                self._sum += jitter(torch.from_numpy(seen), "ibug68") * (len(seen) - 2)
                self._count += len(seen) - 2

    @property
    def value(self) -> float | None:
        """Mean length of second differences, inter-ocular distances; None for less than three frames."""
        return self._sum / self._count if self._count else None
