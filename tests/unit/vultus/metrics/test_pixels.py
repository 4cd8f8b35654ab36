"""L1 and PSNR against scikit-image and a float64 loop."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from vultus.errors import IncompatibleError
from vultus.metrics import METRICS
from vultus.metrics.pixels import PSNR_CAP_DB, l1_update, psnr_frame_mean_update


def score(name, *inputs):
    metric = METRICS[name]()
    metric.update(*inputs)
    return metric.compute()


def test_l1_is_the_mean_absolute_difference_on_0_to_255(clips):
    generated, reference = clips
    expected = np.mean(
        [np.abs(a.astype(float) - b).mean() for a, b in zip(generated, reference, strict=True)]
    )
    assert score("l1[0..255]", generated, reference) == pytest.approx(expected, rel=1e-12)


def test_pooled_psnr_is_that_of_the_clip_as_one_picture(clips):
    generated, reference = clips
    expected = peak_signal_noise_ratio(reference, generated, data_range=255)
    assert score("psnr[pooled]", generated, reference) == pytest.approx(expected, rel=1e-12)


def test_the_mean_of_the_frames_own_psnr_is_another_number(clips):
    generated, reference = clips
    own = [peak_signal_noise_ratio(b, a, data_range=255) for a, b in zip(generated, reference, strict=True)]
    assert score("psnr[frame-mean]", generated, reference) == pytest.approx(np.mean(own), rel=1e-12)
    assert score("psnr[frame-mean]", generated, reference) > score("psnr[pooled]", generated, reference) + 3


def test_identical_frames_are_infinite_when_pooled_and_capped_in_the_mean(clips):
    _, reference = clips
    assert score("psnr[pooled]", reference, reference) == np.inf
    assert score("l1[0..255]", reference, reference) == 0
    assert (psnr_frame_mean_update(reference, reference).values == PSNR_CAP_DB).all()
    assert str(int(PSNR_CAP_DB)) in METRICS["psnr[frame-mean]"].info.protocol


def test_clips_of_two_sizes_are_pooled_over_pixels():
    small, large = np.zeros((1, 10, 10, 3), np.uint8), np.zeros((1, 30, 20, 3), np.uint8)
    metric = METRICS["l1[0..255]"]()
    metric.update(small + np.uint8(7), small)
    metric.update(large, large)
    assert metric.compute() == pytest.approx(7 * 100 / 700)


def test_different_sizes_are_refused_with_both_in_the_message(clips):
    generated, reference = clips
    with pytest.raises(IncompatibleError, match=r"56x40 px.*48x40 px"):
        l1_update(generated, reference[:, :, :48])
    with pytest.raises(IncompatibleError, match=r"6 frame.*5 of"):
        l1_update(generated, reference[:5])
