"""Languages: sounds, syllables, rhythm and melody."""

from dataclasses import dataclass

from vultus.registry import Registry


@dataclass(frozen=True)
class Language:
    """How a language sounds."""

    name: str
    """ISO 639-1."""

    english_name: str
    """For people."""


LANGUAGES: Registry[Language] = Registry("language")
