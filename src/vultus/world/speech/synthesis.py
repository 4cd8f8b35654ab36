"""The synthesiser: a voice source and noises through a changing tract."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32

from vultus.world.speech.filters import STEP_SAMPLES, bank, cascade
from vultus.world.speech.formants import bandwidths, formant_tracks
from vultus.world.speech.glottis import pulse_shape, voice_source
from vultus.world.speech.intonation import pitch_hz
from vultus.world.speech.languages import Language
from vultus.world.speech.loudness import Loudness, loudness
from vultus.world.speech.phonemes import phoneme
from vultus.world.speech.utterance import PAUSE, PROSODY_HZ, RATE_HZ, Phone, Phrase
from vultus.world.speech.voices import REFERENCE_TRACT_CM, Voice

LEVEL_DB = -23.0
"""Root mean square of speech, without pauses, relative to full scale."""

_PEAK = 0.97
_FADE_S = 0.006
_BREATH = 0.075
_BREATHY = 0.09
_NASAL_HZ, _NASAL_WIDTH_HZ = (270.0, 950.0), (100.0, 140.0)
_VOWEL_ZERO_HZ = 190.0
_MURMUR_ZERO_HZ = {"bilabial": 800.0, "alveolar": 1350.0}
_OTHER_MURMUR_ZERO_HZ = 1700.0
_PERIODS = 4096


@dataclass(frozen=True)
class Rendering:
    """What the synthesiser gives."""

    sound: Float32[np.ndarray, " n"]
    """Mono, `RATE_HZ`, exact zeros in pauses."""

    f0_hz: Float32[np.ndarray, " m"]
    """As in `Utterance`."""


def synthesise(
    phones: Sequence[Phone],
    phrases: Sequence[Phrase],
    voice: Voice,
    language: Language,
    rng: np.random.Generator,
) -> Rendering:
    """Make sound of phones, [klatt1980synthesizer] with the LF source.

    Voice and aspiration go through formants in cascade with two pairs of nasal pole and zero; frication and
    bursts go through resonators side by side.
    """
    count = round(phones[-1].end_s * RATE_HZ)
    steps_s = np.arange(count // STEP_SAMPLES + 2) * (STEP_SAMPLES / RATE_HZ)
    formants_hz = formant_tracks(phones, voice, steps_s)
    loud = loudness(phones, phrases, formants_hz, rng)
    f0_hz, voiced = pitch_hz(phones, phrases, language, voice, rng, steps_s)
    throat, opening = _throat(loud, f0_hz, voice, count, rng)
    tract = _through_tract(throat, phones, formants_hz, loud, voice)
    hiss = rng.standard_normal(count) * _at_samples(loud.hiss, count) * (0.4 + 0.6 * opening)
    scale = np.sqrt(REFERENCE_TRACT_CM / voice.tract_length_cm)
    bands = loud.bands[..., :2] * np.array([scale, 1.0])
    noise = bank(hiss, np.minimum(bands, 7400), loud.bands[..., 2], RATE_HZ)
    sound = tract / _vowel_level(tract, phones) + noise
    shown = np.where(voiced, f0_hz, 0.0)[:: RATE_HZ // (STEP_SAMPLES * PROSODY_HZ)]
    return Rendering(_levelled(sound, phones), shown[: -(-count * PROSODY_HZ // RATE_HZ)].astype(np.float32))


def energy(sound: Float32[np.ndarray, " n"]) -> Float32[np.ndarray, " m"]:
    """`Utterance.energy` of a sound."""
    hop, half = RATE_HZ // PROSODY_HZ, RATE_HZ // 80
    total = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2)])
    centres = np.arange(0, len(sound), hop)
    first, last = np.maximum(centres - half, 0), np.minimum(centres + half, len(sound))
    return np.sqrt(np.maximum(total[last] - total[first], 0) / (2 * half)).astype(np.float32)


def _throat(
    loud: Loudness, f0_hz: np.ndarray, voice: Voice, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Pulses and breath at the glottis, and how far it is open."""
    shape, excitation = pulse_shape(voice.open_quotient, voice.tilt_db, voice.pitch_hz)
    deviation = rng.standard_normal((_PERIODS, 2)).clip(-2.5, 2.5) * [voice.jitter, voice.shimmer]
    amplitude = _at_samples(loud.voice, count)
    flow, opening = voice_source(_at_samples(f0_hz, count), amplitude, shape, excitation, deviation, RATE_HZ)
    breath = _BREATH * _at_samples(loud.breath, count)
    breath += _BREATHY * (0.05 + voice.breathiness) * amplitude * (0.25 + opening)
    return flow + breath * rng.standard_normal(count), opening


