"""The built-in motion that speaks: syllables of nobody's language, with the head and brows of a speaker."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vultus.face.motion_clips import MOTIONS, Clip, Curve, Motion, compose, eased, lids

_SHAPES: Mapping[str, Mapping[str, float]] = {
    "a": {"jawOpen": 0.50, "mouthLowerDown": 0.28, "mouthUpperUp": 0.14},
    "e": {"jawOpen": 0.28, "mouthLowerDown": 0.22, "mouthStretch": 0.22, "mouthSmile": 0.18},
    "i": {"jawOpen": 0.14, "mouthLowerDown": 0.18, "mouthStretch": 0.16, "mouthSmile": 0.28},
    "o": {"jawOpen": 0.34, "mouthFunnel": 0.50, "mouthPucker": 0.15},
    "u": {"jawOpen": 0.16, "mouthFunnel": 0.25, "mouthPucker": 0.60},
    "m": {"mouthPress": 0.20, "mouthRollLower": 0.15, "mouthRollUpper": 0.12},
    "f": {"jawOpen": 0.05, "mouthRollLower": 0.35, "mouthUpperUp": 0.16},
    "t": {"jawOpen": 0.08, "mouthLowerDown": 0.10, "mouthStretch": 0.08},
    "k": {"jawOpen": 0.18, "mouthLowerDown": 0.12},
    "|": {},
}
"""Shape of the mouth at the middle of each sound; "|" is a pause."""

_PAIRED = ("mouthLowerDown", "mouthUpperUp", "mouthSmile", "mouthStretch", "mouthPress")
"""Expressions with a left and a right."""

_LIPS_SHUT: Mapping[str, float] = {"m": 1.0, "f": 0.5, "|": 0.6}
"""How far a sound closes lips that are open at rest."""

_SPEECH = "| ma te KO ti MU fa ti ke MO | FO ma ki te MU ta TI fe mo KA ti me |"
"""Syllables; capitals are stressed."""

_SYLLABLE_S = 0.22
_STRESSED_S = 0.26
_PAUSE_S = 0.50


@dataclass(frozen=True)
class _Speech:
    """When which sound is in the middle of being said."""

    sounds: tuple[tuple[float, str], ...]
    """(moment in s, sound)."""
    stresses_s: tuple[float, ...]
    """Moments of the stressed vowels."""
    pauses_s: tuple[float, ...]
    """Moments of the pauses between phrases."""
    length_s: float
    """Where it all ends."""


@MOTIONS.register("talk")
def _talk() -> Clip:
    """Two phrases of about ten syllables; the head beats time and the eyes blink between the phrases."""
    speech = _spoken(_SPEECH)

    def make(moment: Curve, period_s: float) -> Motion:
        now_s = moment * speech.length_s
        beat = np.zeros_like(moment)
        for stress_s in speech.stresses_s:
            beat += np.exp(-0.5 * ((now_s - stress_s - 0.04) / 0.11) ** 2)
        sway = 2 * np.pi * moment
        yaw = 2.6 * np.sin(sway) + 1.2 * np.sin(3 * sway)
        pitch = 2.2 * beat + 1.2 * np.sin(2 * sway) * np.sin(sway)
        roll = 1.3 * np.sin(2 * sway)
        blinks = lids(
            moment, period_s, *(pause_s / speech.length_s * period_s for pause_s in speech.pauses_s)
        )
        expression = _mouth(speech, now_s) | {"browInnerUp": 0.22 * beat} | blinks
        lips_shut = eased(_keys(speech, _LIPS_SHUT), now_s)
        return compose((yaw, pitch, roll), (-0.7 * yaw, -0.6 * pitch), expression, lips_shut)

    return Clip(speech.length_s, make)


def _spoken(text: str) -> _Speech:
    sounds: list[tuple[float, str]] = []
    stresses, pauses, now = [], [], 0.0
    for syllable in text.split():
        if syllable == "|":
            sounds += [(now + 0.12, "|"), (now + _PAUSE_S - 0.12, "|")]
            pauses.append(now)
            now += _PAUSE_S
            continue
        length = _STRESSED_S if syllable.isupper() else _SYLLABLE_S
        consonant, vowel = tuple(syllable.lower())
        sounds += [(now + 0.18 * length, consonant), (now + 0.62 * length, vowel)]
        if syllable.isupper():
            stresses.append(now + 0.62 * length)
        now += length
    return _Speech(tuple(sounds), tuple(stresses), tuple(pauses[1:]), now)


def _mouth(speech: _Speech, now_s: Curve) -> dict[str, Curve]:
    """A curve for every expression that any sound has, from sound to sound."""
    curves: dict[str, Curve] = {}
    for name in sorted({name for shape in _SHAPES.values() for name in shape}):
        level = {sound: shape.get(name, 0.0) for sound, shape in _SHAPES.items()}
        curve = eased(_keys(speech, level), now_s)
        curves |= {name + side: curve for side in (("Left", "Right") if name in _PAIRED else ("",))}
    return curves


def _keys(speech: _Speech, level: Mapping[str, float]) -> list[tuple[float, float]]:
    """What `eased` needs to go through the level of every sound, 0 for one without."""
    inner = [(at_s, level.get(sound, 0.0)) for at_s, sound in speech.sounds]
    return [(0.0, 0.0), *inner, (speech.length_s, 0.0)]
