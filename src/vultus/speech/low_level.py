"""The 84 low-level values of sound in each frame that HeadGAN hears [doukas2021headgan, suppl. §2.3].

Short-term features of short windows, their differences, and the mean and spread of both over a longer window
about the frame; the definitions are those of pyAudioAnalysis [giannakopoulos2015pyaudioanalysis].
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int, Int16
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
SHORT_COUNT = 2 * (_TIMED + _SPECTRAL + CEPSTRA)
"""Values of a short window: its features and their differences."""

_BLOCK_FRAMES = 64
"""Video frames that are worked out together: about 10 MB."""
_FULL_SCALE = 2.0**15
_EPS = 1e-8
_PEAK_EPS = 1e-10

Windows = Float[np.ndarray, "s n"]


class LowLevel:
    """The low-level values of a sound, worked out frame by frame as they are asked for.

    The released code rounds the time between short windows to whole samples, so that sound runs away from the
    pictures: at 30 frames a second by 10 ms each second. Here each window begins at the sample next to its
    moment; at 25 frames a second both are the same.

    Args:
        signal: Mono, 16 bit; its mean and peak, by which it is normalised, are those of the whole.
        rate_hz: Samples in a second.
        fps: Video frames in a second.
    """

    def __init__(self, signal: Int16[np.ndarray, " n"], rate_hz: int = 16_000, fps: float = 25.0) -> None:
        self._signal, self._rate_hz = signal, rate_hz
        self._mean, self._peak = _level(signal)
        step = rate_hz / (SHORT_STEPS * fps)
        self._length = SHORT_OVERLAP * round(step)
        moments = np.arange(int(len(signal) / step) + 1) * step
        starts = np.rint(moments).astype(np.int64)
        self._starts = starts[starts + self._length <= len(signal)]

    def __len__(self) -> int:
        """Number of video frames that have a window."""
        return (len(self._starts) + SHORT_STEPS - 1) // SHORT_STEPS

    def rows(self, which: Int[np.ndarray, " t"]) -> Float[np.ndarray, "t 84"]:
        """Features of some video frames, each in [0, len)."""
        frames, back = np.unique(which, return_inverse=True)
        runs = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1) if len(frames) else []
        blocks = [
            run[start : start + _BLOCK_FRAMES] for run in runs for start in range(0, len(run), _BLOCK_FRAMES)
        ]
        rows = [row for block in blocks for row in self._run(int(block[0]), len(block))]
        return np.array(rows).reshape(-1, 2 * SHORT_COUNT)[back]

    def short(self, start: int, stop: int) -> Float[np.ndarray, "s 42"]:
        """Features of the short windows [start, stop) and their differences."""
        before = min(start, 2)  # a difference of the flux looks back at two windows
        first = self._starts[start - before : stop]
        if not len(first):
            return np.zeros((0, SHORT_COUNT))
        windows = sliding_window_view(self._signal, self._length)[first] / _FULL_SCALE
        windows = (windows - self._mean) / (self._peak + _PEAK_EPS)
        spectra = np.abs(np.fft.fft(windows, axis=1))[:, : windows.shape[1] // 2]
        spectra = spectra / spectra.shape[1]
        features = np.column_stack(
            [_in_time(windows), _in_frequency(spectra, self._rate_hz), cepstra(spectra, self._rate_hz)]
        )
        return np.hstack([features, np.diff(features, axis=0, prepend=features[:1])])[before:]

    def _run(self, first: int, count: int) -> list[Float[np.ndarray, " 84"]]:
        """Features of video frames that follow each other."""
        short = self.short(first * SHORT_STEPS, (first + count - 1 + MID_FRAMES) * SHORT_STEPS)
        starts = range(0, count * SHORT_STEPS, SHORT_STEPS)
        parts = [short[start : start + MID_FRAMES * SHORT_STEPS] for start in starts]
        return [np.concatenate([part.mean(0), part.std(0)]) for part in parts]


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
    sound = LowLevel(signal, rate_hz, fps)
    return sound.rows(np.arange(len(sound)))


def short_term_features(
    signal: Int16[np.ndarray, " n"], rate_hz: int = 16_000, fps: float = 25.0
) -> Float[np.ndarray, "s 42"]:
    """21 features of each short window and their differences to the window before.

    In order: zero-crossing rate, energy, its entropy, spectral centroid, spread, entropy, flux, roll-off,
    13 cepstra.
    """
    sound = LowLevel(signal, rate_hz, fps)
    return sound.short(0, len(sound) * SHORT_STEPS)


def cepstra(spectra: Windows, rate_hz: int) -> Float[np.ndarray, "s 13"]:
    """Cosine transform of the logarithms of the energies in mel bands."""
    bands = np.log10(spectra @ _mel_filters(rate_hz, spectra.shape[1]).T + _EPS)
    return dct(bands, type=2, norm="ortho", axis=1)[:, :CEPSTRA]


def _level(signal: Int16[np.ndarray, " n"]) -> tuple[float, float]:
    """Mean and largest magnitude, full scale at ±1."""
    if not len(signal):
        return 0.0, 0.0
    peak = max(int(signal.max()), -int(signal.min()))
    return float(signal.mean(dtype=np.float64)) / _FULL_SCALE, peak / _FULL_SCALE


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