def _through_tract(
    throat: np.ndarray, phones: Sequence[Phone], formants_hz: np.ndarray, loud: Loudness, voice: Voice
) -> np.ndarray:
    steps = len(formants_hz)
    open_velum = np.maximum(loud.nasal, 0.35 * voice.nasality)
    loss = np.clip(0.7 * open_velum + 0.5 * voice.breathiness + 2 * loud.breath, 0, 1.6)
    poles = np.empty((steps, formants_hz.shape[1] + 2, 2))
    poles[:, 2:, 0], poles[:, 2:, 1] = formants_hz, bandwidths(formants_hz, loss)
    poles[:, :2, 0], poles[:, :2, 1] = _NASAL_HZ, _NASAL_WIDTH_HZ
    zeros = poles[:, :2].copy()
    zero_hz, sealed = _murmur(phones, steps)
    zeros[:, 0, 0] += _VOWEL_ZERO_HZ * open_velum * (1 - sealed)
    zeros[:, 1, 0] = zero_hz
    return cascade(throat, poles, zeros, RATE_HZ)


def _murmur(phones: Sequence[Phone], steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequency of the zero that a nasal consonant's closed mouth makes, and whether it is closed, 0..1."""
    tracks = np.stack([np.full(steps, _NASAL_HZ[1]), np.zeros(steps)])
    for phone in phones:
        if phone.symbol != PAUSE and phoneme(phone.symbol).kind == "nasal":
            inside = slice(round(phone.start_s * 1000), round(phone.end_s * 1000))
            place = phoneme(phone.symbol).place
            tracks[0, inside] = _MURMUR_ZERO_HZ.get(place, _OTHER_MURMUR_ZERO_HZ)
            tracks[1, inside] = 1
    kernel = np.hanning(25)[1:-1] / np.hanning(25).sum()
    zero_hz, sealed = (np.convolve(np.pad(track, 11, mode="edge"), kernel, mode="valid") for track in tracks)
    return zero_hz, sealed


def _vowel_level(tract: np.ndarray, phones: Sequence[Phone]) -> float:
    """Root mean square of stressed vowels, or of whatever sounds."""
    power = [
        float(np.mean(tract[round(phone.start_s * RATE_HZ) : round(phone.end_s * RATE_HZ)] ** 2))
        for phone in phones
        if phone.symbol != PAUSE and phoneme(phone.symbol).kind == "vowel"
    ]
    return float(np.sqrt(np.mean(power))) if power else max(float(np.sqrt(np.mean(tract**2))), 1e-3)


def _levelled(sound: np.ndarray, phones: Sequence[Phone]) -> Float32[np.ndarray, " n"]:
    gate = np.zeros(len(sound))
    fade = round(_FADE_S * RATE_HZ)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)
    starts = [after for before, after in pairwise(phones) if before.symbol == PAUSE]
    ends = [before for before, after in pairwise(phones) if after.symbol == PAUSE]
    for first, last in zip(starts, ends, strict=True):
        start, end = round(first.start_s * RATE_HZ), round(last.end_s * RATE_HZ)
        gate[start:end] = 1
        gate[start : start + fade] = ramp
        gate[end - fade : end] = ramp[::-1]
    sound = sound * gate
    spoken = gate > 0
    wanted = 10 ** (LEVEL_DB / 20) / max(np.sqrt(np.mean(sound[spoken] ** 2)), 1e-9)
    return (sound * min(wanted, _PEAK / max(np.abs(sound).max(), 1e-9))).astype(np.float32)


def _at_samples(track: np.ndarray, count: int) -> np.ndarray:
    """A track in steps, straight between them."""
    return np.interp(np.arange(count), np.arange(len(track)) * STEP_SAMPLES, track)
