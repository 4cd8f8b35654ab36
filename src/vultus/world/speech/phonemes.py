"""Sounds of speech: how each is made and what a tract of 17 cm does with it.

Symbols are IPA. The table holds the plain sounds; `phoneme` composes the rest from marks: length (ː),
aspiration (ʰ), palatalisation (ʲ), pharyngealisation (ˤ), nasalisation (a tilde above), and two vowels in a
row for a diphthong. Formants of vowels lie within the spread of the published measurements of men
[peterson1952vowels; hillenbrand1995vowels], loci of consonants and noises are as in [stevens1998phonetics].
"""
# ruff: noqa: RUF001 - IPA letters look like others

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from vultus.errors import InputError

Number = float | int
Formants = tuple[Number, Number, Number]


class Band(NamedTuple):
    """A hump in a noise's spectrum."""

    centre_hz: Number
    width_hz: Number
    gain_db: Number


@dataclass(frozen=True)
class Phoneme:
    """How a sound is made."""

    symbol: str
    """IPA."""

    kind: str
    """"vowel", "glide", "liquid", "nasal", "stop", "affricate", "fricative", "tap", "trill" or "aspirate"."""

    voiced: bool
    """Whether the larynx sounds."""

    place: str
    """Where the tract is narrowest; "" for vowels."""

    formants_hz: Formants
    """F1..F3; for obstruents where the transitions point to."""

    duration_s: float
    """Usual length in a stressed syllable at a leisurely speed."""

    glide_hz: Formants | None = None
    """F1..F3 at a diphthong's end."""

    nasal: Number = 0.0
    """How far the velum is open, 0..1."""

    rounded: Number = 0.0
    """How far the lips are rounded, 0..1."""

    rounded_end: Number = 0.0
    """The same at the end of a diphthong."""

    aspiration_s: float = 0.012
    """From a stop's release to what follows."""

    noise: tuple[Band, ...] = ()
    """Spectrum of frication or burst."""

    noise_db: Number = -60.0
    """Level of the noise relative to a vowel."""

    @property
    def sonorant(self) -> bool:
        """Whether air flows freely and the voice goes on."""
        return self.kind in ("vowel", "glide", "liquid", "nasal", "tap", "trill")


LOCI: dict[str, tuple[Formants, float]] = {
    "bilabial": ((260, 850, 2200), 0.55),
    "labiodental": ((280, 1050, 2250), 0.5),
    "dental": ((280, 1350, 2600), 0.35),
    "alveolar": ((280, 1750, 2650), 0.35),
    "postalveolar": ((280, 1850, 2450), 0.25),
    "retroflex": ((290, 1550, 1950), 0.25),
    "palatal": ((260, 2150, 2900), 0.15),
    "velar": ((270, 1700, 2350), 0.75),
    "uvular": ((350, 1150, 2450), 0.5),
    "pharyngeal": ((620, 1300, 2500), 0.4),
    "glottal": ((450, 1450, 2500), 1.0),
}
"""By place: F1..F3 that the transitions point to, and how far the vowel beside pulls F2 and F3 (0..1)."""

_VOWELS: dict[str, tuple[Formants, int, Number]] = {
    "i": ((290, 2250, 2950), 105, 0),
    "ɪ": ((400, 1930, 2560), 85, 0),
    "e": ((390, 2080, 2650), 110, 0),
    "ɛ": ((560, 1770, 2490), 105, 0),
    "æ": ((680, 1680, 2470), 130, 0),
    "a": ((730, 1330, 2500), 120, 0),
    "ɑ": ((720, 1080, 2450), 130, 0),
    "ɒ": ((620, 920, 2430), 110, 0.45),
    "ɔ": ((560, 870, 2430), 115, 0.65),
    "o": ((430, 820, 2400), 115, 0.85),
    "ʊ": ((430, 1050, 2250), 85, 0.6),
    "u": ((310, 850, 2250), 105, 1.0),
    "ʌ": ((630, 1200, 2400), 95, 0),
    "ə": ((500, 1450, 2480), 60, 0.05),
    "ɜ": ((490, 1370, 1850), 135, 0.2),
    "ɐ": ((620, 1350, 2480), 75, 0),
    "y": ((280, 1850, 2180), 105, 1.0),
    "ʏ": ((390, 1600, 2220), 85, 0.75),
    "ø": ((390, 1540, 2200), 110, 0.85),
    "œ": ((540, 1470, 2280), 105, 0.6),
    "ɨ": ((330, 1750, 2450), 90, 0),
    "ɯ": ((330, 1280, 2300), 85, 0.25),
    "ɤ": ((470, 1180, 2400), 105, 0),
    "ɿ": ((370, 1420, 2600), 100, 0),
    "ʅ": ((370, 1620, 2050), 100, 0.1),
}
"""F1..F3 in Hz, duration in ms, rounding."""

