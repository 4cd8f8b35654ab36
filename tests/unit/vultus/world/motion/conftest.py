"""People of the tests, and speech of nobody's language whose prosody is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from vultus.face.builtin.model import build_head
from vultus.face.morphable import MorphableModel
from vultus.world.motion import Manner, draw_manner
from vultus.world.seeds import generator
from vultus.world.speech import PAUSE, Phone, Phrase, Utterance, Voice, draw_voice


@dataclass(frozen=True)
class Somebody:
    """A person as far as motion is concerned."""

    identity: tuple[float, ...]
    morphable: str
    manner: Manner
    voice: Voice


def somebody(seed: int) -> Somebody:
    identity = generator(seed, "identity of a test").standard_normal(80)
    return Somebody(tuple(identity.tolist()), "builtin", draw_manner(seed), draw_voice(seed))


def murmur(duration_s: float, seed: int, f0_hz: float = 120.0) -> Utterance:
    """Phrases of voiced syllables with accents, pauses between them."""
    random = generator(seed, "murmur")
    count = int(np.ceil(duration_s * 100))
    now_s, phones, phrases = 0.2, [Phone(PAUSE, 0.0, 0.2)], []
    octaves, energy = np.zeros(count), np.zeros(count)
    while now_s < duration_s - 3.2:
        start_s = now_s
        for _ in range(random.integers(5, 11)):
            length_s, stress = random.uniform(0.14, 0.26), float(random.choice([0.0, 0.0, 0.6, 1.0]))
            phones.append(Phone("a", now_s, now_s + length_s, stress, len(phones)))
            at = slice(int(now_s * 100), int((now_s + length_s) * 100))
            bump = np.hanning(at.stop - at.start + 2)[1:-1]
            octaves[at] = 0.3 * stress * bump - 0.1 * (now_s - start_s)
            energy[at] = (0.05 + 0.1 * stress) * bump
            now_s += length_s
        phrases.append(Phrase(start_s, now_s, "statement"))
        pause_s = random.uniform(0.3, 0.7)
        phones.append(Phone(PAUSE, now_s, now_s + pause_s))
        now_s += pause_s
    phones.append(Phone(PAUSE, now_s, duration_s))
    f0 = np.where(energy > 0, f0_hz * 2**octaves, 0.0)
    samples = round(16000 * duration_s)
    at_sample = np.arange(samples) / 160
    phase = 2 * np.pi * np.cumsum(np.interp(at_sample, np.arange(count), f0)) / 16000
    sound = sum(np.sin(k * phase) / k for k in range(1, 9)) * np.interp(at_sample, np.arange(count), energy)
    return Utterance(
        "test",
        "",
        sound.astype(np.float32),
        16000,
        tuple(phones),
        f0.astype(np.float32),
        energy.astype(np.float32),
        tuple(phrases),
    )


@pytest.fixture(scope="session")
def person() -> Callable[[int], Somebody]:
    return somebody


@pytest.fixture(scope="session")
def utter() -> Callable[..., Utterance]:
    return murmur


@pytest.fixture(scope="session")
def head() -> MorphableModel:
    return build_head()
