"""Speech features against textbook loops and known sounds."""

import numpy as np
import pytest
from scipy.fft import idct

from vultus.errors import InputError
from vultus.speech.features import (
    CHANNELS,
    HOP,
    RATE_HZ,
    WINDOW,
    at_frames,
    log_mel,
    mel_filters,
    mfcc,
    pitch,
    speech_channels,
    with_context,
)


def _vowel(f0_hz: float, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return 0.1 * sum(np.sin(2 * np.pi * k * f0_hz * time) / k for k in range(1, 12))


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return 0.1 * np.random.default_rng(4).standard_normal(4000)


def test_log_mel_matches_a_textbook_loop(noise):
    found = log_mel(noise)
    padded = np.concatenate([np.zeros(WINDOW // 2), noise, np.zeros(WINDOW)])
    window = np.array([np.sin(np.pi * (n + 0.5) / WINDOW) ** 2 for n in range(WINDOW)])
    mels = np.linspace(2595 * np.log10(1 + 60 / 700), 2595 * np.log10(1 + 7600 / 700), 28)
    corners = 700 * (10 ** (mels / 2595) - 1)
    for row in (0, 7, 24):
        frame = np.zeros(512)
        frame[:WINDOW] = padded[row * HOP : row * HOP + WINDOW] * window
        power = np.abs(np.fft.fft(frame)[:257]) ** 2 / window.sum() ** 2
        for band in (0, 5, 25):
            weights = np.interp(np.arange(257) * RATE_HZ / 512, corners[band : band + 3], [0, 1, 0])
            assert found[row, band] == pytest.approx(np.log((power * weights).sum()), rel=1e-9)


def test_filters_share_out_every_frequency_between_the_outer_centres():
    filters = mel_filters(26)
    inside = filters[:, 10:200].sum(axis=0)
    np.testing.assert_allclose(inside[5:], 1.0, atol=1e-9)


def test_mfcc_is_the_cosine_transform_of_log_mel(noise):
    np.testing.assert_allclose(idct(mfcc(noise, 26), norm="ortho", axis=1), log_mel(noise), atol=1e-9)
    assert mfcc(noise).shape == (25, 13)


@pytest.mark.parametrize("f0_hz", [85.0, 120.0, 183.0, 240.0, 330.0])
def test_pitch_of_a_vowel(f0_hz):
    found, strength = pitch(_vowel(f0_hz))
    np.testing.assert_allclose(found[5:-5], f0_hz, rtol=0.01)
    assert strength[5:-5].min() > 0.9


def test_noise_and_silence_have_no_pitch(noise):
    assert (pitch(noise)[0] > 0).mean() < 0.1
    assert not pitch(np.zeros(4000))[0].any()


def test_pitch_follows_a_glide():
    time = np.arange(RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * (120 * time + 30 * time**2)
    found, _ = pitch(0.1 * sum(np.sin(k * phase) / k for k in range(1, 8)))
    np.testing.assert_allclose(found[5:-5], (120 + 60 * np.arange(100) / 100)[5:-5], rtol=0.02)


def test_louder_sound_raises_level_and_bands_alike():
    quiet, loud = speech_channels(_vowel(150)), speech_channels(10 * _vowel(150))
    np.testing.assert_allclose((loud - quiet)[5:-5, CHANNELS.index("level")], 2.0, atol=1e-6)
    np.testing.assert_allclose((loud - quiet)[5:-5, CHANNELS.index("log_f0")], 0.0, atol=1e-6)


def test_channels_are_as_many_as_deepspeech_has():
    assert speech_channels(_vowel(150)).shape == (100, 29)
    assert len(CHANNELS) == 29


def test_features_at_frames_are_those_of_the_same_moment():
    ramp = np.arange(200.0)[:, None] / 100  # value is its own time in s
    np.testing.assert_allclose(at_frames(ramp, 30.0, 50)[:, 0], np.arange(50) / 30, atol=1e-12)


def test_context_puts_neighbours_side_by_side():
    found = with_context(np.arange(5.0)[:, None], (-1, 0, 2))
    np.testing.assert_array_equal(found[[0, 2, 4]], [[0, 0, 2], [1, 2, 4], [3, 4, 4]])


def test_a_sound_without_samples_is_refused():
    with pytest.raises(InputError, match="without samples"):
        log_mel(np.zeros(0))
