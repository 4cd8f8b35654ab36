"""What a head can follow in an utterance: pitch, loudness, stress, pauses."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.world.motion.curves import CURVE_HZ, smooth
from vultus.world.speech import PAUSE, Utterance

_QUIET_DB = 35.0
"""Below the loud parts by more than this, sound counts as this quiet."""
_STEADY_DB = 3.0
"""Smallest standard deviation that loudness is measured in, so that steady sound is no hubbub."""
_VOICED_S = 0.08
_LOUD_S = 0.10
_STRESS_S = 0.05


@dataclass(frozen=True)
class Prosody:
    """Curves with `CURVE_HZ` values a second, and phrases."""

    octaves: Float[np.ndarray, " n"]
    """f0 above the utterance's median, octaves; led smoothly over voiceless sounds, 0 in long pauses."""

    loudness: Float[np.ndarray, " n"]
    """Deviation of the sound's level from its mean in standard deviations."""

    stress: Float[np.ndarray, " n"]
    """[0, 1]; how much the syllable being said stands out."""

    pausing: Float[np.ndarray, " n"]
    """[0, 1]; whether the person is silent between phrases."""

    phrases_s: tuple[tuple[float, float], ...]
    """Beginning and end of each phrase, s."""


def prosody_of(utterance: Utterance, count: int) -> Prosody:
    """The prosody of an utterance, `count` values long; the speaker is silent after its end."""
    f0_hz, energy = (_fitted(curve, count) for curve in (utterance.f0_hz, utterance.energy))
    pausing = _over_phones(utterance, [float(p.symbol == PAUSE) for p in utterance.phones], count, 1.0)
    # Full accents only: a head that beats every secondary stress never rests.
    stress = _over_phones(utterance, [p.stress**2 for p in utterance.phones], count, 0.0)
    return Prosody(
        _octaves(f0_hz),
        _loudness(energy),
        smooth(stress, _STRESS_S),
        smooth(pausing, _LOUD_S),
        tuple((phrase.start_s, phrase.end_s) for phrase in utterance.phrases),
    )


def _fitted(curve: Float[np.ndarray, " m"], count: int) -> Float[np.ndarray, " n"]:
    curve = np.asarray(curve[:count], dtype=np.float64)
    return np.pad(curve, (0, count - len(curve)))


def _octaves(f0_hz: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Normalised convolution over what is voiced; a little weight on 0 wins where nothing is."""
    voiced = f0_hz > 0
    if not voiced.any():
        return np.zeros(len(f0_hz))
    above = np.log2(np.where(voiced, f0_hz, 1.0)) - np.log2(np.median(f0_hz[voiced]))
    weight = voiced.astype(np.float64)
    return smooth(weight * above, _VOICED_S) / (smooth(weight, _VOICED_S) + 0.05)


def _loudness(energy: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    loud = np.percentile(energy, 95) if len(energy) else 0.0
    if loud <= 0:
        return np.zeros(len(energy))
    level_db = 20 * np.log10(np.maximum(energy / loud, 10 ** (-_QUIET_DB / 20)))
    return smooth((level_db - level_db.mean()) / max(float(level_db.std()), _STEADY_DB), _LOUD_S)


def _over_phones(
    utterance: Utterance, values: list[float], count: int, afterwards: float
) -> Float[np.ndarray, " n"]:
    """One value for each phone, held from its beginning to its end."""
    ends_s = np.array([phone.end_s for phone in utterance.phones])
    at = np.searchsorted(ends_s, np.arange(count) / CURVE_HZ, side="right")
    return np.array([*values, afterwards], dtype=np.float64)[at]
