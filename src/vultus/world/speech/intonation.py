"""The melody: declination, accents, tones, boundaries and what consonants do to the pitch."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from jaxtyping import Bool, Float

from vultus.world.speech.languages import Language
from vultus.world.speech.phonemes import phoneme
from vultus.world.speech.utterance import PAUSE, Phone, Phrase
from vultus.world.speech.voices import Voice

_LEVEL_SEMITONES = 2.3
"""Between two of the five levels of a tone."""

_BOUNDARY_S = 0.32
_ACCENT_S = 0.085
_SCALE = (0.55, 1.8)


def pitch_hz(
    phones: Sequence[Phone],
    phrases: Sequence[Phrase],
    language: Language,
    voice: Voice,
    rng: np.random.Generator,
    times_s: Float[np.ndarray, " k"],
) -> tuple[Float[np.ndarray, " k"], Bool[np.ndarray, " k"]]:
    """f0 and whether the voice sounds.

    The contour is a sum in semitones, as in superpositional models of intonation [fujisaki1984intonation],
    then brought to the voice's spread and its mean over voiced moments.

    Returns:
        f0 everywhere, Hz, and where the larynx sounds.
    """
    contour = np.zeros(len(times_s))
    for phrase in phrases:
        _add_phrase(contour, phrase, language, voice, rng, times_s)
    for _, group in groupby(
        (phone for phone in phones if phone.symbol != PAUSE), lambda phone: phone.syllable
    ):
        _add_syllable(contour, list(group), language, voice, times_s)
    contour = _smooth(contour + _drift(times_s, rng))
    _add_consonants(contour, phones, times_s)
    voiced = voiced_mask(phones, times_s)
    if voiced.any():
        spread = contour[voiced].std()
        contour -= contour[voiced].mean()
        contour *= float(np.clip(voice.pitch_range_semitones / max(spread, 1e-6), *_SCALE))
    ratio = 2 ** (np.clip(contour, -14, 14) / 12)
    middle = ratio[voiced].mean() if voiced.any() else 1.0
    return voice.pitch_hz * ratio / middle, voiced


def voiced_mask(phones: Sequence[Phone], times_s: Float[np.ndarray, " k"]) -> Bool[np.ndarray, " k"]:
    """Where a voiced phone is said."""
    mask = np.zeros(len(times_s), bool)
    for phone in phones:
        if phone.symbol != PAUSE and phoneme(phone.symbol).voiced:
            mask[_between(times_s, phone.start_s, phone.end_s)] = True
    return mask


def _add_phrase(
    contour: np.ndarray,
    phrase: Phrase,
    language: Language,
    voice: Voice,
    rng: np.random.Generator,
    times_s: np.ndarray,
) -> None:
    length_s = phrase.end_s - phrase.start_s
    inside = _between(times_s, phrase.start_s - 0.05, phrase.end_s + 0.05)
    moment = times_s[inside]
    share = (moment - phrase.start_s) / length_s
    fall = voice.declination_semitones * min(1.0, length_s / 1.5)
    rise = phrase.kind == "statement" and rng.random() < voice.uptalk
    end = {
        "statement": 0.6 * language.question if rise else -voice.final_fall_semitones,
        "question": language.question,
        "continuation": language.continuation,
    }[phrase.kind]
    boundary_s = min(_BOUNDARY_S, 0.5 * length_s)
    ramp = np.clip((moment - phrase.end_s + boundary_s) / boundary_s, 0, 1)
    contour[inside] += fall * (0.5 - share) + end * ramp * ramp * (3 - 2 * ramp) + float(rng.normal(0, 0.5))


def _add_syllable(
    contour: np.ndarray, phones: list[Phone], language: Language, voice: Voice, times_s: np.ndarray
) -> None:
    nucleus = next((phone for phone in phones if phoneme(phone.symbol).kind == "vowel"), phones[-1])
    if nucleus.tone:
        levels = np.array([int(level) for level in nucleus.tone], float) - 3
        end_s = phones[-1].end_s
        inside = _between(times_s, phones[0].start_s, end_s)
        knots = (
            np.linspace(nucleus.start_s + 0.01, end_s, len(levels)) if len(levels) > 1 else [nucleus.start_s]
        )
        contour[inside] += _LEVEL_SEMITONES * np.interp(times_s[inside], knots, levels)
    if nucleus.stress > 0.3:
        peak_s = nucleus.start_s + voice.accent_lag * nucleus.duration_s
        near = _between(times_s, peak_s - 0.4, peak_s + 0.4)
        bump = np.exp(-0.5 * ((times_s[near] - peak_s) / _ACCENT_S) ** 2)
        contour[near] += language.accent * voice.accent_semitones * nucleus.stress * bump


def _add_consonants(contour: np.ndarray, phones: Sequence[Phone], times_s: np.ndarray) -> None:
    """Pitch starts higher after voiceless obstruents, is lower in voiced ones and higher in close vowels."""
    voiceless_end_s = -1.0
    for phone in phones:
        if phone.symbol == PAUSE:
            continue
        sound = phoneme(phone.symbol)
        inside = _between(times_s, phone.start_s, phone.end_s)
        if sound.kind == "vowel":
            contour[inside] += 0.35 * np.clip((520 - sound.formants_hz[0]) / 250, -1, 1)
            if abs(phone.start_s - voiceless_end_s) < 1e-6:
                contour[inside] += 1.1 * np.exp(-(times_s[inside] - phone.start_s) / 0.035)
        elif sound.voiced and not sound.sonorant:
            contour[inside] -= 0.7
        if not sound.voiced:
            voiceless_end_s = phone.end_s


def _drift(times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drift = np.zeros(len(times_s))
    for rate_hz, size in ((0.35, 0.5), (0.9, 0.35), (2.3, 0.15)):
        phase = 2 * np.pi * rng.random()
        drift += size * np.sin(2 * np.pi * rate_hz * rng.uniform(0.8, 1.25) * times_s + phase)
    return drift


def _smooth(contour: np.ndarray, width: int = 41) -> np.ndarray:
    kernel = np.hanning(width + 2)[1:-1]
    padded = np.pad(contour, width // 2, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _between(times_s: np.ndarray, start_s: float, end_s: float) -> slice:
    return slice(*np.searchsorted(times_s, (start_s - 1e-9, end_s - 1e-9)))
