"""Speech of any length, in no more memory than a minute of it takes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vultus.world.seeds import generator
from vultus.world.speech import Utterance, Voice, say

LONGEST_S = 60
"""Said in one go; longer speech is said in parts of about equal length, whole seconds but for the last."""


def say_long(voice: Voice, language: str, duration_s: float, seed: int) -> Utterance:
    """As `say`, which it is up to a minute; synthesising an hour in one go would take gigabytes.

    Args:
        voice: Who speaks.
        language: Name in `LANGUAGES`.
        duration_s: Length, s.
        seed: What is said, and how.
    """
    count = int(np.ceil(duration_s / LONGEST_S))
    if count == 1:
        return say(voice, language, duration_s, seed)
    ends_s = [*(int(duration_s * part / count) for part in range(count)), duration_s]
    seeds = [int(generator(seed, "part", part).integers(2**31)) for part in range(count)]
    lengths_s = np.diff(ends_s).tolist()
    return joined(
        [say(voice, language, length_s, own) for length_s, own in zip(lengths_s, seeds, strict=True)]
    )


def joined(parts: Sequence[Utterance]) -> Utterance:
    """Utterances one after the other, as one.

    Args:
        parts: In one language; all but the last last whole hundredths of a second.
    """
    starts_s = np.cumsum([0.0, *(part.duration_s for part in parts[:-1])]).tolist()
    counts = [1 + max((phone.word for phone in part.phones), default=-1) for part in parts]
    words = np.cumsum([0, *counts[:-1]]).tolist()
    phones = [
        replace(
            phone,
            start_s=phone.start_s + start_s,
            end_s=phone.end_s + start_s,
            word=phone.word + word if phone.word >= 0 else phone.word,
        )
        for part, start_s, word in zip(parts, starts_s, words, strict=True)
        for phone in part.phones
    ]
    phrases = [
        replace(phrase, start_s=phrase.start_s + start_s, end_s=phrase.end_s + start_s)
        for part, start_s in zip(parts, starts_s, strict=True)
        for phrase in part.phrases
    ]
    return replace(
        parts[0],
        text=" ".join(part.text for part in parts),
        sound=np.concatenate([part.sound for part in parts]),
        phones=tuple(phones),
        phrases=tuple(phrases),
        f0_hz=np.concatenate([part.f0_hz for part in parts]),
        energy=np.concatenate([part.energy for part in parts]),
    )
