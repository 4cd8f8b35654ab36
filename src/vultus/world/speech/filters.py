"""The tract: resonators that change while they sound.

Second-order sections as in [klatt1980synthesizer, Eqs. 1-5]; their coefficients hold for one step of
`STEP_SAMPLES`.
"""

from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

STEP_SAMPLES = 16
"""Samples for which coefficients hold: a millisecond."""


def cascade(
    source: Float[np.ndarray, " n"],
    poles: Float[np.ndarray, "k r 2"],
    zeros: Float[np.ndarray, "k z 2"],
    rate_hz: int,
) -> Float[np.ndarray, " n"]:
    """Send a sound through resonators, one after the other, and antiresonators, all with unit gain at 0 Hz.

    Each antiresonator follows the resonator of the same number. It remembers nothing of what it gave, so that
    it may move quickly as long as that resonator stays where it is.

    Args:
        source: Sound.
        poles: Frequency and bandwidth of the resonators in each step, Hz.
        zeros: The same of the antiresonators, z <= r.
        rate_hz: Samples in a second.
    """
    out = np.empty(len(source))
    _cascade(np.ascontiguousarray(source), _resonators(poles, rate_hz), _resonators(zeros, rate_hz), out)
    return out


def bank(
    noise: Float[np.ndarray, " n"],
    bands: Float[np.ndarray, "k r 2"],
    gains: Float[np.ndarray, "k r"],
    rate_hz: int,
) -> Float[np.ndarray, " n"]:
    """Send noise through resonators side by side and sum what comes out.

    What the noise was two samples ago is subtracted first, which keeps 0 Hz and the highest frequencies out,
    so that a band's skirts fall on both sides. Each resonator then turns white noise of unit variance into
    noise of about unit variance: `gains` are levels.

    Args:
        noise: White, of unit variance.
        bands: Centre and bandwidth in each step, Hz.
        gains: Level of each band in each step.
        rate_hz: Samples in a second.
    """
    a, b, c = _resonators(bands, rate_hz)
    power = a**2 * (1 - c) / ((1 + c) * ((1 - c) ** 2 - b**2))
    power *= 4 * np.sin(2 * np.pi * bands[..., 0] / rate_hz) ** 2
    past = np.concatenate([np.zeros(2), noise])[: len(noise)]
    out = np.zeros(len(noise))
    _bank(noise - past, np.stack([a * gains / np.sqrt(power), b, c]), out)
    return out


def _resonators(sections: Float[np.ndarray, "k r 2"], rate_hz: int) -> Float[np.ndarray, "3 k r"]:
    """y_n = a x_n + b y_(n-1) + c y_(n-2)."""
    radius = np.exp(-np.pi * sections[..., 1] / rate_hz)
    c = -(radius**2)
    b = 2 * radius * np.cos(2 * np.pi * sections[..., 0] / rate_hz)
    return np.stack([1 - b - c, b, c])


@no_type_check
@njit(cache=True, nogil=True)
def _cascade(source, poles, zeros, out):
    pole_count, zero_count = poles.shape[2], zeros.shape[2]
    past = np.zeros((pole_count, 2))
    inputs = np.zeros((zero_count, 2))
    for index in range(len(source)):
        step = index // STEP_SAMPLES
        value = source[index]
        for section in range(pole_count):
            a, b, c = poles[0, step, section], poles[1, step, section], poles[2, step, section]
            value = a * value + b * past[section, 0] + c * past[section, 1]
            past[section, 1] = past[section, 0]
            past[section, 0] = value
            if section < zero_count:
                a, b, c = zeros[0, step, section], zeros[1, step, section], zeros[2, step, section]
                before = value
                value = (value - b * inputs[section, 0] - c * inputs[section, 1]) / a
                inputs[section, 1] = inputs[section, 0]
                inputs[section, 0] = before
        out[index] = value


@no_type_check
@njit(cache=True, nogil=True)
def _bank(noise, bands, out):
    count = bands.shape[2]
    past = np.zeros((count, 2))
    for index in range(len(noise)):
        step = index // STEP_SAMPLES
        for section in range(count):
            value = (
                bands[0, step, section] * noise[index]
                + bands[1, step, section] * past[section, 0]
                + bands[2, step, section] * past[section, 1]
            )
            past[section, 1] = past[section, 0]
            past[section, 0] = value
            out[index] += value
