"""Say something invented, or a given text."""

from vultus.registry import Registry
from vultus.world.speech.utterance import Utterance
from vultus.world.speech.voices import Voice

SYNTHESISERS: Registry = Registry("synthesiser")


def say(voice: Voice, language: str, duration_s: float, seed: int) -> Utterance:
    """Speak invented sentences with pauses, exactly `duration_s` long.

    Args:
        voice: Who speaks.
        language: Name in `LANGUAGES`.
        duration_s: Length; the sound has round(16000 duration_s) samples.
        seed: What is said, and how.

    Raises:
        InputError: When the language is unknown or the duration not in 0.5..3600 s.
    """
    raise NotImplementedError


def speak(text: str, voice: Voice, language: str, seed: int = 0) -> Utterance:
    """Speak a given text by simple letter-to-sound rules.

    Args:
        text: Words; digits are read one by one, punctuation makes phrases.
        voice: Who speaks.
        language: Name in `LANGUAGES`.
        seed: How it is said.

    Raises:
        InputError: When the language is unknown or there is nothing in `text` that can be said.
    """
    raise NotImplementedError
