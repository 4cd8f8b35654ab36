"""Whether lips and voice belong together: SyncNet's offset, confidence and distances [chung2016syncnet].

Everything here starts from embeddings of both streams at 25 per second; `cepstra` and `vultus.nets.syncnet`
make them. Offsets have the sign of the published code, reach - argmin: **-1 says that the sound is late by
one frame**. A thread of that project says the opposite; its formula and its users' delayed clips do not.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute

FRAMES_PER_SECOND = 25.0
REACH = 15
"""Largest shift in the published demonstration, frames; the code's own default is 10."""
EPSILON = 1e-6
"""What the published distance adds to every difference."""
MEDIAN_WIDTH = 9
"""Frames of the filter over each frame's confidence."""
LEAST_CONFIDENCE = 0.05
"""Below this mean confidence nothing can be said about drift."""


@dataclass(frozen=True)
class SyncCurve:
    """How far apart lips and voice are, for every frame and shift."""

    distances: Float[np.ndarray, "t s"]
    """Euclidean distance of each frame to the sound at shifts -reach..reach."""

    @property
    def reach(self) -> int:
        """Largest shift, frames."""
        return self.distances.shape[1] // 2

    @cached_property
    def mean(self) -> Float[np.ndarray, " s"]:
        """Mean over frames for each shift."""
        return self.distances.mean(axis=0)

    @property
    def offset_frames(self) -> int:
        """Offset of the sound as published: -1 is sound late by one frame."""
        return self.reach - int(self.mean.argmin())

    @property
    def least_distance(self) -> float:
        """Least mean distance, LSE-D."""
        return float(self.mean.min())

    @property
    def confidence(self) -> float:
        """Median of the mean distances less the least, LSE-C; 0 where no shift stands out."""
        return _lower_median(self.mean) - self.least_distance

    @property
    def frame_confidence(self) -> Float[np.ndarray, " t"]:
        """Confidence of each frame at the best shift, by a median filter of nine frames, 0 outside."""
        own = _lower_median(self.mean) - self.distances[:, int(self.mean.argmin())]
        padded = np.pad(own, MEDIAN_WIDTH // 2)
        return np.median(np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_WIDTH), axis=1)


Known = Bool[np.ndarray, " k"]
"""Which frames count; without it, all."""


def sync_curve(
    visual: Float[np.ndarray, "t d"],
    audio: Float[np.ndarray, "s e"],
    reach: int = REACH,
    known: Known | None = None,
) -> SyncCurve:
    """Compare every frame with the sound around it; beyond the ends the sound is a zero vector, as published.

    Args:
        visual: Embeddings of the lips; rows that do not count may hold anything.
        audio: Embeddings of the sound at the same times.
        reach: Largest shift, frames.
        known: Frames that the curve has rows of, where a face is absent from the others.

    Raises:
        IncompatibleError: Numbers of embeddings or of dimensions differ.
        InputError: There are no frames, or values that are not finite.
    """
    if visual.shape != audio.shape:
        raise IncompatibleError(
            f"{visual.shape[0]} visual embeddings of {visual.shape[1]} values cannot be compared with "
            f"{audio.shape[0]} of {audio.shape[1]}",
            remedy="cut both streams to the shorter one",
        )
    rows = np.arange(len(visual)) if known is None else np.flatnonzero(known)
    lips, sound = visual[rows].astype(np.float64), np.pad(audio.astype(np.float64), ((reach, reach), (0, 0)))
    if not len(rows) or not (np.isfinite(lips).all() and np.isfinite(sound).all()):
        raise InputError("no embeddings, or some that are not finite", remedy="check sound and frames")
    columns = [np.linalg.norm(lips - sound[rows + shift] + EPSILON, axis=1) for shift in range(2 * reach + 1)]
    return SyncCurve(np.stack(columns, axis=1))


@dataclass(frozen=True)
class Drift:
    """How the offset between sound and picture changes over a clip."""

    offset_ms: float
    """Offset in the middle of the clip, > 0 where the sound is late."""

    drift_ms: float
    """Offset at the end less offset at the start."""


