"""Where the resonances of the tract lie at every moment: targets, transitions, co-articulation."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from vultus.world.speech.phonemes import LOCI, Phoneme, phoneme
from vultus.world.speech.utterance import PAUSE, Phone
from vultus.world.speech.voices import REFERENCE_TRACT_CM, Voice

NEUTRAL_HZ = np.array([500.0, 1450.0, 2480.0])
"""F1..F3 of a tract at rest."""

FORMANT_COUNT = 7
"""Resonances below 8 kHz of a tract of 17 cm."""

_HIGHER_HZ = np.array([3450.0, 4450.0, 5450.0, 6500.0])
_WIDTHS_HZ = np.array([65.0, 90.0, 130.0, 200.0, 280.0, 400.0, 500.0])
_HIGHEST_HZ = 7700.0
_TRANSITION_S = 0.05
_ABRUPT_S = 0.006
_UNDERSHOOT_S = 0.05


def formant_tracks(
    phones: Sequence[Phone], voice: Voice, times_s: Float[np.ndarray, " k"]
) -> Float[np.ndarray, "k 7"]:
    """Frequencies of the resonances at every moment, Hz.

    A vowel's targets hold in its middle; beside a consonant they bend to where its place of articulation
    points (locus theory, [delattre1955loci]), further where the vowel is short; loci give way to the vowel by
    the consonant's place.
    """
    keys_s, values = [-1.0], [NEUTRAL_HZ]
    spoken = [phone for phone in phones if phone.symbol != PAUSE]
    targets = [_target(phone, voice) for phone in spoken]
    for index, phone in enumerate(spoken):
        before = _neighbour(spoken, targets, index, -1)
        after = _neighbour(spoken, targets, index, 1)
        for moment_s, formants in _keys(phone, targets[index], before, after):
            keys_s.append(moment_s)
            values.append(formants)
    table = np.array(values)
    low = np.stack([np.interp(times_s, keys_s, column) for column in table.T], -1)
    low = _smooth(low, 15)
    scale = REFERENCE_TRACT_CM / voice.tract_length_cm
    skew = np.array([*voice.formant_skew, 1.0, 1.0])
    tracks = np.concatenate([low, np.broadcast_to(_HIGHER_HZ, (len(low), 4))], 1) * scale * skew
    tracks[:, 1:] = np.maximum(tracks[:, 1:], tracks[:, :-1] + 120)
    return np.minimum(tracks, _HIGHEST_HZ - 90 * np.arange(FORMANT_COUNT)[::-1])


def vowel_formants(symbol: str, voice: Voice) -> tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]]:
    """F1..F3 that a voice aims at, at the beginning and the end of a vowel, Hz."""
    first, last = _target(Phone(symbol, 0.0, 1.0, 1.0), voice)
    scale = REFERENCE_TRACT_CM / voice.tract_length_cm * np.array(voice.formant_skew[:3])
    return first * scale, last * scale


def bandwidths(tracks: Float[np.ndarray, "k 7"], loss: Float[np.ndarray, " k"]) -> Float[np.ndarray, "k 7"]:
    """Widths of the resonances, Hz.

    Args:
        tracks: Their frequencies.
        loss: How much is lost through an open glottis or velum, 0..1; widens F1 and F2 most.
    """
    widths = np.maximum(_WIDTHS_HZ, 0.035 * tracks)
    return widths * (1 + loss[:, None] * np.array([2.0, 1.0, 0.6, 0.4, 0.3, 0.2, 0.2]))


def _target(phone: Phone, voice: Voice) -> tuple[np.ndarray, np.ndarray]:
    sound = phoneme(phone.symbol)
    first = np.array(sound.formants_hz, float)
    last = np.array(sound.glide_hz or sound.formants_hz, float)
    if sound.kind != "vowel":
        return first, last
    space = voice.vowel_space * (0.94 + 0.06 * min(phone.stress + 0.2, 1.0))
    return NEUTRAL_HZ + space * (first - NEUTRAL_HZ), NEUTRAL_HZ + space * (last - NEUTRAL_HZ)


def _neighbour(
    phones: Sequence[Phone], targets: Sequence[tuple[np.ndarray, np.ndarray]], index: int, step: int
) -> np.ndarray:
    """The nearest vowel's formants on that side, for a vowel the adjacent consonant's; neutral at a pause."""
    vowel = phoneme(phones[index].symbol).kind == "vowel"
    at = index + step
    for _ in range(1 if vowel else 3):
        if not 0 <= at < len(phones) or _apart(phones[min(at, at - step)], phones[max(at, at - step)]):
            break
        if vowel or phoneme(phones[at].symbol).kind == "vowel":
            return targets[at][0 if step > 0 else 1]
        at += step
    return NEUTRAL_HZ


def _apart(first: Phone, second: Phone) -> bool:
    """Whether there is a pause between two phones."""
    return second.start_s - first.end_s > 1e-6


def _keys(
    phone: Phone, target: tuple[np.ndarray, np.ndarray], before: np.ndarray, after: np.ndarray
) -> list[tuple[float, np.ndarray]]:
    """Moments and formants between which the tracks go straight."""
    sound = phoneme(phone.symbol)
    length = phone.duration_s
    if sound.kind == "vowel":
        edge = min(_TRANSITION_S, 0.35 * length)
        under = 0.45 * np.exp(-length / _UNDERSHOOT_S)
        first = target[0] + under * (before - target[0])
        last = target[1] + under * (after - target[1])
        keys = [(phone.start_s + edge, first)]
        if sound.glide_hz:
            keys.append((phone.start_s + max(edge, 0.3 * length), first))
        return [*keys, (phone.end_s - 0.8 * edge, last)]
    edge = min(0.02, 0.3 * length) if sound.sonorant else min(_ABRUPT_S, 0.2 * length)
    yields = _yielding(sound)
    return [
        (phone.start_s + edge, target[0] + yields * (before - target[0])),
        (phone.end_s - edge, target[1] + yields * (after - target[1])),
    ]


def _yielding(sound: Phoneme) -> np.ndarray:
    """How far F1..F3 of a consonant follow the vowel beside it."""
    share = LOCI[sound.place][1] if sound.place in LOCI else 0.3
    if sound.kind in ("glide", "liquid"):
        share = min(share, 0.25)
    return np.array([share if sound.place == "glottal" else 0.1, share, 0.6 * share])


def _smooth(tracks: np.ndarray, width: int) -> np.ndarray:
    kernel = np.hanning(width + 2)[1:-1]
    padded = np.pad(tracks, ((width // 2, width // 2), (0, 0)), mode="edge")
    columns = [np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T]
    return np.stack(columns, -1)
