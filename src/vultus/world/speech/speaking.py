"""Say something invented, or a given text."""

from collections.abc import Callable, Sequence

import numpy as np

from vultus.errors import InputError
from vultus.registry import Registry
from vultus.world.seeds import generator
from vultus.world.speech.languages import LANGUAGES, Language
from vultus.world.speech.spelling import clauses
from vultus.world.speech.synthesis import Rendering, energy, synthesise
from vultus.world.speech.timing import Spoken, placed, timed
from vultus.world.speech.utterance import RATE_HZ, Phone, Phrase, Utterance
from vultus.world.speech.voices import Voice
from vultus.world.speech.wording import invented_clause

LEAST_S, MOST_S = 0.5, 3600.0
"""Lengths that `say` can make."""

Synthesiser = Callable[[Sequence[Phone], Sequence[Phrase], Voice, Language, np.random.Generator], Rendering]
"""Turns phones into sound."""

SYNTHESISERS: Registry[Synthesiser] = Registry("synthesiser")
"""By name: "formants" is ours."""

SYNTHESISERS.register("formants")(synthesise)

_SPARE_S = 0.55
_TEXT_SILENCE_S = 0.15


def say(
    voice: Voice, language: str, duration_s: float, seed: int, synthesiser: str = "formants"
) -> Utterance:
    """Speak invented sentences with pauses, exactly `duration_s` long.

    Args:
        voice: Who speaks.
        language: Name in `LANGUAGES`.
        duration_s: Length; the sound has round(16000 duration_s) samples.
        seed: What is said, and how.
        synthesiser: Name in `SYNTHESISERS`.

    Raises:
        InputError: When language or synthesiser are unknown or the duration is not in 0.5..3600 s.
    """
    if not LEAST_S <= duration_s <= MOST_S:
        raise InputError(
            f"cannot speak for {duration_s} s",
            remedy=f"ask for {LEAST_S:g} to {MOST_S:g} s",
            metadata={"duration_s": duration_s},
        )
    total_s = round(duration_s * RATE_HZ) / RATE_HZ
    rng = generator(seed, "speech", language)
    spoken, pauses_s = _filled(LANGUAGES[language], voice, total_s, rng)
    phones, phrases = placed(spoken, pauses_s, total_s)
    text = " ".join(_written(clause) for clause in spoken)
    return _uttered(text, phones, phrases, (voice, LANGUAGES[language], synthesiser), rng)


def speak(text: str, voice: Voice, language: str, seed: int = 0, synthesiser: str = "formants") -> Utterance:
    """Speak a given text by simple letter-to-sound rules.

    Args:
        text: Words; digits are read one by one, punctuation makes phrases.
        voice: Who speaks.
        language: Name in `LANGUAGES`.
        seed: How it is said.
        synthesiser: Name in `SYNTHESISERS`.

    Raises:
        InputError: When language or synthesiser are unknown, the text is empty or it has characters that the
            language's rules do not know.
    """
    rng = generator(seed, "speech", language, text)
    spoken = [
        timed(clause, LANGUAGES[language], voice, rng) for clause in clauses(text, LANGUAGES[language], rng)
    ]
    pauses_s = [_TEXT_SILENCE_S, *(_pause_s(clause, voice, rng) for clause in spoken[:-1]), _TEXT_SILENCE_S]
    phones, phrases = placed(spoken, pauses_s)
    return _uttered(text, phones, phrases, (voice, LANGUAGES[language], synthesiser), rng)


def _uttered(
    text: str,
    phones: tuple[Phone, ...],
    phrases: tuple[Phrase, ...],
    speaker: tuple[Voice, Language, str],
    rng: np.random.Generator,
) -> Utterance:
    voice, language, synthesiser = speaker
    rendering = SYNTHESISERS[synthesiser](phones, phrases, voice, language, rng)
    loud = energy(rendering.sound)
    return Utterance(language.name, text, rendering.sound, RATE_HZ, phones, rendering.f0_hz, loud, phrases)


def _filled(
    language: Language, voice: Voice, total_s: float, rng: np.random.Generator
) -> tuple[list[Spoken], list[float]]:
    """Clauses and pauses that about fill the time."""
    edge = min(1.0, total_s / 3)
    pauses_s = [edge * float(rng.uniform(0.1, 0.22))]
    left_s = total_s - pauses_s[0] - edge * 0.2
    spoken: list[Spoken] = []
    kind = "statement"
    while not spoken or left_s > _SPARE_S + pauses_s[-1]:
        if spoken:
            pauses_s.append(_pause_s(spoken[-1], voice, rng))
            left_s -= pauses_s[-1]
        kind = _next_kind(rng)
        clause = timed(invented_clause(language, rng, kind), language, voice, rng)
        while clause.duration_s > 1.06 * left_s and len(clause.clause.words) > 1:
            clause = clause.without_last_word()
        spoken.append(clause)
        left_s -= clause.duration_s
    pauses_s.append(edge * float(rng.uniform(0.15, 0.25)))
    return spoken, pauses_s


def _next_kind(rng: np.random.Generator) -> str:
    return str(rng.choice(["continuation", "statement", "question"], p=[0.45, 0.43, 0.12]))


def _pause_s(before: Spoken, voice: Voice, rng: np.random.Generator) -> float:
    usual = voice.pause_s * (0.6 if before.clause.kind == "continuation" else 1.15)
    return float(usual * rng.uniform(0.75, 1.3))


def _written(spoken: Spoken) -> str:
    mark = {"statement": ".", "question": "?", "continuation": ","}[spoken.clause.kind]
    return " ".join(word.text for word in spoken.clause.words) + mark