_SONORANTS: dict[str, tuple[str, str, Formants, int, Number]] = {
    "j": ("glide", "palatal", (280, 2180, 2950), 65, 0),
    "w": ("glide", "bilabial", (310, 720, 2250), 65, 0.95),
    "ɥ": ("glide", "palatal", (280, 1850, 2200), 60, 0.95),
    "l": ("liquid", "alveolar", (360, 1250, 2700), 65, 0),
    "ɫ": ("liquid", "alveolar", (410, 900, 2600), 70, 0.1),
    "ʎ": ("liquid", "palatal", (290, 2050, 2800), 75, 0),
    "ɹ": ("liquid", "postalveolar", (350, 1180, 1620), 70, 0.5),
    "ɻ": ("liquid", "retroflex", (360, 1350, 1750), 75, 0.3),
    "ʁ": ("liquid", "uvular", (480, 1120, 2450), 65, 0),
    "β": ("liquid", "bilabial", (330, 950, 2250), 55, 0),
    "ð̞": ("liquid", "dental", (340, 1450, 2600), 50, 0),
    "ɣ": ("liquid", "velar", (340, 1450, 2350), 55, 0),
    "ʕ": ("liquid", "pharyngeal", (680, 1300, 2500), 70, 0),
    "ɾ": ("tap", "alveolar", (380, 1600, 2550), 28, 0),
    "r": ("trill", "alveolar", (430, 1400, 2400), 80, 0),
    "m": ("nasal", "bilabial", (270, 1050, 2200), 75, 0),
    "n": ("nasal", "alveolar", (270, 1650, 2600), 70, 0),
    "ɲ": ("nasal", "palatal", (270, 2100, 2850), 80, 0),
    "ŋ": ("nasal", "velar", (270, 1750, 2400), 80, 0),
    "ɴ": ("nasal", "uvular", (290, 1250, 2450), 90, 0),
}
"""Kind, place, F1..F3 in Hz, duration in ms, rounding; all voiced."""

_BURSTS: dict[str, tuple[Band, ...]] = {
    "bilabial": (Band(800, 900, 0), Band(2800, 3000, -8)),
    "dental": (Band(3600, 1600, 0), Band(6000, 2500, -3)),
    "alveolar": (Band(4200, 1500, 0), Band(6500, 2000, -4)),
    "retroflex": (Band(2500, 800, 0), Band(4500, 1500, -8)),
    "postalveolar": (Band(2900, 800, 0), Band(4800, 1500, -6)),
    "palatal": (Band(3100, 700, 0), Band(4800, 1500, -8)),
    "velar": (Band(1900, 450, 0), Band(4200, 1500, -10)),
    "uvular": (Band(1250, 400, 0), Band(3200, 1500, -10)),
}
"""Noise of a stop's release by place; the velar's first band follows F2."""

_STOPS: dict[str, tuple[str, bool, int, int]] = {
    "p": ("bilabial", False, 95, 14),
    "t": ("alveolar", False, 85, 18),
    "t̪": ("dental", False, 85, 14),
    "k": ("velar", False, 90, 26),
    "q": ("uvular", False, 95, 26),
    "b": ("bilabial", True, 75, 8),
    "d": ("alveolar", True, 65, 10),
    "d̪": ("dental", True, 65, 10),
    "ɡ": ("velar", True, 70, 14),
    "ʔ": ("glottal", False, 50, 4),
}
"""Place, voiced, duration in ms, release to voicing in ms."""

_NOISES: dict[str, tuple[str, tuple[Band, ...], Number]] = {
    "f": ("labiodental", (Band(1500, 1800, -6), Band(6800, 3500, 0)), -20),
    "θ": ("dental", (Band(1700, 1800, -9), Band(6000, 3000, 0)), -21),
    "s": ("alveolar", (Band(4700, 900, -5), Band(6400, 1500, 0)), -10),
    "ʃ": ("postalveolar", (Band(2700, 500, 0), Band(4200, 1000, -5), Band(6000, 2000, -14)), -9),
    "ɕ": ("palatal", (Band(3400, 700, 0), Band(5300, 1500, -3)), -10),
    "ʂ": ("retroflex", (Band(2350, 450, 0), Band(3800, 1000, -5), Band(5800, 2000, -16)), -10),
    "ç": ("palatal", (Band(3050, 600, 0), Band(4700, 1400, -7)), -14),
    "x": ("velar", (Band(1550, 400, 0), Band(3600, 1200, -8)), -15),
    "χ": ("uvular", (Band(1250, 350, 0), Band(3100, 1100, -8)), -14),
    "ħ": ("pharyngeal", (Band(1450, 450, 0), Band(2700, 900, -5)), -17),
    "ɸ": ("bilabial", (Band(1300, 1500, -4), Band(6500, 3500, 0)), -21),
}
"""Place, bands, level in dB of voiceless fricatives."""

_VOICED_NOISES = {"v": "f", "ð": "θ", "z": "s", "ʒ": "ʃ", "ʑ": "ɕ", "ʐ": "ʂ", "ʝ": "ç"}
_FRICATIVE_S, _VOICED_FRICATIVE_S = 0.110, 0.075
_AFFRICATES = {
    "tʃ": "ʃ",
    "dʒ": "ʒ",
    "ts": "s",
    "dz": "z",
    "tɕ": "ɕ",
    "dʑ": "ʑ",
    "tʂ": "ʂ",
    "pf": "f",
}
"""What an affricate is released into."""

