"""Multi-scale structural similarity against torchmetrics."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.multiscale import SMALLEST_PX, ms_ssim_update


def clip(height, width):
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([127 + 90 * np.sin(x / 9), 127 + 80 * np.cos(y / 7), 40 + (x + y) / 3], axis=-1)
    noise = rng.normal(size=(3, height, width, 3)) * np.array([2, 15, 50])[:, None, None, None]
    reference = np.stack([base] * 3).clip(0, 255).astype(np.uint8)
    return (base + noise).clip(0, 255).astype(np.uint8), reference


def textbook(x, y):
    """Float64, windows inside the picture at every scale."""
    weights = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
    a, b = x.astype(float), y.astype(float)
    value = 1.0
    for scale, weight in enumerate(weights):
        mean_a, mean_b, aa, bb, ab = (window(m) for m in (a, b, a * a, b * b, a * b))
        contrast = (2 * (ab - mean_a * mean_b) + 58.5225) / (aa - mean_a**2 + bb - mean_b**2 + 58.5225)
        luminance = (2 * mean_a * mean_b + 6.5025) / (mean_a**2 + mean_b**2 + 6.5025)
        value *= (contrast if scale < 4 else luminance * contrast).mean() ** weight
        a, b = (
            m[: len(m) // 2 * 2, : m.shape[1] // 2 * 2]
            .reshape(len(m) // 2, 2, m.shape[1] // 2, 2, 3)
            .mean((1, 3))
            for m in (a, b)
        )
    return value


def window(image):
    return gaussian_filter(image, (1.5, 1.5, 0), truncate=3.5)[5:-5, 5:-5]


def test_agrees_with_float64_frame_by_frame():
    generated, reference = clip(211, 242)
    expected = [textbook(a, b) for a, b in zip(generated, reference, strict=True)]
    np.testing.assert_allclose(ms_ssim_update(generated, reference).values, expected, atol=2e-6)


def test_agrees_with_torchmetrics_but_for_its_windows_beyond_the_border():
    generated, reference = clip(192, 176)
    a, b = (torch.from_numpy(c).permute(0, 3, 1, 2).float() for c in (generated, reference))
    expected = multiscale_structural_similarity_index_measure(a, b, data_range=255.0, reduction="none")
    np.testing.assert_allclose(ms_ssim_update(generated, reference).values, expected.numpy(), atol=1e-3)


def test_identical_frames_score_one():
    _, reference = clip(SMALLEST_PX, SMALLEST_PX)
    metric = METRICS["ms-ssim[gaussian-11]"]()
    metric.update(reference, reference)
    assert metric.compute() == pytest.approx(1)


def test_frames_too_small_for_five_scales_are_refused():
    _, reference = clip(SMALLEST_PX - 1, SMALLEST_PX)
    with pytest.raises(InputError, match="176x176"):
        ms_ssim_update(reference, reference)
