"""Speech features: mel bands, cepstra and prosody, 100 a second."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.fft import dct, irfft, rfft
from scipy.signal import medfilt

from vultus.errors import InputError

RATE_HZ = 16_000
"""Samples in a second of every sound that features are taken of."""

HOP = 160
"""Samples between two values: 10 ms."""

WINDOW = 400
"""Samples of one window: 25 ms."""

BANDS = 26
"""Mel bands."""

CHANNELS = (*(f"mel{band:02d}" for band in range(BANDS)), "level", "log_f0", "voicing")
"""What `speech_channels` gives: 29, as many as the letters and marks that DeepSpeech tells apart."""

_FFT = 512
_FLOOR = 1e-10
"""Power of what counts as silence: -100 dB."""
_PITCH_WINDOW = 640
_PITCH_FFT = 2048
_PITCH_HZ = (70.0, 400.0)
_VOICED = 0.5
"""Autocorrelation from which sound counts as voiced."""

Sound = Float[np.ndarray, " n"]


def frame_count(samples: int) -> int:
    """How many values a sound of so many samples has: one at every hop, the first at 0."""
    return -(-samples // HOP)


def log_mel(sound: Sound, bands: int = BANDS) -> Float[np.ndarray, "m b"]:
    """Natural logarithm of the power in mel bands, in windows about i / 100 s.

    Hann windows, |rfft|² over their sum squared, triangular bands with HTK's mel, floor -100 dB.

    Args:
        sound: Mono, [-1, 1], 16 kHz.
        bands: Number of bands between 60 Hz and 7,600 Hz.

    Example:
        >>> tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
        >>> log_mel(tone).shape, int(log_mel(tone)[50].argmax())
        ((100, 26), 8)
    """
    window = _hann(WINDOW)
    spectrum = np.abs(rfft(_windows(sound, WINDOW) * window, _FFT, axis=1)) ** 2 / window.sum() ** 2
    return np.log(np.maximum(spectrum @ mel_filters(bands).T, _FLOOR))


def mfcc(sound: Sound, count: int = 13, bands: int = BANDS) -> Float[np.ndarray, "m c"]:
    """Mel-frequency cepstral coefficients: the orthonormal DCT-II of `log_mel`."""
    return np.asarray(dct(log_mel(sound, bands), type=2, norm="ortho", axis=1))[:, :count]


@lru_cache(maxsize=8)
def mel_filters(bands: int, low_hz: float = 60.0, high_hz: float = 7600.0) -> Float[np.ndarray, "b k"]:
    """Triangles of height one whose corners are evenly spaced in mel(f) = 2595 log10(1 + f / 700)."""
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (low_hz, high_hz))
    mel = np.linspace(lowest, highest, bands + 2)
    corners = 700 * (10 ** (mel / 2595) - 1)
    bins = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    rising = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    return np.maximum(np.minimum(rising, falling), 0.0)


def pitch(sound: Sound) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    """Pitch and voicing by the normalised autocorrelation of windowed sound [boersma1993].

    r(τ) of the windowed sound is divided by that of the window; the highest peak between 70 and 400 Hz
    decides, with a small price for long lags that keeps the octave.

    Returns:
        f0 in Hz, 0 where unvoiced, and r at the peak, [0, 1]; one value for each hop.
    """
    window = _hann(_PITCH_WINDOW)
    frames = _windows(sound, _PITCH_WINDOW)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    lags = np.arange(int(RATE_HZ / _PITCH_HZ[1]), int(RATE_HZ / _PITCH_HZ[0]) + 2)
    own, of_window = (irfft(np.abs(rfft(x, _PITCH_FFT, axis=-1)) ** 2, axis=-1) for x in (frames, window))
    power = np.maximum(own[:, :1], _FLOOR * (window**2).sum())
    r = own[:, lags] / power / (of_window[lags] / of_window[0])
    best = (r - 0.02 * np.log2(lags / lags[0]))[:, 1:-1].argmax(axis=1) + 1
    rows = np.arange(len(r))
    left, middle, right = (r[rows, best + step] for step in (-1, 0, 1))
    curvature = left - 2 * middle + right
    offset = np.where(curvature < 0, 0.5 * (left - right) / np.minimum(curvature, -1e-12), 0.0)
    strength = np.clip(middle, 0.0, 1.0)
    f0_hz = np.where(strength > _VOICED, RATE_HZ / (lags[best] + np.clip(offset, -0.5, 0.5)), 0.0)
    return medfilt(f0_hz, 5), strength


def speech_channels(sound: Sound) -> Float[np.ndarray, "m 29"]:
    """What is heard at i / 100 s in the channels of `CHANNELS`.

    The level is in bel (10 dB); log2 of f0 in Hz is led straight over what is unvoiced.
    """
    mel = log_mel(sound)
    power = np.maximum((_windows(sound, WINDOW) ** 2).mean(axis=1), _FLOOR)
    f0_hz, strength = pitch(sound)
    return np.column_stack([mel, np.log10(power), _filled_log(f0_hz), strength])


def at_frames(values: Float[np.ndarray, "m c"], fps: float, count: int) -> Float[np.ndarray, "t c"]:
    """Features at the moments of `count` video frames, i / fps, by linear interpolation; ends continued."""
    at = np.arange(count) / fps * RATE_HZ / HOP
    known = np.arange(len(values))
    return np.column_stack([np.interp(at, known, channel) for channel in values.T])


def with_context(values: Float[np.ndarray, "t c"], offsets: tuple[int, ...]) -> Float[np.ndarray, "t d"]:
    """Each frame's features beside those of the frames `offsets` away; ends continued."""
    at = np.arange(len(values))[:, None] + np.array(offsets)  # (t, o)
    return values[at.clip(0, len(values) - 1)].reshape(len(values), -1)


@lru_cache(maxsize=4)
def _hann(length: int) -> Float[np.ndarray, " w"]:
    return 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(length) + 0.5) / length)


def _windows(sound: Sound, length: int) -> Float[np.ndarray, "m w"]:
    """Windows about every hop; beyond the ends is silence."""
    if not len(sound):
        raise InputError("a sound without samples has no features", remedy="give a longer one")
    count = frame_count(len(sound))
    before = length // 2
    padded = np.pad(np.asarray(sound, dtype=np.float64), (before, count * HOP + length - len(sound) - before))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::HOP][:count]


def _filled_log(f0_hz: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
    voiced = np.flatnonzero(f0_hz > 0)
    if not len(voiced):
        return np.full(len(f0_hz), np.log2(_PITCH_HZ[0]))
    return np.interp(np.arange(len(f0_hz)), voiced, np.log2(f0_hz[voiced]))
