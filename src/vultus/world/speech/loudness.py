"""How loud voice, breath and hiss are at every moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.world.speech.phonemes import Phoneme, phoneme
from vultus.world.speech.utterance import PAUSE, Phone, Phrase

BURST_S = 0.009
"""Length of a stop's noise."""

_VOICE = {"vowel": 1.0, "glide": 0.7, "liquid": 0.65, "nasal": 0.55, "tap": 0.3, "trill": 0.6}
_VOICED_CLOSURE, _VOICED_FRICATIVE = 0.16, 0.4
_CLOSED_SHARE = 0.42
_TRILL_HZ = 26.0
_STRESS_DB, _FALL_DB, _VARIATION_DB = 3.0, 3.5, 0.8
BAND_COUNT = 3


@dataclass(frozen=True)
class Loudness:
    """Amplitudes in every step of a millisecond, relative to a stressed vowel."""

    voice: Float[np.ndarray, " k"]
    """Of the pulses."""

    breath: Float[np.ndarray, " k"]
    """Of noise at the glottis."""

    hiss: Float[np.ndarray, " k"]
    """Of noise in the mouth."""

    nasal: Float[np.ndarray, " k"]
    """How far the velum is open, 0..1."""

    bands: Float[np.ndarray, "k 3 3"]
    """Centre (Hz), bandwidth (Hz) and gain of the hiss."""


def release_s(phone: Phone) -> float:
    """When a stop or an affricate opens."""
    sound = phoneme(phone.symbol)
    if sound.kind == "affricate":
        return phone.start_s + _CLOSED_SHARE * phone.duration_s
    return phone.end_s - min(max(sound.aspiration_s, 0.006), 0.6 * phone.duration_s)


def loudness(
    phones: Sequence[Phone],
    phrases: Sequence[Phrase],
    formants_hz: Float[np.ndarray, "k 7"],
    rng: np.random.Generator,
) -> Loudness:
    """Amplitudes of everything that sounds; a step is a millisecond.

    Args:
        phones: What is said.
        phrases: Over each of them the voice gets weaker.
        formants_hz: Resonances; the velar burst lies at F2.
        rng: Small differences from syllable to syllable.
    """
    count = len(formants_hz)
    voice, breath, hiss, burst, nasal = np.zeros((5, count))
    bands = np.empty((count, BAND_COUNT, 3))
    bands[:] = (4000.0, 1500.0, 0.0)
    level = _levels(phones, phrases, rng)
    for phone, gain in zip(phones, level, strict=True):
        if phone.symbol == PAUSE:
            continue
        sound = phoneme(phone.symbol)
        inside = _steps(phone.start_s, phone.end_s)
        nasal[inside] = sound.nasal
        voice[inside] = gain * _voicing(sound, inside.stop - inside.start)
        _set_bands(bands, sound, phone, formants_hz)
        _add_noise(phone, sound, gain, (voice, breath, hiss, burst))
    nasal = _smooth(nasal, 31)
    return Loudness(
        _smooth(voice, 9), _smooth(breath, 15), _smooth(hiss, 17) + _smooth(burst, 3), nasal, bands
    )


def _voicing(sound: Phoneme, count: int) -> np.ndarray:
    amplitude = _VOICE.get(sound.kind, 0.0)
    if sound.kind in ("fricative", "affricate") and sound.voiced:
        amplitude = _VOICED_FRICATIVE
    if sound.kind == "stop" and sound.voiced:
        amplitude = _VOICED_CLOSURE
    if sound.kind == "trill":
        beat = 0.5 + 0.5 * np.cos(2 * np.pi * _TRILL_HZ * np.arange(count) / 1000)
        return amplitude * (0.2 + 0.8 * beat)
    return np.full(count, amplitude)


def _add_noise(phone: Phone, sound: Phoneme, gain: float, tracks: tuple[np.ndarray, ...]) -> None:
    voice, breath, hiss, burst = tracks
    inside = _steps(phone.start_s, phone.end_s)
    loud = gain * 10 ** (sound.noise_db / 20)
    if sound.kind == "aspirate":
        breath[inside] = gain
    elif sound.kind == "fricative":
        hiss[inside] = loud
    elif sound.kind in ("stop", "affricate"):
        opened_s = release_s(phone)
        voice[_steps(opened_s, phone.end_s)] *= 0.5 if sound.voiced else 0.0
        burst[_steps(opened_s, opened_s + BURST_S)] = loud
        if sound.kind == "affricate":
            voice[_steps(phone.start_s, opened_s)] *= 0.5
            hiss[_steps(opened_s, phone.end_s)] = loud
        elif sound.aspiration_s > 0.03:
            breath[_steps(opened_s + 0.004, phone.end_s)] = 0.9 * gain
            hiss[_steps(opened_s + BURST_S, phone.end_s)] = 0.25 * loud


def _set_bands(bands: np.ndarray, sound: Phoneme, phone: Phone, formants_hz: np.ndarray) -> None:
    if not sound.noise:
        return
    inside = _steps(phone.start_s, phone.end_s)
    own = np.array(sound.noise, float)
    own[:, 2] = 10 ** (own[:, 2] / 20)
    own[:, 2] /= np.sqrt((own[:, 2] ** 2).sum())
    if sound.kind == "stop" and sound.place == "velar":
        end = min(round(phone.end_s * 1000) + 20, len(formants_hz) - 1)
        own[0, 0] = np.clip(formants_hz[end, 1] * 1.05, 1000, 3200)
    bands[inside, : len(own)] = own
    bands[inside, len(own) :, 2] = 0


def _levels(phones: Sequence[Phone], phrases: Sequence[Phrase], rng: np.random.Generator) -> list[float]:
    """Gain of every phone."""
    drawn: dict[int, float] = {}
    levels = []
    for phone in phones:
        level_db = drawn.setdefault(phone.syllable, float(rng.normal(0, _VARIATION_DB)))
        level_db += _STRESS_DB * (min(phone.stress, 1.0) - 1)
        phrase = next((item for item in phrases if item.start_s - 1e-6 <= phone.start_s < item.end_s), None)
        if phrase:
            level_db -= _FALL_DB * (phone.start_s - phrase.start_s) / (phrase.end_s - phrase.start_s)
        levels.append(10 ** (level_db / 20))
    return levels


def _steps(start_s: float, end_s: float) -> slice:
    return slice(round(start_s * 1000), round(end_s * 1000))


def _smooth(track: np.ndarray, width: int) -> np.ndarray:
    kernel = np.hanning(width + 2)[1:-1]
    return np.convolve(track, kernel / kernel.sum(), mode="same")
