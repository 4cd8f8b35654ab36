"""Mel-frequency cepstral coefficients as SyncNet was trained on [davis1980]."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from vultus.errors import InputError

RATE_HZ = 16_000
WINDOW = 400
"""Samples of a window, 25 ms."""
HOP = 160
"""Samples between windows, 10 ms."""
FFT = 512
FILTERS = 26
COEFFICIENTS = 13
EMPHASIS = 0.97
LIFTER = 22
STEPS_PER_FRAME = 4
"""MFCC steps for each frame at 25 frames/s."""
STEPS = 20
"""MFCC steps of SyncNet's window."""
FULL_SCALE = 32768.0
"""The network saw 16-bit samples, not [-1, 1]; the first coefficient is the logarithm of their energy."""


def mfcc(sound: Float[np.ndarray, " n"]) -> Float[np.ndarray, "k 13"]:
    """13 coefficients every 10 ms, float64; the first is the logarithm of the window's energy.

    Those of python_speech_features: pre-emphasis 0.97, rectangular windows of 25 ms, power spectrum of 512
    points, 26 triangular mel filters from 0 Hz to 8 kHz, logarithm, orthonormal DCT-II and a sinusoidal
    lifter of 22. Zero energies count as the smallest step of float64, so that silence is finite.

    Args:
        sound: Mono, 16 kHz, [-1, 1].

    Raises:
        InputError: The sound is shorter than one window or has values that are not finite.
    """
    if len(sound) < WINDOW or not np.isfinite(sound).all():
        raise InputError(
            f"{len(sound)} samples of sound are too few, or some are not finite",
            remedy="give at least 25 ms of finite samples at 16 kHz",
            metadata={"samples": len(sound)},
        )
    power = _power(sound.astype(np.float64) * FULL_SCALE)
    energy = _above_zero(power.sum(axis=1))
    bands = np.log(_above_zero(power @ _mel_filters().T))
    coefficients = bands @ _cosines().T
    coefficients *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)
    coefficients[:, 0] = np.log(energy)
    return coefficients


def sound_windows(sound: Float[np.ndarray, " n"], frame_count: int) -> Float[np.ndarray, "t 1 13 20"]:
    """SyncNet's windows of sound, one for each frame at 25 frames/s whose 0.2 s are there.

    Args:
        sound: Mono, 16 kHz, [-1, 1].
        frame_count: Frames of the picture; five are one window of it.

    Raises:
        InputError: Sound or picture is shorter than one window.
    """
    features = mfcc(sound).T  # (13, k)
    count = min(frame_count, len(sound) * 25 // RATE_HZ) - 5
    count = min(count, (features.shape[1] - STEPS) // STEPS_PER_FRAME + 1)
    if count < 1:
        raise InputError(
            f"{frame_count} frames and {len(sound) / RATE_HZ:.2f} s of sound are too few for SyncNet",
            remedy="give at least a quarter of a second of both",
            metadata={"frames": frame_count, "samples": len(sound)},
        )
    starts = STEPS_PER_FRAME * np.arange(count)
    return np.stack([features[:, start : start + STEPS] for start in starts])[:, None].astype(np.float32)


def _power(sound: Float[np.ndarray, " n"]) -> Float[np.ndarray, "k 257"]:
    """Power spectrum of every window, the last one filled up with zeros."""
    emphasised = np.append(sound[:1], sound[1:] - EMPHASIS * sound[:-1])
    count = 1 + -(-(len(sound) - WINDOW) // HOP)
    padded = np.pad(emphasised, (0, max((count - 1) * HOP + WINDOW - len(sound), 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    return np.abs(np.fft.rfft(windows, FFT)) ** 2 / FFT


def _above_zero(values: np.ndarray) -> np.ndarray:
    return np.where(values == 0, np.finfo(np.float64).eps, values)


@lru_cache(maxsize=1)
def _mel_filters() -> Float[np.ndarray, "26 257"]:
    """Triangles between points that are even on the mel scale, rounded down to whole bins."""
    highest = 2595 * np.log10(1 + RATE_HZ / 2 / 700)
    mels = np.linspace(0, highest, FILTERS + 2)
    bins = np.floor((FFT + 1) * 700 * (10 ** (mels / 2595) - 1) / RATE_HZ)
    low, centre, high = (bins[k : k + FILTERS, None] for k in range(3))
    place = np.arange(FFT // 2 + 1)[None]
    rising = np.where((place >= low) & (place < centre), (place - low) / np.maximum(centre - low, 1), 0.0)
    falling = np.where((place >= centre) & (place < high), (high - place) / np.maximum(high - centre, 1), 0.0)
    return rising + falling


@lru_cache(maxsize=1)
def _cosines() -> Float[np.ndarray, "13 26"]:
    """Rows of the orthonormal DCT-II."""
    rows = np.arange(COEFFICIENTS)[:, None]
    table = np.cos(np.pi * rows * (np.arange(FILTERS) + 0.5) / FILTERS) * np.sqrt(2 / FILTERS)
    table[0] /= np.sqrt(2)
    return table