def sync_drift(
    visual: Float[np.ndarray, "t d"],
    audio: Float[np.ndarray, "s e"],
    window_frames: int = 50,
    reach: int = REACH,
    known: Known | None = None,
) -> Drift:
    """Offset and drift from a line through the offsets of half-overlapping windows, weighted by confidence.

    The offset of a window is refined below a frame by a parabola through its least mean distance and the two
    beside it. Windows of which less than half is known are left out.

    Raises:
        InputError: The clip is shorter than two windows and a half, or nowhere in sync, silent for instance.
    """
    whole = np.ones(len(visual), bool) if known is None else known
    distances = np.full((len(visual), 2 * reach + 1), np.nan)
    distances[whole] = sync_curve(visual, audio, reach, whole).distances
    starts = [
        start
        for start in range(0, len(distances) - window_frames + 1, max(window_frames // 2, 1))
        if whole[start : start + window_frames].mean() >= 0.5
    ]
    parts = [slice(start, start + window_frames) for start in starts]
    curves = [SyncCurve(distances[part][whole[part]]) for part in parts]
    if len(curves) < 3:
        raise InputError(
            f"{len(distances)} frames are too few to measure drift in windows of {window_frames}",
            remedy="give a longer clip",
            metadata={"frames": len(distances)},
        )
    confidences = np.array([curve.confidence for curve in curves])
    if confidences.mean() < LEAST_CONFIDENCE:
        raise InputError(
            f"sound and lips are nowhere in sync: mean confidence {confidences.mean():.3f}",
            remedy="check that the clip has a voice and a visible mouth",
            metadata={"confidence": float(confidences.mean())},
        )
    seconds = (np.array(starts) + window_frames / 2) / FRAMES_PER_SECOND
    offsets_ms = np.array([_lateness(curve) for curve in curves]) * 1000 / FRAMES_PER_SECOND
    slope, at_zero = np.polyfit(seconds, offsets_ms, 1, w=np.sqrt(np.maximum(confidences, 0)))
    duration_s = len(distances) / FRAMES_PER_SECOND
    return Drift(float(at_zero + slope * duration_s / 2), float(slope * duration_s))


def offset_update(
    visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"], known: Known | None = None
) -> FrameTerms:
    """Offset of one clip, frames; opposite offsets cancel in a mean over clips."""
    return FrameTerms(np.array([float(sync_curve(visual, audio, known=known).offset_frames)]))


def distance_update(
    visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"], known: Known | None = None
) -> FrameTerms:
    """LSE-D of one clip."""
    return FrameTerms(np.array([sync_curve(visual, audio, known=known).least_distance]))


def confidence_update(
    visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"], known: Known | None = None
) -> FrameTerms:
    """LSE-C of one clip."""
    return FrameTerms(np.array([sync_curve(visual, audio, known=known).confidence]))


def drift_update(
    visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"], known: Known | None = None
) -> FrameTerms:
    """Magnitude of one clip's drift, ms."""
    return FrameTerms(np.array([abs(sync_drift(visual, audio, known=known).drift_ms)]))


class SyncMetric(StreamingMetric):
    """A metric of clips, whose updates take embeddings of lips and of sound and which frames are known."""

    finish = staticmethod(mean_compute)

    @staticmethod
    def each(curve: SyncCurve) -> Float[np.ndarray, " t"]:
        """Each frame's part at the clip's best shift; none where the value has no parts."""
        return np.zeros(0)


class _Offset(SyncMetric):
    measure = staticmethod(offset_update)


class _Distance(SyncMetric):
    measure = staticmethod(distance_update)

    @staticmethod
    def each(curve: SyncCurve) -> Float[np.ndarray, " t"]:
        """Distance at the best shift."""
        return curve.distances[:, int(curve.mean.argmin())]


class _Confidence(SyncMetric):
    measure = staticmethod(confidence_update)

    @staticmethod
    def each(curve: SyncCurve) -> Float[np.ndarray, " t"]:
        """Median of the clip's mean distances less the distance at the best shift."""
        return _lower_median(curve.mean) - curve.distances[:, int(curve.mean.argmin())]


class _Drift(SyncMetric):
    measure = staticmethod(drift_update)


_SHIFTS = f"25 frames/s, 16 kHz/shifts up to {REACH} frames, zeros beyond the ends/mean over clips"
_NETWORKS = {
    "syncnet-v2": ("syncnet-v2", f"syncnet-v2/{_SHIFTS}"),
    "world": ("world-sync", f"vultus/world-sync embeddings of length one, no SyncNet/{_SHIFTS}"),
}
"""Extractor and protocol by the name in brackets."""

_FAMILIES: dict[str, tuple[type[SyncMetric], str, bool, str]] = {
    "sync_offset": (_Offset, "frames", False, "AV offset; -1 is sound late by one frame, 0 is best."),
    "lse-d": (_Distance, "1", False, "Least mean distance of lips and sound."),
    "lse-c": (_Confidence, "1", True, "Confidence that lips and sound belong together."),
    "av_drift": (_Drift, "ms", False, "How much sound and picture drift apart over a clip."),
}
"""Class, unit, whether higher is better, and what it is."""

_DRIFT = "offsets of windows of 2 s, line weighted by confidence, magnitude"


def _register(family: str, variant: str) -> None:
    base, unit, higher_is_better, what = _FAMILIES[family]
    extractor, protocol = _NETWORKS[variant]

    class Sync(base):  # type: ignore[valid-type, misc]
        __doc__ = what
        info = MetricInfo(
            name=f"{family}[{variant}]",
            unit=unit,
            protocol=f"{protocol}; {_DRIFT}" if base is _Drift else protocol,
            higher_is_better=higher_is_better,
            needs="voice",
            by_default=False,
            extractor=extractor,
        )

    METRICS.register(Sync.info.name)(Sync)


for _variant in _NETWORKS:
    for _family in _FAMILIES:
        _register(_family, _variant)


def _lower_median(values: Float[np.ndarray, " n"]) -> float:
    return float(np.sort(values)[(len(values) - 1) // 2])


def _lateness(curve: SyncCurve) -> float:
    """By how many frames the sound is late; at either end of the shifts, a whole number."""
    best = int(curve.mean.argmin())
    if not 0 < best < len(curve.mean) - 1:
        return float(best - curve.reach)
    before, least, after = curve.mean[best - 1 : best + 2]
    bend = before - 2 * least + after
    return best - curve.reach + (0.5 * (before - after) / bend if bend > 0 else 0.0)
