"""Sync of one clip: frames at any rate and a voice in, scores out; or why there are none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from vultus.errors import InputError
from vultus.metrics.bootstrap import BootstrapConfig, confidence_interval
from vultus.metrics.evidence import Rgb
from vultus.metrics.faces import FaceMeasurements
from vultus.metrics.lips import LIPS, Lips
from vultus.metrics.score import Score
from vultus.metrics.streaming import mean_compute
from vultus.metrics.synchrony import FRAMES_PER_SECOND, SyncCurve, SyncMetric, sync_curve
from vultus.speech.voice import Voice

LEAST_WINDOWS = 10
"""Windows with a face below which nothing is said."""

_NEARLY_S = 1e-3
"""Presentation times are whole ticks of a container's clock."""

_MIDDLE = 2
"""Frame of a window that its values are written to."""


@dataclass(frozen=True)
class Heard:
    """Embeddings of both streams, or why they cannot be compared."""

    lips: Float[np.ndarray, "n d"]
    """One row for each window of five pictures."""

    sound: Float[np.ndarray, "m e"]
    """The sound at the same moments."""

    known: Bool[np.ndarray, " k"]
    """In which windows a face is seen."""

    reason: str = ""
    """Why there is no value; "" where there is one."""


@dataclass
class SpokenClip:
    """Follows the lips of a clip at 25 pictures a second, each the frame that is nearest in time."""

    lips: Lips
    """The extractor's."""

    voice: Voice
    """What is heard."""

    frame_count: int = field(default=0, init=False)
    _shown: tuple[Rgb, np.ndarray | None] | None = field(default=None, init=False)
    _time_s: float = field(default=0.0, init=False)
    _frames: list[int] = field(default_factory=list, init=False)
    _heard: Heard | None = field(default=None, init=False)

    @property
    def protocol(self) -> str:
        """How lips are cut."""
        return self.lips.protocol

    def add(self, times_s: Sequence[float], frames: Sequence[Rgb], faces: FaceMeasurements) -> None:
        """Take frames that follow those of the last call, with their presentation times and faces."""
        for time_s, rgb, found, points in zip(times_s, frames, faces.found, faces.landmarks_px, strict=True):
            self._show_until((self._time_s + time_s) / 2)
            self._shown, self._time_s = (rgb, points if found else None), time_s
            self.frame_count += 1

    def heard(self) -> Heard:
        """Both streams, once all frames have been taken."""
        if self._heard is None:
            self._show_until(self._time_s + _NEARLY_S)
            self._heard = self._listen()
        return self._heard

    def score(self, metric: SyncMetric, protocol: str, bootstrap: BootstrapConfig) -> Score:
        """One metric's score; without a value, and with the reason, where nothing can be said."""
        heard, value, interval = self.heard(), None, None
        reason = heard.reason
        if not reason:
            try:
                metric.reset()
                metric.update(heard.lips, heard.sound, heard.known)
                value = metric.compute()
                interval = confidence_interval(metric.each(self._curve()), mean_compute, bootstrap)
            except InputError as error:
                reason = error.message
        return Score(
            name=metric.info.name,
            value=value,
            unit=metric.info.unit,
            protocol=protocol,
            higher_is_better=metric.info.higher_is_better,
            frame_count=int(heard.known.sum()),
            ci95=interval,
            note=reason and f"no value: {reason}",
        )

    def per_frame(self, metric: SyncMetric) -> Float[np.ndarray, " t"]:
        """Each frame's own value, at the middle of its window; NaN where there is none."""
        values = np.full(self.frame_count, np.nan)
        heard = self.heard()
        if not heard.reason:
            terms = metric.each(self._curve())
            rows = np.flatnonzero(heard.known)[: len(terms)]
            values[[self._frames[row + _MIDDLE] for row in rows]] = terms
        return values

    def _curve(self) -> SyncCurve:
        heard = self.heard()
        return sync_curve(heard.lips, heard.sound, known=heard.known)

    def _show_until(self, time_s: float) -> None:
        while self._shown is not None and len(self._frames) / FRAMES_PER_SECOND < time_s:
            self.lips.add(*self._shown)
            self._frames.append(self.frame_count - 1)

    def _listen(self) -> Heard:
        nothing = Heard(np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0, bool))
        if self.voice.silent:
            return replace(
                nothing, reason=f"the sound is silent, its largest sample is {self.voice.peak:.2g}"
            )
        lips = self.lips.embeddings()
        known = np.isfinite(lips).all(axis=1)
        if self.lips.refusal:
            return replace(nothing, reason=self.lips.refusal)
        try:
            sound = self.lips.sound(self.voice.samples)
        except InputError as error:
            return replace(nothing, reason=error.message)
        count = min(len(lips), len(sound))
        if (seen := int(known[:count].sum())) < LEAST_WINDOWS:
            few = f"a face is followed in {seen} windows of five frames, {LEAST_WINDOWS} are needed"
            return replace(nothing, reason=few)
        return Heard(lips[:count], sound[:count], known[:count])


def spoken_clips(
    names: Iterable[str], extractors: Callable[[str], Any], voice: Voice | None
) -> dict[str, SpokenClip]:
    """One clip to follow for each extractor of lips and sound; none without a voice.

    Raises:
        AssetMissingError: The weights of an extractor are not there.
    """
    if voice is None:
        return {}
    return {name: SpokenClip(LIPS[name](extractors(name)), voice) for name in dict.fromkeys(names)}
