"""Bootstrap intervals against normal theory and against clips whose frames resemble each other."""

import numpy as np
import pytest

from vultus.metrics.bootstrap import BootstrapConfig, confidence_interval
from vultus.metrics.pixels import psnr_pooled_compute
from vultus.metrics.streaming import mean_compute


def width(interval):
    return interval[1] - interval[0]


def correlated(rng, count, memory):
    values = np.empty(count)
    values[0] = rng.normal()
    for k in range(1, count):
        values[k] = memory * values[k - 1] + np.sqrt(1 - memory**2) * rng.normal()
    return values


def test_single_frames_give_the_interval_of_normal_theory():
    values = np.random.default_rng(0).normal(size=2000)
    interval = confidence_interval(values, mean_compute, BootstrapConfig(block=1))
    assert width(interval) == pytest.approx(2 * 1.96 * values.std() / np.sqrt(2000), rel=0.1)


def test_blocks_cover_the_mean_of_correlated_frames_where_single_frames_do_not():
    rng = np.random.default_rng(1)
    covered = {1: 0, 25: 0}
    for _ in range(100):
        clip = correlated(rng, 600, 0.9)
        for block in covered:
            low, high = confidence_interval(clip, mean_compute, BootstrapConfig(resamples=300, block=block))
            covered[block] += low <= 0 <= high
    assert covered[1] < 60
    assert covered[25] > 85


def test_the_seed_decides():
    values = np.random.default_rng(2).random(100)
    first = confidence_interval(values, mean_compute, BootstrapConfig())
    assert first == confidence_interval(values, mean_compute, BootstrapConfig())
    assert first != confidence_interval(values, mean_compute, BootstrapConfig(seed=1))


def test_a_function_of_the_mean_is_resampled_not_averaged():
    errors = np.random.default_rng(3).exponential(100, 400)
    low, high = confidence_interval(errors, psnr_pooled_compute, BootstrapConfig())
    assert low < psnr_pooled_compute(errors.sum(keepdims=True), np.array([400.0]))[0] < high


def test_a_constant_has_an_interval_of_no_width():
    assert confidence_interval(np.full(30, 0.25), mean_compute, BootstrapConfig()) == (0.25, 0.25)


@pytest.mark.parametrize("terms", [[], [3.0], [0.0, 0.0, 0.0]])
def test_no_interval_for_one_frame_or_an_infinite_value(terms):
    assert confidence_interval(np.array(terms), psnr_pooled_compute, BootstrapConfig()) is None
