import numpy as np
import pytest

from vultus.speech.low_level import LowLevel, low_level_features, short_term_features

RATE_HZ = 16_000


def tone(frequency_hz: float, seconds: float = 1.0) -> np.ndarray:
    time_s = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return (12_000 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.int16)


@pytest.mark.parametrize("frequency_hz", [500.0, 1000.0, 3000.0])
def test_a_tone_has_its_crossings_and_its_centroid(frequency_hz):
    features = short_term_features(tone(frequency_hz))
    assert np.median(features[:, 0]) == pytest.approx(2 * frequency_hz / RATE_HZ, rel=0.03)
    next_bin_hz = frequency_hz + RATE_HZ / 320  # the released code counts bins from 1
    assert np.median(features[:, 3]) == pytest.approx(next_bin_hz / (RATE_HZ / 2), rel=0.01)
    assert np.median(features[:, 7]) == pytest.approx(frequency_hz / (RATE_HZ / 2), abs=0.01)


def test_loudness_does_not_matter():
    quiet, loud = tone(800.0) // 8 * 2, tone(800.0) // 8 * 8
    np.testing.assert_allclose(low_level_features(quiet), low_level_features(loud), rtol=1e-6, atol=1e-9)


def test_differences_are_those_of_the_features():
    features = short_term_features(np.random.default_rng(0).integers(-9000, 9000, 8000).astype(np.int16))
    np.testing.assert_array_equal(features[0, 21:], 0)
    np.testing.assert_allclose(features[1:, 21:], np.diff(features[:, :21], axis=0), atol=1e-12)


def test_silence_is_finite():
    features = low_level_features(np.zeros(RATE_HZ, np.int16))
    assert np.isfinite(features).all()


def test_a_frame_is_the_mean_and_spread_of_its_window():
    signal = np.random.default_rng(1).integers(-9000, 9000, RATE_HZ).astype(np.int16)
    short, frames = short_term_features(signal), low_level_features(signal)
    part = short[3 * 16 : 3 * 16 + 128]
    np.testing.assert_allclose(frames[3], np.concatenate([part.mean(0), part.std(0)]))


@pytest.mark.parametrize("fps", [25.0, 30.0, 23.976])
def test_some_frames_are_those_of_all(fps):
    signal = np.random.default_rng(2).integers(-9000, 9000, 2 * RATE_HZ + 77).astype(np.int16)
    sound = LowLevel(signal, RATE_HZ, fps)
    every = sound.rows(np.arange(len(sound)))
    for which in ([0], [7], [len(sound) - 1], [3, 4, 9, 4], [20, 1, 2]):
        np.testing.assert_allclose(sound.rows(np.array(which)), every[which], rtol=1e-9, atol=1e-12)
    assert sound.rows(np.zeros(0, int)).shape == (0, 84)


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 50.0])
def test_sound_keeps_in_step_with_the_pictures_at_any_rate(fps):
    signal = np.zeros(20 * RATE_HZ, np.int16)
    signal[18 * RATE_HZ : 18 * RATE_HZ + RATE_HZ // 2] = tone(700.0, 0.5)
    loud = np.flatnonzero(low_level_features(signal, RATE_HZ, fps)[:, 1] > 1e-9)
    assert (loud[0] + 8) / fps == pytest.approx(18, abs=2 / fps)  # a frame hears the eight from its own on
    assert loud[-1] / fps == pytest.approx(18.5, abs=2 / fps)
