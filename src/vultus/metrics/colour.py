"""Whether colours stay: shift of the mean colour, and what comes back when a portrait drives itself."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.metrics.pixels import check_same_size, l1_compute, l1_update
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute


def colour_shift_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """Distance between the mean CIELAB colours of both frames, ΔE*ab of 1976; about 2 can be seen."""
    check_same_size(generated, reference)
    pairs = zip(_means(generated), _means(reference), strict=True)
    return FrameTerms(np.array([np.linalg.norm(a - b) for a, b in pairs], np.float64))


def self_drive_update(
    generated: UInt8[np.ndarray, "t h w 3"], source: UInt8[np.ndarray, "h w 3"]
) -> FrameTerms:
    """Mean absolute difference, 0..255, between a portrait and what it makes as its own driver."""
    repeated = np.broadcast_to(source, (len(generated), *source.shape))
    return l1_update(generated, np.ascontiguousarray(repeated))


def mean_lab(rgb: UInt8[np.ndarray, "h w 3"]) -> Float[np.ndarray, "3"]:
    """Mean CIELAB colour of an sRGB picture under D65: L* in 0..100."""
    lab: np.ndarray = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab.mean(axis=(0, 1), dtype=np.float64)


def _means(frames: UInt8[np.ndarray, "t h w 3"]) -> list[Float[np.ndarray, "3"]]:
    """Mean colour of each frame; one that repeats the frame before it is not measured again."""
    means: list[np.ndarray] = []
    for k, frame in enumerate(frames):
        again = k > 0 and np.array_equal(frame, frames[k - 1])
        means.append(means[-1] if again else mean_lab(frame))
    return means


@METRICS.register("colour_shift[lab-mean]")
class ColourShift(StreamingMetric):
    """Shift of the frame's mean colour."""

    info = MetricInfo(
        name="colour_shift[lab-mean]",
        unit="ΔE*ab",
        protocol="vultus/CIELAB D65, 1976/distance of both frames' mean colours, mean over frames",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(colour_shift_update)
    finish = staticmethod(mean_compute)


@METRICS.register("self_drive[l1-0..255]")
class SelfDrive(StreamingMetric):
    """What a portrait that drives itself differs from itself; 0 is idempotent."""

    info = MetricInfo(
        name="self_drive[l1-0..255]",
        unit="grey levels",
        protocol="vultus/source as its own driver/0..255/mean absolute difference from the source",
        higher_is_better=False,
        needs="given",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(self_drive_update)
    finish = staticmethod(l1_compute)
