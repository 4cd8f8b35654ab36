"""Differences of pixels: L1 and PSNR on 0..255 [doukas2021headgan, supplementary §5]."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import IncompatibleError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute

PSNR_CAP_DB = 100.0
"""What the frame mean counts an identical frame as; one infinite frame would hide all others."""


def l1_update(generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]) -> FrameTerms:
    """Mean absolute difference of each frame over channels and pixels, 0..255."""
    return _frame_terms(generated, reference, cv2.NORM_L1)


def l1_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over channels, pixels and frames, 0..255."""
    return mean_compute(total, weight)


def l1_unit_compute(total: Totals, weight: Totals) -> Totals:
    """The same on 0..1."""
    return mean_compute(total, weight) / 255


def squared_error_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """Mean squared difference of each frame over channels and pixels, 0..255²."""
    return _frame_terms(generated, reference, cv2.NORM_L2SQR)


def psnr_pooled_compute(total: Totals, weight: Totals) -> Totals:
    """20 log10(255) - 10 log10(MSE) with the MSE pooled over all frames, dB; infinite for identical clips.

    Not the mean of the frames' own PSNR, which is larger wherever frames differ in error.
    """
    with np.errstate(divide="ignore"):
        return 20 * np.log10(255.0) - 10 * np.log10(total / weight)


def psnr_frame_mean_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """PSNR of each frame, dB, at most `PSNR_CAP_DB`."""
    errors = squared_error_update(generated, reference).values
    own = psnr_pooled_compute(errors, np.ones_like(errors))
    return FrameTerms(np.minimum(own, PSNR_CAP_DB))


@METRICS.register("l1[0..255]")
class L1(StreamingMetric):
    """Mean absolute difference."""

    info = MetricInfo(
        name="l1[0..255]",
        unit="grey levels",
        protocol="headgan-2021/0..255/mean over channels, pixels and frames",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
    )
    measure = staticmethod(l1_update)
    finish = staticmethod(l1_compute)


@METRICS.register("l1[0..1]")
class L1Unit(StreamingMetric):
    """Mean absolute difference of pictures in [0, 1]."""

    info = MetricInfo(
        name="l1[0..1]",
        unit="1",
        protocol="goha-2023/0..1/mean over channels, pixels and frames",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(l1_update)
    finish = staticmethod(l1_unit_compute)


@METRICS.register("psnr[pooled]")
class PsnrPooled(StreamingMetric):
    """PSNR of the error pooled over frames."""

    info = MetricInfo(
        name="psnr[pooled]",
        unit="dB",
        protocol="headgan-2021/0..255/squared error pooled over all frames",
        higher_is_better=True,
        needs="pixels",
        modes=("self",),
    )
    measure = staticmethod(squared_error_update)
    finish = staticmethod(psnr_pooled_compute)


@METRICS.register("psnr[frame-mean]")
class PsnrFrameMean(StreamingMetric):
    """Mean of the frames' own PSNR."""

    info = MetricInfo(
        name="psnr[frame-mean]",
        unit="dB",
        protocol=f"mean of each frame's PSNR/0..255/a frame counts at most {PSNR_CAP_DB:g} dB",
        higher_is_better=True,
        needs="pixels",
        modes=("self",),
    )
    measure = staticmethod(psnr_frame_mean_update)
    finish = staticmethod(mean_compute)


def check_same_size(generated: np.ndarray, reference: np.ndarray) -> None:
    """Raise `IncompatibleError` unless both have the same number of frames of the same size."""
    if generated.shape == reference.shape:
        return
    (t_a, h_a, w_a), (t_b, h_b, w_b) = generated.shape[:3], reference.shape[:3]
    raise IncompatibleError(
        f"generated is {t_a} frame(s) of {w_a}x{h_a} px, reference {t_b} of {w_b}x{h_b} px",
        remedy="compare clips of the same length and size",
        metadata={"generated": generated.shape, "reference": reference.shape},
    )


def _frame_terms(generated: np.ndarray, reference: np.ndarray, norm: int) -> FrameTerms:
    check_same_size(generated, reference)
    count = generated[0].size if len(generated) else 1
    sums = [cv2.norm(a, b, norm) for a, b in zip(generated, reference, strict=True)]
    values: Float[np.ndarray, " t"] = np.asarray(sums, np.float64) / count
    return FrameTerms(values, weight=float(count))
