"""What mouth each sound asks for, and how firmly."""

from dataclasses import dataclass, field
from functools import cache

from vultus.world.speech.phonemes import Formants, Number, Phoneme, phoneme
from vultus.world.speech.utterance import PAUSE

JAW = ("jawOpen",)
ROUND = ("mouthPucker", "mouthFunnel")
LIPS = ("mouthLowerDown", "mouthUpperUp")
CORNERS = ("mouthStretch", "mouthSmile")
TONGUE = ("tongueOut",)
SHAPES = JAW + ROUND + LIPS + CORNERS + TONGUE
"""Expressions that sounds blend; closing and tucking the lips is added on top."""

SIDED = frozenset((*LIPS, *CORNERS, "mouthPress", "mouthDimple"))
"""Expressions with a left and a right."""


@dataclass(frozen=True)
class Viseme:
    """A sound's mouth."""

    targets: dict[str, float] = field(default_factory=dict)
    """Coefficients at usual effort; names without one aim at 0."""

    firmness: dict[str, float] = field(default_factory=dict)
    """Dominance of each target, 0 (whatever the neighbours do) to 1; names without one have `usual`."""

    usual: float = 0.5
    """Dominance of what is not in `firmness`."""

    closed: float = 0.0
    """How far the lips come together, whatever the jaw does, 0..1."""

    tucked: float = 0.0
    """How far the lower lip lies under the upper teeth, 0..1."""

    glide: dict[str, float] | None = None
    """Targets at a diphthong's end."""


@cache
def viseme(symbol: str) -> Viseme:
    """The mouth of a sound; unknown sounds raise as `phoneme` does."""
    if symbol == PAUSE:
        return Viseme(usual=0.9)
    sound = phoneme(symbol)
    if sound.kind == "vowel":
        glide = _vowel(sound.glide_hz, sound.rounded_end) if sound.glide_hz else None
        firm = dict.fromkeys((*ROUND, *LIPS), 0.75 + 0.25 * max(sound.rounded, sound.rounded_end))
        narrow = 0.3 * sound.rounded if sound.formants_hz[0] < 350 else 0.0
        return Viseme(_vowel(sound.formants_hz, sound.rounded), firm, 0.75, narrow, glide=glide)
    return _consonant(sound)


def _vowel(formants_hz: Formants, rounded: Number) -> dict[str, float]:
    """The jaw goes with F1, the corners with F2 and rounding."""
    opened = min(max((formants_hz[0] - 270) / 450, 0.0), 1.0) ** 1.35
    front = min(max((formants_hz[1] - 1450) / 800, 0.0), 1.0)
    return {
        "jawOpen": (0.09 - 0.03 * rounded) + 0.40 * opened,
        "mouthPucker": rounded * (0.82 - 0.50 * opened),
        "mouthFunnel": rounded * (0.08 + 0.44 * opened),
        "mouthLowerDown": (0.16 + 0.10 * opened) * (1 - 0.8 * rounded),
        "mouthUpperUp": (0.07 + 0.10 * opened) * (1 - 0.7 * rounded),
        "mouthStretch": 0.20 * front * (1 - rounded),
        "mouthSmile": 0.18 * front * (1 - rounded),
    }


def _consonant(sound: Phoneme) -> Viseme:
    jaw = {"jawOpen": 0.6}
    if sound.place == "bilabial" and sound.kind in ("stop", "nasal"):
        return Viseme({"jawOpen": 0.07}, {"jawOpen": 0.5}, 0.06, closed=1.0)
    if sound.place == "labiodental":
        return Viseme(
            {"jawOpen": 0.06, "mouthUpperUp": 0.14}, {"jawOpen": 0.7, "mouthUpperUp": 0.6}, 0.1, tucked=1.0
        )
    if sound.rounded > 0.8:
        shape = {"jawOpen": 0.05, "mouthPucker": 0.9, "mouthFunnel": 0.06}
        return Viseme(shape, dict.fromkeys((*ROUND, *LIPS, *JAW), 1.0), 0.7, closed=0.35)
    if sound.place in ("postalveolar", "retroflex"):
        share = max(sound.rounded, 0.35)
        shape = {"jawOpen": 0.08, "mouthFunnel": 0.9 * share, "mouthPucker": 0.6 * share}
        shape |= {"mouthLowerDown": 0.10, "mouthUpperUp": 0.08}
        return Viseme(shape, jaw | {"mouthFunnel": 0.85, "mouthPucker": 0.85}, 0.35)
    if sound.place == "bilabial":
        return Viseme({"jawOpen": 0.07, "mouthLowerDown": 0.05}, jaw, 0.4, closed=0.5)
    return _tongue_consonant(sound)


def _tongue_consonant(sound: Phoneme) -> Viseme:
    """Made behind the lips, which mostly do what the vowels beside ask for."""
    if sound.place == "dental":
        shape = {"jawOpen": 0.13, "mouthLowerDown": 0.16, "mouthUpperUp": 0.06, "tongueOut": 0.3}
        return Viseme(shape, {"jawOpen": 0.6, "tongueOut": 1.0, "mouthLowerDown": 0.4}, 0.1)
    if sound.place == "alveolar":
        hissing = sound.kind in ("fricative", "affricate")
        shape = {"jawOpen": 0.05 if hissing else 0.10, "mouthLowerDown": 0.22, "mouthUpperUp": 0.07}
        shape |= {"mouthStretch": 0.10}
        return Viseme(shape, {"jawOpen": 1.0 if hissing else 0.55, "mouthLowerDown": 0.4}, 0.12)
    if sound.place == "palatal":
        shape = {"jawOpen": 0.09, "mouthLowerDown": 0.16, "mouthStretch": 0.18, "mouthSmile": 0.12}
        return Viseme(shape, {"jawOpen": 0.5}, 0.2)
    if sound.place == "glottal":
        return Viseme({"jawOpen": 0.15}, {}, 0.03)
    shape = {"jawOpen": 0.16 if sound.place == "velar" else 0.24, "mouthLowerDown": 0.12}
    return Viseme(shape, {"jawOpen": 0.25}, 0.08)
