"""What only moving pictures show: flicker, trembling landmarks, a background that does not stand still."""

import numpy as np
from jaxtyping import Bool, Float, UInt8

from vultus.errors import IncompatibleError
from vultus.metrics.pixels import check_same_size
from vultus.metrics.score import MetricInfo
from vultus.metrics.sequences import SequenceMetric
from vultus.metrics.streaming import METRICS, FrameTerms, mean_compute

OUTER_EYE_CORNERS = (36, 45)


def flicker_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """Mean absolute difference between both clips' changes since the frame before, 0..255; t - 1 terms.

    What the reference does itself, for instance a moving light, is no flicker.
    """
    check_same_size(generated, reference)
    changes = (np.diff(clip.astype(np.int16), axis=0) for clip in (generated, reference))
    made, meant = changes
    return FrameTerms(np.abs(made - meant).mean(axis=(1, 2, 3), dtype=np.float64))


def jitter_update(
    generated_px: Float[np.ndarray, "t l 2"], reference_px: Float[np.ndarray, "s m 2"]
) -> FrameTerms:
    """Mean distance between the landmarks' accelerations in both clips, inter-ocular distances; t - 2 terms.

    Each clip's accelerations are second differences over its own inter-ocular distance, so that a driver of
    another size can be compared with. 0 where the head moves exactly as the driver's.
    """
    if generated_px.shape != reference_px.shape:
        raise IncompatibleError(
            f"{generated_px.shape[0]}x{generated_px.shape[1]} landmarks cannot be compared with "
            f"{reference_px.shape[0]}x{reference_px.shape[1]}"
        )
    made, meant = (_acceleration(points.astype(np.float64)) for points in (generated_px, reference_px))
    return FrameTerms(np.linalg.norm(made - meant, axis=-1).mean(axis=-1))


def background_change_update(
    generated: UInt8[np.ndarray, "t h w 3"], background: Bool[np.ndarray, "t h w"]
) -> FrameTerms:
    """Mean absolute change since the frame before where both are background, 0..255; t - 1 terms.

    A frame without such pixels counts as still.
    """
    change = np.abs(np.diff(generated.astype(np.int16), axis=0)).mean(axis=-1)  # (t - 1, h, w)
    both = background[1:] & background[:-1]
    pixels = both.sum(axis=(1, 2))
    sums = np.where(both, change, 0.0).sum(axis=(1, 2), dtype=np.float64)
    return FrameTerms(sums / np.maximum(pixels, 1))


@METRICS.register("flicker[vs-reference]")
class Flicker(SequenceMetric):
    """Changes from frame to frame that the reference does not make."""

    info = MetricInfo(
        name="flicker[vs-reference]",
        unit="grey levels",
        protocol="vultus/0..255/mean absolute difference of both clips' frame-to-frame changes",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
    )
    reach = 1
    measure = staticmethod(flicker_update)
    finish = staticmethod(mean_compute)


@METRICS.register("jitter[acceleration-vs-driver]")
class Jitter(SequenceMetric):
    """Trembling of the landmarks that the driver's do not have."""

    info = MetricInfo(
        name="jitter[acceleration-vs-driver]",
        unit="inter-ocular distance",
        protocol="vultus/68 points/second differences over inter-ocular distance, against the driver's",
        higher_is_better=False,
        needs="motion",
        by_default=False,
    )
    reach = 2
    measure = staticmethod(jitter_update)
    finish = staticmethod(mean_compute)


@METRICS.register("background_change[masked]")
class BackgroundChange(SequenceMetric):
    """How much the background changes from frame to frame."""

    info = MetricInfo(
        name="background_change[masked]",
        unit="grey levels",
        protocol="vultus/0..255/mean absolute change where both frames are background",
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    reach = 1
    measure = staticmethod(background_change_update)
    finish = staticmethod(mean_compute)


def _acceleration(points_px: Float[np.ndarray, "t l 2"]) -> Float[np.ndarray, "s l 2"]:
    first, second = OUTER_EYE_CORNERS
    between = np.linalg.norm(points_px[:, first] - points_px[:, second], axis=-1)[1:-1]
    return np.diff(points_px, n=2, axis=0) / between[:, None, None]
