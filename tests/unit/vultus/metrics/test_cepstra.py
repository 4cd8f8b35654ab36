"""Cepstral coefficients against a textbook loop."""

import numpy as np
import pytest
from scipy.fft import dct

from vultus.errors import InputError
from vultus.metrics.cepstra import mfcc, sound_windows


def textbook(sound: np.ndarray) -> np.ndarray:
    """As the reference's manual describes it, window by window."""
    samples = sound * 32768
    samples = np.append(samples[0], samples[1:] - 0.97 * samples[:-1])
    mel = np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 28)
    edges = np.floor(513 * 700 * (10 ** (mel / 2595) - 1) / 16000).astype(int)
    bank = np.zeros((26, 257))
    for j in range(26):
        for i in range(edges[j], edges[j + 1]):
            bank[j, i] = (i - edges[j]) / (edges[j + 1] - edges[j])
        for i in range(edges[j + 1], edges[j + 2]):
            bank[j, i] = (edges[j + 2] - i) / (edges[j + 2] - edges[j + 1])
    rows = []
    for start in range(0, 160 * (1 + int(np.ceil((len(sound) - 400) / 160))), 160):
        piece = np.zeros(400)
        part = samples[start : start + 400]
        piece[: len(part)] = part
        power = np.abs(np.fft.rfft(piece, 512)) ** 2 / 512
        row = dct(np.log(bank @ power), type=2, norm="ortho")[:13] * (
            1 + 11 * np.sin(np.pi * np.arange(13) / 22)
        )
        row[0] = np.log(power.sum())
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("samples", [400, 401, 561, 5000])
def test_agrees_with_the_loop(samples):
    sound = np.random.default_rng(samples).normal(size=samples) * 0.1
    np.testing.assert_allclose(mfcc(sound), textbook(sound), rtol=1e-9, atol=1e-9)


def test_silence_is_finite_and_the_same_everywhere():
    features = mfcc(np.zeros(8000))
    assert np.isfinite(features).all()
    np.testing.assert_array_equal(features, np.broadcast_to(features[0], features.shape))


def test_windows_follow_the_frames():
    sound = np.random.default_rng(0).normal(size=32_000) * 0.1
    windows = sound_windows(sound, 50)
    assert windows.shape == (45, 1, 13, 20)
    np.testing.assert_allclose(windows[3, 0], mfcc(sound)[12:32].T, rtol=1e-6)
    assert len(sound_windows(sound, 30)) == 25


def test_too_little_is_refused():
    with pytest.raises(InputError, match="4 frames"):
        sound_windows(np.zeros(16_000), 4)
    with pytest.raises(InputError, match="100 samples"):
        mfcc(np.zeros(100))
    with pytest.raises(InputError, match="not finite"):
        mfcc(np.full(1000, np.nan))
