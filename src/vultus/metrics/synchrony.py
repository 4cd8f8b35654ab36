"""Whether lips and voice belong together: SyncNet's offset, confidence and distances [chung2016syncnet].

Everything here starts from embeddings of both streams at 25 per second; `cepstra` and `vultus.nets.syncnet`
make them. Offsets have the sign of the published code, reach - argmin: **-1 says that the sound is late by
one frame**. A thread of that project says the opposite; its formula and its users' delayed clips do not.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

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


def sync_curve(
    visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"], reach: int = REACH
) -> SyncCurve:
    """Compare every frame with the sound around it; beyond the ends the sound is a zero vector, as published.

    Args:
        visual: Embeddings of the lips.
        audio: Embeddings of the sound at the same times.
        reach: Largest shift, frames.

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
    if not len(visual) or not (np.isfinite(visual).all() and np.isfinite(audio).all()):
        raise InputError("no embeddings, or some that are not finite", remedy="check sound and frames")
    lips, sound = visual.astype(np.float64), np.pad(audio.astype(np.float64), ((reach, reach), (0, 0)))
    count = len(lips)
    columns = [
        np.linalg.norm(lips - sound[shift : shift + count] + EPSILON, axis=1)
        for shift in range(2 * reach + 1)
    ]
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
) -> Drift:
    """Offset and drift from a line through the offsets of half-overlapping windows, weighted by confidence.

    The offset of a window is refined below a frame by a parabola through its least mean distance and the two
    beside it.

    Raises:
        InputError: The clip is shorter than two windows and a half, or nowhere in sync, silent for instance.
    """
    distances = sync_curve(visual, audio, reach).distances
    starts = range(0, len(distances) - window_frames + 1, max(window_frames // 2, 1))
    curves = [SyncCurve(distances[start : start + window_frames]) for start in starts]
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


def offset_update(visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"]) -> FrameTerms:
    """Offset of one clip, frames; opposite offsets cancel in a mean over clips."""
    return FrameTerms(np.array([float(sync_curve(visual, audio).offset_frames)]))


def distance_update(visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"]) -> FrameTerms:
    """LSE-D of one clip."""
    return FrameTerms(np.array([sync_curve(visual, audio).least_distance]))


def confidence_update(visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"]) -> FrameTerms:
    """LSE-C of one clip."""
    return FrameTerms(np.array([sync_curve(visual, audio).confidence]))


def drift_update(visual: Float[np.ndarray, "t d"], audio: Float[np.ndarray, "s e"]) -> FrameTerms:
    """Magnitude of one clip's drift, ms."""
    return FrameTerms(np.array([abs(sync_drift(visual, audio).drift_ms)]))


_PROTOCOL = (
    f"syncnet-v2/25 frames/s, 16 kHz/shifts up to {REACH} frames, zeros beyond the ends/mean over clips"
)


@METRICS.register("sync_offset[syncnet-v2]")
class SyncOffset(StreamingMetric):
    """AV offset; -1 is sound late by one frame, 0 is best."""

    info = MetricInfo(
        name="sync_offset[syncnet-v2]",
        unit="frames",
        protocol=_PROTOCOL,
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(offset_update)
    finish = staticmethod(mean_compute)


@METRICS.register("lse-d[syncnet-v2]")
class LseD(StreamingMetric):
    """Least mean distance of lips and sound."""

    info = MetricInfo(
        name="lse-d[syncnet-v2]",
        unit="1",
        protocol=_PROTOCOL,
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(distance_update)
    finish = staticmethod(mean_compute)


@METRICS.register("lse-c[syncnet-v2]")
class LseC(StreamingMetric):
    """Confidence that lips and sound belong together."""

    info = MetricInfo(
        name="lse-c[syncnet-v2]",
        unit="1",
        protocol=_PROTOCOL,
        higher_is_better=True,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(confidence_update)
    finish = staticmethod(mean_compute)


@METRICS.register("av_drift[syncnet-v2]")
class AvDrift(StreamingMetric):
    """How much sound and picture drift apart over a clip."""

    info = MetricInfo(
        name="av_drift[syncnet-v2]",
        unit="ms",
        protocol="vultus/syncnet-v2 offsets of 2 s windows, weighted line/magnitude, mean over clips",
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(drift_update)
    finish = staticmethod(mean_compute)


_WORLD = (
    "vultus/world-sync embeddings of length one, no SyncNet/25 frames/s, 16 kHz/"
    f"shifts up to {REACH} frames, zeros beyond the ends/mean over clips"
)


def _world(name: str, unit: str, *, higher_is_better: bool) -> MetricInfo:
    """A metric of embeddings of the network that was learned from the synthetic world."""
    return MetricInfo(
        name=name,
        unit=unit,
        protocol=_WORLD,
        higher_is_better=higher_is_better,
        needs="given",
        by_default=False,
    )


@METRICS.register("sync_offset[world]")
class SyncOffsetWorld(StreamingMetric):
    """AV offset by the world's network; -1 is sound late by one frame, 0 is best."""

    info = _world("sync_offset[world]", "frames", higher_is_better=False)
    measure = staticmethod(offset_update)
    finish = staticmethod(mean_compute)


@METRICS.register("lse-d[world]")
class LseDWorld(StreamingMetric):
    """Least mean distance of lips and sound by the world's network."""

    info = _world("lse-d[world]", "1", higher_is_better=False)
    measure = staticmethod(distance_update)
    finish = staticmethod(mean_compute)


@METRICS.register("lse-c[world]")
class LseCWorld(StreamingMetric):
    """Confidence that lips and sound belong together by the world's network."""

    info = _world("lse-c[world]", "1", higher_is_better=True)
    measure = staticmethod(confidence_update)
    finish = staticmethod(mean_compute)


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
