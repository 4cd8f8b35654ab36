"""What decides several looks at once, so that a person's parts go together."""

from dataclasses import dataclass

import numpy as np

from vultus.world.people.records import Rgb
from vultus.world.seeds import generator

_LOW_VOICE_HZ, _HIGH_VOICE_HZ = 140.0, 170.0


@dataclass(frozen=True)
class Presentation:
    """Hidden causes of a person's looks."""

    masculine: float
    """0 to 1, as the pitch of the voice suggests."""

    age: float
    """0 young adult to 1 old."""

    melanin: float
    """0 the palest skin to 1 the darkest."""


def draw_presentation(seed: int, pitch_hz: float) -> Presentation:
    """Causes that fit a voice of this pitch."""
    random = generator(seed, "presentation")
    low = 1.0 - float(np.clip((pitch_hz - _LOW_VOICE_HZ) / (_HIGH_VOICE_HZ - _LOW_VOICE_HZ), 0.0, 1.0))
    return Presentation(
        masculine=float(np.clip(low + random.normal(0.0, 0.12), 0.0, 1.0)),
        age=float(random.beta(1.3, 1.9)),
        melanin=float(random.beta(0.9, 1.2)),
    )


def chosen(random: np.random.Generator, shares: dict[str, float]) -> str:
    """A name, drawn in proportion to its share."""
    names, weights = list(shares), np.array(list(shares.values()), dtype=np.float64)
    return names[int(random.choice(len(names), p=weights / weights.sum()))]


def nearby(random: np.random.Generator, colour: Rgb, deviation: float) -> Rgb:
    """The colour, each channel and all of them together off by a random factor."""
    factor = np.exp(random.normal(0.0, deviation, 3) * 0.4 + random.normal(0.0, deviation))
    return as_rgb(np.array(colour) * factor)


def as_rgb(colour: np.ndarray) -> Rgb:
    """Three plain numbers in [0, 1]."""
    red, green, blue = np.clip(colour, 0.0, 1.0).round(5).tolist()
    return red, green, blue


__all__ = ["Presentation", "as_rgb", "chosen", "draw_presentation", "nearby"]
