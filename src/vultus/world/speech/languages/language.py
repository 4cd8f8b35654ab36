"""What a language is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from vultus.registry import Registry
from vultus.world.speech.phonemes import tokens

Cluster = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Language:
    """How a language sounds and is written.

    Lists of sounds are strings of IPA separated by blanks; `*3` after one makes it three times as frequent,
    "-" stands for nothing.
    """

    name: str
    """ISO 639-1."""

    english_name: str
    """For people."""

    onsets: str
    """What a syllable can begin with."""

    nuclei: str
    """Vowels of stressed syllables, and of all where `reduced` is empty."""

    codas: str
    """What a syllable can end with."""

    reduced: str = ""
    """Vowels of unstressed syllables."""

    codas_within: str = ""
    """What a syllable inside a word can end with, where that is less than `codas`."""

    syllable_counts: tuple[int, ...] = (3, 4, 2, 1)
    """How frequent words of 1, 2, 3, ... syllables are."""

    stress: str = "free"
    """"initial", "penultimate", "final", "free" or "none" (tones or pitch accent instead)."""

    timing: str = "stress"
    """"stress", "syllable" or "mora": what comes at even intervals."""

    pace: float = 1.0
    """Speed relative to the phonemes' usual durations."""

    tones: tuple[str, ...] = ()
    """Lexical tones as levels 1..5; a syllable takes one."""

    pitch_accent: bool = False
    """Whether words have a fall in pitch at one of their syllables, as in Japanese."""

    accent: float = 1.0
    """Size of accents: 1 high, negative where stressed syllables are low."""

    continuation: float = 2.0
    """Rise before a pause within a sentence, semitones."""

    question: float = 5.0
    """Rise at a question's end, semitones."""

    aspirated: bool = False
    """Whether voiceless stops before a stressed vowel are aspirated."""

    rules: str = ""
    """Letter-to-sound rules, see `vultus.world.speech.spelling`."""

    words: Mapping[str, str] = field(default_factory=dict)
    """Words that the rules get wrong, in IPA."""

    digits: tuple[str, ...] = ()
    """How 0..9 are written out."""

    @cached_property
    def onset_weights(self) -> dict[Cluster, float]:
        """Shares of `onsets`."""
        return _weights(self.onsets)

    @cached_property
    def coda_weights(self) -> dict[Cluster, float]:
        """Shares of `codas`."""
        return _weights(self.codas)

    @cached_property
    def inner_coda_weights(self) -> dict[Cluster, float]:
        """Shares of the codas inside words."""
        return _weights(self.codas_within or self.codas)

    @cached_property
    def nucleus_weights(self) -> dict[Cluster, float]:
        """Shares of `nuclei`."""
        return _weights(self.nuclei)

    @cached_property
    def reduced_weights(self) -> dict[Cluster, float]:
        """Shares of the vowels of unstressed syllables."""
        return _weights(self.reduced or self.nuclei)

    @cached_property
    def inventory(self) -> frozenset[str]:
        """Every sound of the language."""
        lists = (self.onset_weights, self.coda_weights, self.nucleus_weights, self.reduced_weights)
        return frozenset(symbol for weights in lists for cluster in weights for symbol in cluster)


@cache
def _weights(listed: str) -> dict[Cluster, float]:
    """Shares that sum to 1."""
    weights: dict[Cluster, float] = {}
    for item in listed.split():
        sounds, _, times = item.partition("*")
        weights[() if sounds == "-" else tokens(sounds)] = float(times or 1)
    total = sum(weights.values())
    return {cluster: weight / total for cluster, weight in weights.items()}


_NAMES = ("arabic", "chinese", "english", "french", "german", "japanese", "russian", "spanish")

LANGUAGES: Registry[Language] = Registry(
    "language", modules=tuple(f"vultus.world.speech.languages.{name}" for name in _NAMES)
)
"""Every language by its ISO 639-1 name."""


def enter(language: Language) -> Language:
    """Enter a language in `LANGUAGES` under its name."""
    return LANGUAGES.register(language.name)(language)
