"""Structural similarity at five scales [wang2003msssim]."""

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from vultus.errors import InputError
from vultus.metrics.pixels import check_same_size
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute
from vultus.metrics.structure import WINDOW, similarity_maps

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Weight of each scale, full size first [wang2003msssim, §3.2]."""

SMALLEST_PX = WINDOW * 2 ** (len(EXPONENTS) - 1)
"""The shortest side for which a window fits at every scale, 176 px."""


def ms_ssim_update(
    generated: UInt8[np.ndarray, "t h w 3"], reference: UInt8[np.ndarray, "s y x 3"]
) -> FrameTerms:
    """Multi-scale structural similarity of each frame, [0, 1].

    [wang2003msssim, Eq. 7]: contrast and structure of the four finer scales and the whole similarity of the
    coarsest, each a mean over channels and windows, negative ones counted as 0, to the power of its weight.
    Scales are halved by the mean of 2 x 2 pixels.
    """
    check_same_size(generated, reference)
    height, width = generated.shape[1:3]
    if min(height, width) < SMALLEST_PX:
        raise InputError(
            f"ms-ssim needs frames of at least {SMALLEST_PX}x{SMALLEST_PX} px, got {width}x{height}",
            remedy="leave ms-ssim out, or use ssim",
            metadata={"height": height, "width": width},
        )
    values = [_multiscale(a, b) for a, b in zip(generated, reference, strict=True)]
    return FrameTerms(np.asarray(values, np.float64))


@METRICS.register("ms-ssim[gaussian-11]")
class MsSsim(StreamingMetric):
    """Multi-scale structural similarity."""

    info = MetricInfo(
        name="ms-ssim[gaussian-11]",
        unit="1",
        protocol="wang-2003/5 scales/gaussian 11 px, sigma 1.5/RGB channels averaged/0..255",
        higher_is_better=True,
        needs="pixels",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(ms_ssim_update)
    finish = staticmethod(mean_compute)


def _multiscale(x: UInt8[np.ndarray, "h w 3"], y: UInt8[np.ndarray, "h w 3"]) -> float:
    # About mid-grey, as in `structure`: float32 keeps more bits of the variances.
    a, b = x.astype(np.float32) - 127.5, y.astype(np.float32) - 127.5
    terms: list[float] = []
    for scale in range(len(EXPONENTS)):
        luminance, contrast = similarity_maps(a, b)
        last = scale == len(EXPONENTS) - 1
        terms.append(float((luminance * contrast if last else contrast).mean(dtype=np.float64)))
        a, b = _halved(a), _halved(b)
    bases: Float[np.ndarray, " n"] = np.maximum(terms, 0.0)
    return min(float(np.prod(bases ** np.array(EXPONENTS))), 1.0)


def _halved(image: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "y x 3"]:
    height, width = image.shape[0] // 2, image.shape[1] // 2
    half: np.ndarray = cv2.resize(
        image[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA
    )
    return half
