import numpy as np
import pytest

from vultus.speech.low_level import low_level_features, short_term_features

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
