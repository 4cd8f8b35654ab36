"""How long every sound lasts, and where the pauses are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vultus.world.speech.languages import Language
from vultus.world.speech.phonemes import LONG, phoneme
from vultus.world.speech.utterance import PAUSE, Phone, Phrase
from vultus.world.speech.voices import Voice
from vultus.world.speech.wording import Clause, Syllable

GRID_S = 0.001
"""Boundaries between phones lie on whole milliseconds."""

_SHORTEST_S = 0.02
_MORA_S = 0.145
_FINAL = 1.35
_JITTER = 0.07
_LEAST_STRETCH, _MOST_STRETCH, _LEAST_PAUSE = 0.87, 1.15, 0.65


@dataclass(frozen=True)
class Spoken:
    """A clause with the length of every phone; its phones start at 0."""

    clause: Clause
    """What is said."""

    phones: tuple[Phone, ...]
    """Without pauses."""

    @property
    def duration_s(self) -> float:
        """From the first phone's start to the last one's end."""
        return self.phones[-1].end_s

    def without_last_word(self) -> "Spoken":
        """The same, one word shorter."""
        words = self.clause.words[:-1]
        phones = tuple(phone for phone in self.phones if phone.word < len(words))
        return Spoken(replace(self.clause, words=words), phones)


def timed(clause: Clause, language: Language, voice: Voice, rng: np.random.Generator) -> Spoken:
    """Give every sound of a clause its length.

    Stressed and final syllables are longer, clusters shorter; where a language counts morae, each consonant
    with its vowel takes about as long as every other.
    """
    phones: list[Phone] = []
    at_s, beat = 0.0, 0
    for word_index, word in enumerate(clause.words):
        for syllable in word.syllables:
            last = word is clause.words[-1] and syllable is word.syllables[-1]
            lengths = _lengths(syllable, language, last) / (voice.speed * language.pace)
            lengths *= np.exp(rng.normal(0, _JITTER, len(lengths)))
            for symbol, length in zip(_allophones(syllable, language), lengths, strict=True):
                end_s = at_s + max(float(length), _SHORTEST_S)
                phones.append(Phone(symbol, at_s, end_s, syllable.stress, word_index, syllable.tone, beat))
                at_s = end_s
            beat += 1
    return Spoken(clause, tuple(phones))


def placed(
    spoken: Sequence[Spoken], pauses_s: Sequence[float], total_s: float | None = None
) -> tuple[tuple[Phone, ...], tuple[Phrase, ...]]:
    """Put clauses and pauses one after the other.

    Args:
        spoken: Clauses.
        pauses_s: Before, between and after them: one more than clauses.
        total_s: Where the last pause ends; pauses and phones are stretched or squeezed to reach it. None
            leaves them as they are.
    """
    speech_s, silence_s = sum(clause.duration_s for clause in spoken), float(sum(pauses_s))
    stretch, slack = 1.0, 1.0
    if total_s is not None:
        stretch = min(max((total_s - silence_s) / speech_s, _LEAST_STRETCH), _MOST_STRETCH)
        stretch = min(stretch, (total_s - _LEAST_PAUSE * silence_s) / speech_s)
        slack = (total_s - stretch * speech_s) / silence_s
    phones: list[Phone] = []
    phrases: list[Phrase] = []
    at_s, words, beats = 0.0, 0, 0
    for clause, pause_s in zip(spoken, pauses_s, strict=False):
        start_s = _snapped(at_s + slack * pause_s)
        phones.append(Phone(PAUSE, _snapped(at_s), start_s))
        moved = [_moved(phone, start_s, stretch, words, beats) for phone in clause.phones]
        phones += moved
        at_s = start_s + stretch * clause.duration_s
        words, beats = moved[-1].word + 1, moved[-1].syllable + 1
        phrases.append(Phrase(start_s, moved[-1].end_s, clause.clause.kind))
    end_s = total_s if total_s is not None else _snapped(at_s + pauses_s[-1])
    phones.append(Phone(PAUSE, phones[-1].end_s, end_s))
    return tuple(phones), tuple(phrases)


def _moved(phone: Phone, start_s: float, stretch: float, words: int, beats: int) -> Phone:
    return replace(
        phone,
        start_s=_snapped(start_s + stretch * phone.start_s),
        end_s=_snapped(start_s + stretch * phone.end_s),
        word=phone.word + words,
        syllable=phone.syllable + beats,
    )


def _snapped(moment_s: float) -> float:
    return round(moment_s / GRID_S) * GRID_S


def _lengths(syllable: Syllable, language: Language, last: bool) -> np.ndarray:
    usual = np.array([phoneme(sound).duration_s for sound in syllable.sounds])
    nucleus = len(syllable.onset)
    if language.timing == "stress":
        usual[nucleus : nucleus + 1] *= 1.08 * syllable.stress + 0.82 * (1 - syllable.stress)
        usual[:nucleus] *= 0.9 + 0.12 * syllable.stress
    elif language.timing == "syllable":
        usual[nucleus : nucleus + 1] *= 0.95 + 0.12 * syllable.stress
    else:
        long = 2 if syllable.nucleus.endswith(LONG) else 1
        until = nucleus + 1
        usual[:until] *= 0.3 + 0.7 * _MORA_S * long / usual[:until].sum()
    if nucleus > 1:
        usual[:nucleus] *= 0.82
    if len(syllable.coda) > 1:
        usual[nucleus + 1 :] *= 0.82
    if last:
        usual[nucleus:] *= _FINAL
    return usual


def _allophones(syllable: Syllable, language: Language) -> tuple[str, ...]:
    """Voiceless stops that begin a stressed syllable are aspirated where the language does so."""
    sounds = syllable.sounds
    first = sounds[0]
    if language.aspirated and syllable.stress > 0 and first in ("p", "t", "k") and len(syllable.onset) == 1:
        return (first + "ʰ", *sounds[1:])
    return sounds
