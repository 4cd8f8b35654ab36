"""Structural similarity [wang2004ssim]."""

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from vultus.errors import InputError
from vultus.metrics.pixels import check_same_size
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute

WINDOW = 11
"""Side of the window, px."""
SIGMA = 1.5
"""Standard deviation of the window, px."""


def ssim_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """Mean structural similarity of each frame over channels and pixels whose window lies inside, [-1, 1].

    [wang2004ssim, Eq. 13] with a Gaussian window of 11 px, σ = 1.5, K = (0.01, 0.03), L = 255 and
    population covariances, as scikit-image's with ``gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, data_range=255``.
    """
    check_same_size(generated, reference)
    if min(generated.shape[1:3]) < WINDOW:
        height, width = generated.shape[1:3]
        raise InputError(
            f"ssim needs frames of at least {WINDOW}x{WINDOW} px, got {width}x{height}",
            remedy="leave ssim out",
            metadata={"height": height, "width": width},
        )
    maps = [_similarity(a, b) for a, b in zip(generated, reference, strict=True)]
    return FrameTerms(np.asarray(maps, np.float64))


def ssim_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over frames."""
    return mean_compute(total, weight)


@METRICS.register("ssim[gaussian-11]")
class Ssim(StreamingMetric):
    """Structural similarity."""

    info = MetricInfo(
        name="ssim[gaussian-11]",
        unit="1",
        protocol="wang-2004/gaussian 11 px, sigma 1.5/RGB channels averaged/0..255",
        higher_is_better=True,
        needs="pixels",
        modes=("self",),
    )
    measure = staticmethod(ssim_update)
    finish = staticmethod(ssim_compute)


def similarity_maps(
    a: Float32[np.ndarray, "h w 3"], b: Float32[np.ndarray, "h w 3"]
) -> tuple[Float32[np.ndarray, "y x 3"], Float32[np.ndarray, "y x 3"]]:
    """Luminance term, and contrast and structure together, of every window inside two pictures.

    Args:
        a: A picture less 127.5: variances are the same about mid-grey, and float32 keeps four more bits.
        b: The other one.
    """
    mean_a, mean_b = _window_mean(a), _window_mean(b)
    covariance = _window_mean(a * b) - mean_a * mean_b
    variances = _window_mean(a * a + b * b) - mean_a * mean_a - mean_b * mean_b
    mean_a += 127.5
    mean_b += 127.5
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a * mean_a + mean_b * mean_b + c1)
    return luminance, (2 * covariance + c2) / (variances + c2)


def _similarity(x: UInt8[np.ndarray, "h w 3"], y: UInt8[np.ndarray, "h w 3"]) -> float:
    luminance, contrast = similarity_maps(x.astype(np.float32) - 127.5, y.astype(np.float32) - 127.5)
    # Rounding may leave 1 + 1e-9 where both are the same.
    return min(float((luminance * contrast).mean(dtype=np.float64)), 1.0)


def _window_mean(image: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "y x 3"]:
    """Gaussian-weighted mean of every window that lies inside the image."""
    inset = WINDOW // 2
    return cv2.sepFilter2D(image, cv2.CV_32F, _KERNEL, _KERNEL)[inset:-inset, inset:-inset]


def _gaussian() -> Float[np.ndarray, " n"]:
    offsets = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    return weights / weights.sum()


_KERNEL = _gaussian()
