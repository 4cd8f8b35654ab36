"""Words of a language: from given sounds, or invented by its phonotactics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from vultus.world.seeds import generator
from vultus.world.speech.languages import Language
from vultus.world.speech.languages.language import Cluster
from vultus.world.speech.phonemes import LONG, phoneme

LEXICON_SIZE = 420
"""Invented words of a language; frequent ones come again and again, as in real speech."""

_FUNCTION_WORDS = 36
_ZIPF_OFFSET = 2.7


@dataclass(frozen=True)
class Syllable:
    """What is said in one beat."""

    onset: Cluster
    """Consonants before the vowel."""

    nucleus: str
    """The vowel; "" in words without one."""

    coda: Cluster
    """Consonants after it."""

    stress: float = 0.0
    """0..1 as in `Phone`."""

    tone: str = ""
    """Levels 1..5."""

    @property
    def sounds(self) -> Cluster:
        """All of it, in order."""
        return (*self.onset, *((self.nucleus,) if self.nucleus else ()), *self.coda)


@dataclass(frozen=True)
class Word:
    """Syllables that belong together."""

    syllables: tuple[Syllable, ...]
    """At least one."""

    text: str
    """As written, or in IPA where invented."""

    content: bool = True
    """Whether it can be accented."""


@dataclass(frozen=True)
class Clause:
    """What is said between two pauses."""

    words: tuple[Word, ...]
    """At least one."""

    kind: str
    """As in `Phrase`."""


@cache
def lexicon(name: str, language: Language) -> tuple[Word, ...]:
    """The invented words of a language; first the unstressed function words, each kind the frequent first."""
    rng = generator("lexicon", name)
    function = tuple(_invented_word(language, rng, content=False) for _ in range(_FUNCTION_WORDS))
    return function + tuple(_invented_word(language, rng) for _ in range(LEXICON_SIZE - _FUNCTION_WORDS))


def invented_clause(language: Language, rng: np.random.Generator, kind: str) -> Clause:
    """A clause of three to nine words, about 40 % of them function words."""
    words = lexicon(language.name, language)
    chosen: list[Word] = []
    for _ in range(int(rng.integers(3, 10))):
        function = bool(chosen) and chosen[-1].content and rng.random() < 0.62
        pool = words[:_FUNCTION_WORDS] if function else words[_FUNCTION_WORDS:]
        weights = 1 / (np.arange(len(pool)) + _ZIPF_OFFSET)
        chosen.append(pool[rng.choice(len(pool), p=weights / weights.sum())])
    if not chosen[-1].content:
        chosen.pop()
    return accented(Clause(tuple(chosen), kind), rng)


def accented(clause: Clause, rng: np.random.Generator) -> Clause:
    """Give one content word the full accent and the others less."""
    content = [index for index, word in enumerate(clause.words) if word.content]
    if not content:
        return clause
    focus = content[-1] if rng.random() < 0.6 else int(rng.choice(content))
    words = [
        _scaled(word, 1.0 if index == focus else float(rng.uniform(0.6, 0.85)))
        for index, word in enumerate(clause.words)
    ]
    return replace(clause, words=tuple(words))


def syllabified(
    sounds: Sequence[str], language: Language, stressed: int | None = None
) -> tuple[Syllable, ...]:
    """Cut a word into syllables, each with the longest onset that the language allows.

    Args:
        sounds: IPA symbols.
        language: Whose onsets count.
        stressed: Position in `sounds` from which on the first vowel is stressed; None where no one is.
    """
    vowels = [index for index, sound in enumerate(sounds) if phoneme(sound).kind == "vowel"]
    if not vowels:
        return (Syllable(tuple(sounds), "", ()),)
    starts = [0]
    for before, after in pairwise(vowels):
        options = range(before + 1, after + 1)
        starts.append(
            next((at for at in options if tuple(sounds[at:after]) in language.onset_weights), after)
        )
    ends = [*starts[1:], len(sounds)]
    syllables = [
        Syllable(tuple(sounds[start:at]), sounds[at], tuple(sounds[at + 1 : end]))
        for start, at, end in zip(starts, vowels, ends, strict=True)
    ]
    if stressed is not None:
        chosen = next((index for index, at in enumerate(vowels) if at >= stressed), len(vowels) - 1)
        syllables[chosen] = replace(syllables[chosen], stress=1.0)
    return tuple(syllables)


def stressed_syllable(language: Language, count: int, rng: np.random.Generator) -> int | None:
    """Which of a word's syllables is stressed."""
    if language.stress == "none":
        return None
    if language.stress == "free":
        return int(rng.integers(0, count)) if rng.random() < 0.5 else max(0, count - 2)
    return {"initial": 0, "penultimate": max(0, count - 2), "final": count - 1}[language.stress]


def _scaled(word: Word, factor: float) -> Word:
    syllables = tuple(replace(syllable, stress=syllable.stress * factor) for syllable in word.syllables)
    return replace(word, syllables=syllables)


def _invented_word(language: Language, rng: np.random.Generator, content: bool = True) -> Word:
    counts = np.array(language.syllable_counts, float)
    count = 1 + int(rng.choice(len(counts), p=counts / counts.sum())) if content else 1
    stressed = stressed_syllable(language, count, rng) if content else None
    syllables: list[Syllable] = []
    for index in range(count):
        syllable = _invented_syllable(language, rng, index, (count, stressed))
        while _awkward(syllables[-1] if syllables else None, syllable):
            syllable = _invented_syllable(language, rng, index, (count, stressed))
        syllables.append(syllable)
    if language.pitch_accent:
        syllables = _with_pitch_accent(syllables, rng)
    return Word(tuple(syllables), "".join("".join(syllable.sounds) for syllable in syllables), content)


def _invented_syllable(
    language: Language, rng: np.random.Generator, index: int, word: tuple[int, int | None]
) -> Syllable:
    count, stressed = word
    plain = index != stressed and language.stress != "none"
    nucleus = _drawn(language.reduced_weights if plain else language.nucleus_weights, rng)[0]
    coda = _drawn(language.coda_weights if index == count - 1 else language.inner_coda_weights, rng)
    tone = str(rng.choice(language.tones)) if language.tones else ""
    return Syllable(_drawn(language.onset_weights, rng), nucleus, coda, float(index == stressed), tone)


def _awkward(before: Syllable | None, syllable: Syllable) -> bool:
    """Long consonants at a word's beginning, the same sound twice, two vowels in a row."""
    onset = syllable.onset
    if before is None:
        return bool(onset) and onset[0].endswith(LONG)
    if not before.coda:
        return not onset
    return bool(onset) and (onset[0][0] == before.coda[-1][0] or onset[0].endswith(LONG))


def _drawn(weights: dict[Cluster, float], rng: np.random.Generator) -> Cluster:
    return list(weights)[rng.choice(len(weights), p=list(weights.values()))]


def _with_pitch_accent(syllables: list[Syllable], rng: np.random.Generator) -> list[Syllable]:
    """Low, high up to the accented syllable, low after it; some words have no fall."""
    fall = int(rng.integers(0, len(syllables) + 1))
    heights = [
        "4" if (index or fall == 0) and index <= max(fall, 0) else "2" for index in range(len(syllables))
    ]
    if fall == len(syllables):
        heights = ["2"] + ["4"] * (len(syllables) - 1)
    return [replace(syllable, tone=height) for syllable, height in zip(syllables, heights, strict=True)]
