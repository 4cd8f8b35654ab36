"""What was said and when: phones, phrases, prosody, sound."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

RATE_HZ = 16_000
"""Samples in a second of every synthesised sound."""

PROSODY_HZ = 100
"""Values in a second of `Utterance.f0_hz` and `Utterance.energy`."""

PAUSE = "_"
"""Symbol of the phone that is silence."""


@dataclass(frozen=True)
class Phone:
    """One speech sound."""

    symbol: str
    """IPA as in the language's inventory, or `PAUSE`."""

    start_s: float
    """Where it begins; where the phone before ends."""

    end_s: float
    """Where it ends."""

    stress: float = 0.0
    """0 unstressed, 0.6 secondary or focus-less, 1 the accented syllable of a phrase."""

    word: int = -1
    """Which word of the utterance it belongs to, from 0; -1 for a pause."""

    tone: str = ""
    """Levels 1 (low) to 5 (high) that the syllable's pitch goes through, where the language has tones."""

    syllable: int = -1
    """Which syllable of the utterance it belongs to, from 0; -1 for a pause."""

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Phrase:
    """Words between two pauses."""

    start_s: float
    """Where its first phone begins."""

    end_s: float
    """Where its last phone ends."""

    kind: str
    """"statement", "question" or "continuation": how the pitch ends."""


@dataclass(frozen=True, eq=False)
class Utterance:
    """Speech and everything that is true of it."""

    language: str
    """Name in `LANGUAGES`."""

    text: str
    """What is said: the given text, or the invented words."""

    sound: Float32[np.ndarray, " n"]
    """Mono, [-1, 1]; exact zeros in the middle of pauses."""

    rate_hz: int
    """Samples in a second: 16,000."""

    phones: tuple[Phone, ...]
    """One after the other without gaps, pauses included, from 0 to the end."""

    f0_hz: Float32[np.ndarray, " m"]
    """Pitch at i / 100 s, m = ceil(100 duration); 0 where the voice does not sound."""

    energy: Float32[np.ndarray, " m"]
    """Root mean square of the sound in the 25 ms around i / 100 s, linear, full scale 1."""

    phrases: tuple[Phrase, ...]
    """What lies between the pauses."""

    @property
    def duration_s(self) -> float:
        """Length of the sound."""
        return len(self.sound) / self.rate_hz
