from dataclasses import replace

import numpy as np
import pytest

from vultus.world.rendering.film import develop, linear_to_srgb, noise_deviation, srgb_to_linear, tone_table
from vultus.world.rendering.stage import Film

CLEAN = Film(noise=0.0, blur_px=0.0, quality=100)


def test_srgb_goes_there_and_back():
    values = np.linspace(0, 1, 300)
    np.testing.assert_allclose(srgb_to_linear(linear_to_srgb(values)), values, atol=1e-6)
    np.testing.assert_allclose(linear_to_srgb(np.array(0.18)), 0.4614, atol=1e-3)


@pytest.mark.parametrize("contrast", [0.0, 0.5, 1.0])
def test_the_curve_rises_and_leaves_middle_grey(contrast):
    table = tone_table(contrast)
    assert (np.diff(table) >= 0).all()
    assert table[0] == 0
    assert table[-1] == 255
    grey = table[round(np.sqrt(0.18) / 2 * (len(table) - 1))]
    assert abs(grey / 255 - 0.4614) < 0.02


def test_exposure_and_white_balance_are_gains():
    picture = np.full((8, 8, 3), 0.09, np.float32)
    brighter = develop(picture, replace(CLEAN, exposure_ev=1.0), 1.0, (0,))
    np.testing.assert_array_equal(brighter, develop(2 * picture, CLEAN, 1.0, (0,)))
    warm = develop(picture, replace(CLEAN, white_balance=(1.1, 1.0, 0.9)), 1.0, (0,))
    assert warm[0, 0, 0] > warm[0, 0, 1] > warm[0, 0, 2]


def test_noise_is_as_strong_as_said_and_of_its_name():
    grey = np.full((256, 256, 3), 0.18, np.float32)
    film = replace(CLEAN, noise=0.02, contrast=0.0)
    picture = develop(grey, film, 1.0, (3, 7))
    assert 0.012 < picture.std() / 255 < 0.024
    np.testing.assert_array_equal(picture, develop(grey, film, 1.0, (3, 7)))
    assert (picture != develop(grey, film, 1.0, (3, 8))).mean() > 0.5
    assert noise_deviation(0.02, 64) < noise_deviation(0.02, 256)


def test_compression_costs_a_little():
    rng = np.random.default_rng(0)
    picture = rng.uniform(0, 0.5, (64, 64, 3)).astype(np.float32)
    clean = develop(picture, CLEAN, 1.0, (0,)).astype(int)
    error = [
        np.abs(develop(picture, replace(CLEAN, quality=quality), 1.0, (0,)) - clean).mean()
        for quality in (95, 70, 30)
    ]
    assert 0 < error[0] < error[1] < error[2]
