"""Languages: sounds, syllables, rhythm, melody and spelling."""

from vultus.world.speech.languages.language import LANGUAGES, Language

__all__ = ["LANGUAGES", "Language"]
