import numpy as np
import pytest

from vultus.errors import InputError
from vultus.speech.heard import COUNT, LOW_LEVEL, Hearing, heard
from vultus.speech.low_level import low_level_features

NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 16_000)


def test_how_it_sounds_comes_first():
    samples = (NOISE * (2**15 - 1)).astype(np.int16)
    values = heard(NOISE, 16_000, 25.0, 20)
    np.testing.assert_allclose(values[:, :LOW_LEVEL], low_level_features(samples)[:20], atol=1e-12)
    np.testing.assert_array_equal(values[:, LOW_LEVEL:], 0)


def test_a_longer_clip_repeats_the_last_vector():
    values = heard(NOISE, 16_000, 25.0, 40)
    np.testing.assert_array_equal(values[-1], values[-10])
    assert values.shape == (40, COUNT)


def test_what_is_said_follows():
    values = heard(NOISE, 16_000, 25.0, 25, ("ab", [0.2, 0.4]))
    np.testing.assert_array_equal(values[:, LOW_LEVEL:].sum(1), 8)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(100), np.zeros(16_000)])
def test_silence_and_no_sound_are_finite(sound):
    values = heard(sound, 16_000, 25.0, 5)
    assert values.shape == (5, COUNT)
    assert np.isfinite(values).all()


def test_other_rates_sound_the_same():
    time_s = np.arange(48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 440 * time_s)
    slow, fast = heard(tone[::3], 16_000, 25.0, 20), heard(tone, 48_000, 25.0, 20)
    np.testing.assert_allclose(slow[5:15, 3], fast[5:15, 3], rtol=0.1)


def test_a_stream_hears_at_its_own_moments():
    samples = (NOISE * (2**15 - 1)).astype(np.int16)
    whole, hearing = heard(NOISE, 16_000, 25.0, 25), Hearing(samples, 25.0)
    for first, last in ((0, 4), (4, 5), (5, 25)):
        part = hearing.at(np.arange(first, last) / 25)
        np.testing.assert_allclose(part, whole[first:last], rtol=1e-9, atol=1e-12)
    uneven = hearing.at(np.array([0.121, 0.4799, 0.44, 99.0, -1.0, 1e300]))
    np.testing.assert_allclose(uneven, whole[[3, 12, 11, 24, 0, 24]], rtol=1e-9, atol=1e-12)


def test_a_stream_without_sound_hears_zeros():
    for samples in (np.zeros(0, np.int16), np.zeros(100, np.int16)):
        np.testing.assert_array_equal(Hearing(samples, 25.0).at(np.arange(3) / 25), np.zeros((3, COUNT)))


@pytest.mark.parametrize("fps", [0.0, 0.5, 1000.0, float("nan")])
def test_rates_at_which_nothing_can_be_heard(fps):
    with pytest.raises(InputError, match=f"{fps:g} frames a second") as caught:
        Hearing(np.zeros(16_000, np.int16), fps)
    assert "1 to 240" in caught.value.remedy
