from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vultus.world.seeds import generator
from vultus.world.speech import PAUSE, Phone, Phrase, Utterance, Voice, draw_voice, say
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.synthesis import synthesise


@pytest.fixture(scope="session")
def man() -> Voice:
    """A clear low voice, so that formants can be measured between its harmonics."""
    return replace(draw_voice(2), pitch_hz=100.0, breathiness=0.1, nasality=0.05)


@pytest.fixture(scope="session")
def utterance(man: Voice) -> Utterance:
    return say(man, "en", 6.0, 4)


@pytest.fixture(scope="session")
def spell() -> Callable[..., tuple[Phone, ...]]:
    """Makes phones of given lengths between two pauses of 0.1 s."""

    def spelled(*sounds: tuple[str, float], stress: float = 1.0) -> tuple[Phone, ...]:
        phones, at_s = [Phone(PAUSE, 0.0, 0.1)], 0.1
        for index, (symbol, length_s) in enumerate(sounds):
            end_s = round(at_s + length_s, 6)
            phones.append(Phone(symbol, at_s, end_s, stress, 0, "", index))
            at_s = end_s
        return (*phones, Phone(PAUSE, at_s, at_s + 0.1))

    return spelled


@pytest.fixture(scope="session")
def sounding() -> Callable[[tuple[Phone, ...], Voice], np.ndarray]:
    """Makes sound of phones."""

    def sounded(phones: tuple[Phone, ...], voice: Voice) -> np.ndarray:
        phrase = Phrase(phones[0].end_s, phones[-1].start_s, "statement")
        return synthesise(phones, (phrase,), voice, LANGUAGES["en"], generator("test")).sound

    return sounded
