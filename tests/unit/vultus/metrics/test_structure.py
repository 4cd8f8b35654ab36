"""SSIM against scikit-image and torchmetrics."""

import numpy as np
import pytest
import torch
from skimage.data import astronaut
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import structural_similarity_index_measure

from vultus.errors import InputError
from vultus.metrics.structure import ssim_update


def skimage_ssim(a, b):
    return structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=-1
    )


def test_agrees_with_scikit_image(clips):
    generated, reference = clips
    expected = [skimage_ssim(a, b) for a, b in zip(generated, reference, strict=True)]
    np.testing.assert_allclose(ssim_update(generated, reference).values, expected, atol=1e-5)


def test_agrees_on_a_photograph_with_bright_flat_areas():
    photo = astronaut()
    noisy = np.clip(photo + np.random.default_rng(0).normal(0, 9, photo.shape), 0, 255).astype(np.uint8)
    assert ssim_update(noisy[None], photo[None]).values[0] == pytest.approx(
        skimage_ssim(noisy, photo), abs=1e-5
    )


def test_agrees_with_torchmetrics(clips):
    generated, reference = (torch.from_numpy(c).permute(0, 3, 1, 2).double() for c in clips)
    _, maps = structural_similarity_index_measure(
        generated, reference, data_range=255.0, reduction="none", return_full_image=True
    )
    expected = maps[..., 5:-5, 5:-5].mean(dim=(1, 2, 3))  # it counts windows that stick out, too
    np.testing.assert_allclose(ssim_update(*clips).values, expected, atol=1e-5)


def test_symmetric_and_one_for_identical_frames(clips):
    generated, reference = clips
    np.testing.assert_allclose(ssim_update(reference, reference).values, 1, atol=1e-6)
    np.testing.assert_allclose(
        ssim_update(generated, reference).values, ssim_update(reference, generated).values, atol=1e-6
    )


def test_one_flat_colour_against_another_stays_finite():
    black = np.zeros((1, 16, 16, 3), np.uint8)
    expected = 6.5025 / (255**2 + 6.5025)
    assert ssim_update(black, black + np.uint8(255)).values[0] == pytest.approx(expected, rel=1e-3)


def test_frames_smaller_than_the_window_are_refused():
    tiny = np.zeros((1, 8, 40, 3), np.uint8)
    with pytest.raises(InputError, match="11x11 px, got 40x8"):
        ssim_update(tiny, tiny)