LONG = "ː"
"""Mark of a long sound."""

_MARKS = f"{LONG}ʰʲˤ\u0303"
_BURST_DB = {"bilabial": -11.0, "glottal": -40.0}


@cache
def phoneme(symbol: str) -> Phoneme:
    """What is known of a sound, marks included.

    Raises:
        InputError: When there is no such sound.

    Example:
        >>> phoneme("tʃ").kind, phoneme("aɪ").glide_hz, phoneme("ɑ̃").nasal
        ('affricate', (400, 1930, 2560), 0.9)
    """
    base, marks = symbol, ""
    while base and base[-1] in _MARKS:
        base, marks = base[:-1], base[-1] + marks
    sound = _plain(base)
    if sound is None:
        raise InputError(f"no sound is written {symbol!r}", remedy="use an IPA symbol of a known language")
    for mark in marks:
        sound = _marked(sound, mark)
    return replace(sound, symbol=symbol)


def tokens(cluster: str) -> tuple[str, ...]:
    """Split a string of IPA into symbols, the longest first; affricates and diphthongs are one symbol.

    Example:
        >>> tokens("stɹaɪ"), tokens("tʃʰ")
        (('s', 't', 'ɹ', 'aɪ'), ('tʃʰ',))
    """
    found: list[str] = []
    start = 0
    while start < len(cluster):
        width = next((width for width in (2, 1) if _plain(cluster[start : start + width])), 0)
        if not width:
            raise InputError(f"no sound begins with {cluster[start:]!r}", remedy="use IPA symbols")
        end = start + min(width, len(cluster) - start)
        while end < len(cluster) and cluster[end] in _MARKS:
            end += 1
        found.append(cluster[start:end])
        start = end
    return tuple(found)


@cache
def _plain(base: str) -> Phoneme | None:
    if base in _VOWELS:
        formants, duration_ms, rounded = _VOWELS[base]
        return Phoneme(base, "vowel", True, "", formants, duration_ms / 1e3, None, 0, rounded, rounded)
    if base in _SONORANTS:
        kind, place, formants, duration_ms, rounded = _SONORANTS[base]
        nasal = 1.0 if kind == "nasal" else 0.0
        return Phoneme(base, kind, True, place, formants, duration_ms / 1e3, None, nasal, rounded, rounded)
    if base == "h":
        return Phoneme("h", "aspirate", False, "glottal", LOCI["glottal"][0], 0.065)
    if len(base) == 2 and all(letter in _VOWELS for letter in base):
        return _diphthong(base)
    return _obstruent(base)


def _diphthong(base: str) -> Phoneme:
    first, second = phoneme(base[0]), phoneme(base[1])
    length_s = 0.75 * (first.duration_s + second.duration_s) + 0.01
    return replace(
        first, duration_s=length_s, glide_hz=second.formants_hz, rounded_end=second.rounded, symbol=base
    )


def _obstruent(base: str) -> Phoneme | None:
    if base in _STOPS:
        place, voiced, duration_ms, aspiration_ms = _STOPS[base]
        level = _BURST_DB.get(place, -7.0) - (4 if voiced else 0)
        burst = _BURSTS.get(place, ())
        return Phoneme(
            base, "stop", voiced, place, LOCI[place][0], duration_ms / 1e3,
            aspiration_s=aspiration_ms / 1e3, noise=burst, noise_db=level,
        )  # fmt: skip
    voiced = base in _VOICED_NOISES
    source = _VOICED_NOISES.get(base, base)
    if source in _NOISES:
        place, bands, level = _NOISES[source]
        length_s, level = (_VOICED_FRICATIVE_S, level - 6) if voiced else (_FRICATIVE_S, level)
        rounded = 0.55 if place == "postalveolar" else 0.0
        return Phoneme(
            base, "fricative", voiced, place, LOCI[place][0], length_s,
            rounded=rounded, rounded_end=rounded, noise=bands, noise_db=level,
        )  # fmt: skip
    if base in _AFFRICATES:
        hiss = phoneme(_AFFRICATES[base])
        return replace(hiss, symbol=base, kind="affricate", duration_s=0.125 if not hiss.voiced else 0.1)
    return None


def _marked(sound: Phoneme, mark: str) -> Phoneme:
    f1, f2, f3 = sound.formants_hz
    if mark == LONG:
        return replace(sound, duration_s=sound.duration_s * (1.5 if sound.kind == "vowel" else 1.8))
    if mark == "ʰ":
        return replace(sound, aspiration_s=0.058, duration_s=sound.duration_s + 0.035)
    if mark == "ʲ":
        return replace(sound, formants_hz=(f1, max(f2, 0.35 * f2 + 1420), max(f3, 2600)))
    if mark == "ˤ":
        return replace(sound, formants_hz=(f1 + 60, min(f2, 1100), f3))
    return replace(sound, nasal=0.9)
