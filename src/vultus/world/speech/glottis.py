"""The voice source: pulses of glottal flow."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit
from scipy.optimize import brentq

TABLE_SIZE = 2048
"""Samples of one period of the flow's derivative."""

_USUAL_TILT_DB = 2.5
_SKEW = 0.72


def pulse_shape(
    open_quotient: float, tilt_db: float, pitch_hz: float
) -> tuple[Float[np.ndarray, " n"], float]:
    """One period of the derivative of glottal flow by the LF model [fant1985lf, Eqs. 1-4].

    E(t) = E0 e^(αt) sin(ω_g t) until the moment of excitation t_e, then an exponential return with the time
    constant T_a; α is such that no net flow is left over.

    Args:
        open_quotient: t_e over the period, 0.4..0.85.
        tilt_db: What the return phase takes at 3 kHz beyond the usual, dB.
        pitch_hz: f0 that the tilt is for.

    Returns:
        The period, of unit root mean square, and the phase t_e.
    """
    excitation = open_quotient
    peak = _SKEW * excitation
    cutoff_hz = 3000 / np.sqrt(10 ** (max(tilt_db + _USUAL_TILT_DB, 0.5) / 10) - 1)
    back = min(pitch_hz / (2 * np.pi * cutoff_hz), 0.3 * (1 - excitation))
    decay = _return_rate(back, 1 - excitation)
    phase = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE

    def period(growth: float) -> np.ndarray:
        opening = np.exp(growth * (phase - excitation)) * np.sin(np.pi * phase / peak)
        level = -np.sin(np.pi * excitation / peak)
        rest = np.exp(-decay * (1 - excitation))
        closing = -level * (np.exp(-decay * (phase - excitation)) - rest) / (1 - rest)
        return np.where(phase < excitation, opening, closing)

    growth = brentq(lambda value: period(value).sum(), -60.0, 200.0)
    wave = period(growth)
    wave -= wave.mean()
    return wave / np.sqrt(np.mean(wave**2)), float(excitation)


def voice_source(
    f0_hz: Float[np.ndarray, " n"],
    voiced: Float[np.ndarray, " n"],
    shape: Float[np.ndarray, " m"],
    excitation: float,
    perturbation: Float[np.ndarray, "p 2"],
    rate_hz: int,
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """A train of pulses.

    Args:
        f0_hz: Pitch at every sample.
        voiced: Amplitude at every sample; where it is 0 the larynx waits, and the next pulse begins afresh.
        shape: One period.
        excitation: Phase at which the glottis closes.
        perturbation: Relative deviation of each period's length and amplitude; used in turn.
        rate_hz: Samples in a second.

    Returns:
        The derivative of flow, and how far the glottis is open (0..1; 1 where the voice does not sound).
    """
    flow = np.zeros(len(f0_hz))
    opening = np.ones(len(f0_hz))
    _run(f0_hz, voiced, shape, excitation, perturbation, 1.0 / rate_hz, flow, opening)
    return flow, opening


@no_type_check
@njit(cache=True, nogil=True)
def _run(f0_hz, voiced, shape, excitation, perturbation, step_s, flow, opening):
    size = len(shape)
    phase = 0.0
    turn = 0
    for index in range(len(f0_hz)):
        if voiced[index] <= 1e-6:
            phase = 0.0
            continue
        place = phase * size
        left = int(place)
        share = place - left
        value = (1 - share) * shape[left % size] + share * shape[(left + 1) % size]
        flow[index] = value * voiced[index] * (1 + perturbation[turn, 1])
        opening[index] = np.sin(np.pi * phase / excitation) if phase < excitation else 0.0
        phase += f0_hz[index] * step_s * (1 + perturbation[turn, 0])
        if phase >= 1:
            phase -= 1
            turn = (turn + 1) % len(perturbation)


def _return_rate(back: float, closed: float) -> float:
    """ε of the return phase: ε T_a = 1 - e^(-ε (1 - t_e))."""
    rate = 1 / back
    for _ in range(60):
        rate = (1 - np.exp(-rate * closed)) / back
    return float(rate)
