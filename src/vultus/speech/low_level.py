"""The 84 low-level values of sound in each frame that HeadGAN hears [doukas2021headgan, suppl. §2.3].

Short-term features of short windows, their differences, and the mean and spread of both over a longer window
about the frame; the definitions are those of pyAudioAnalysis [giannakopoulos2015pyaudioanalysis].
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int16
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import dct

SHORT_STEPS = 16
"""Short windows that begin in the time of one video frame."""

SHORT_OVERLAP = 8
"""Length of a short window in steps."""

MID_FRAMES = 8
"""Length of the longer window in video frames."""

CEPSTRA = 13
"""Mel-frequency cepstral coefficients."""

_BLOCKS = 10
"""Parts of a window among which the entropies share its energy."""
_ROLL_OFF = 0.90
_TIMED, _SPECTRAL = 3, 5
"""Features of the waveform and of the spectrum."""
_EPS = 1e-8
_PEAK_EPS = 1e-10

Windows = Float[np.ndarray, "s n"]


def low_level_features(
    signal: Int16[np.ndarray, " n"], rate_hz: int = 16_000, fps: float = 25.0
) -> Float[np.ndarray, "t 84"]:
    """Features of each video frame.

    Args:
        signal: Mono, 16 bit.
        rate_hz: Samples in a second.
        fps: Video frames in a second.

    Returns:
        Means of the 21 features and of their 21 differences over eight frames, then their standard
        deviations.
    """
    short = short_term_features(signal, rate_hz, fps)
    length = MID_FRAMES * SHORT_STEPS
    parts = [short[start : start + length] for start in range(0, len(short), SHORT_STEPS)]
    rows = [np.concatenate([part.mean(0), part.std(0)]) for part in parts]
    return np.array(rows).reshape(-1, 2 * short.shape[1])


def short_term_features(
    signal: Int16[np.ndarray, " n"], rate_hz: int = 16_000, fps: float = 25.0
) -> Float[np.ndarray, "s 42"]:
    """21 features of each short window and their differences to the window before.

    In order: zero-crossing rate, energy, its entropy, spectral centroid, spread, entropy, flux, roll-off,
    13 cepstra.
    """
    step = round(rate_hz / (SHORT_STEPS * fps))
    length = SHORT_OVERLAP * step
    if len(signal) < length:
        return np.zeros((0, 2 * (_TIMED + _SPECTRAL + CEPSTRA)))
    windows = sliding_window_view(_normalised(signal), length)[::step]
    spectra = np.abs(np.fft.fft(windows, axis=1))[:, : windows.shape[1] // 2]
    spectra = spectra / spectra.shape[1]
    features = np.column_stack(
        [_in_time(windows), _in_frequency(spectra, rate_hz), cepstra(spectra, rate_hz)]
    )
    return np.hstack([features, np.diff(features, axis=0, prepend=features[:1])])


def cepstra(spectra: Windows, rate_hz: int) -> Float[np.ndarray, "s 13"]:
    """Cosine transform of the logarithms of the energies in mel bands."""
    bands = np.log10(spectra @ _mel_filters(rate_hz, spectra.shape[1]).T + _EPS)
    return dct(bands, type=2, norm="ortho", axis=1)[:, :CEPSTRA]


def _normalised(signal: Int16[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    samples = signal / 2.0**15
    return (samples - samples.mean()) / (np.abs(samples).max() + _PEAK_EPS)


def _in_time(windows: Windows) -> Float[np.ndarray, "s 3"]:
    count = windows.shape[1]
    crossings = np.abs(np.diff(np.sign(windows), axis=1)).sum(1) / 2 / (count - 1)
    energy = (windows**2).sum(1) / count
    return np.column_stack([crossings, energy, _entropy(windows)])


def _in_frequency(spectra: Windows, rate_hz: int) -> Float[np.ndarray, "s 5"]:
    count = spectra.shape[1]
    centres = np.arange(1, count + 1) * (rate_hz / (2.0 * count))
    shares = spectra / np.maximum(spectra.max(1, keepdims=True), _EPS)
    weight = shares.sum(1) + _EPS
    centroid = shares @ centres / weight
    spread = np.sqrt((shares * (centres - centroid[:, None]) ** 2).sum(1) / weight)
    half = rate_hz / 2
    return np.column_stack(
        [centroid / half, spread / half, _entropy(spectra), _flux(spectra), _roll_off(spectra)]
    )


def _entropy(windows: Windows) -> Float[np.ndarray, " s"]:
    """Bits of the distribution of a window's energy over ten equal parts."""
    energy = windows**2
    length = windows.shape[1] // _BLOCKS
    parts = energy[:, : length * _BLOCKS].reshape(len(windows), _BLOCKS, length).sum(2)
    shares = parts / (energy.sum(1, keepdims=True) + _EPS)
    return -(shares * np.log2(shares + _EPS)).sum(1)


def _flux(spectra: Windows) -> Float[np.ndarray, " s"]:
    """Squared change of the normalised spectrum; 0 for the first window."""
    shares = spectra / (spectra + _EPS).sum(1, keepdims=True)
    return (np.diff(shares, axis=0, prepend=shares[:1]) ** 2).sum(1)


def _roll_off(spectra: Windows) -> Float[np.ndarray, " s"]:
    """Share of the band below which nine tenths of the energy lie."""
    energy = spectra**2
    above = np.cumsum(energy, axis=1) + _EPS > _ROLL_OFF * energy.sum(1, keepdims=True)
    return np.where(above.any(1), above.argmax(1), 0) / spectra.shape[1]


@lru_cache(maxsize=4)
def _mel_filters(rate_hz: int, count: int) -> Float[np.ndarray, "40 n"]:
    """Auditory filters: 13 evenly spaced, 27 growing triangles of equal area [slaney1998auditory]."""
    linear, growing, lowest_hz, step_hz, ratio = 13, 27, 133.33, 200 / 3.0, 1.0711703
    edges = np.zeros(linear + growing + 2)
    edges[:linear] = lowest_hz + np.arange(linear) * step_hz
    edges[linear:] = edges[linear - 1] * ratio ** np.arange(1, growing + 3)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    frequencies = np.arange(count) / count * rate_hz
    rising = (frequencies > low) & (frequencies <= middle)
    falling = (frequencies > middle) & (frequencies <= high)
    height = 2.0 / (high - low)
    return height * (
        rising * (frequencies - low) / (middle - low) + falling * (high - frequencies) / (high - middle)
    )
