"""Invented speech with exact timing, and the mouth that goes with it."""

from vultus.world.speech.articulation import articulate
from vultus.world.speech.languages import LANGUAGES, Language
from vultus.world.speech.speaking import SYNTHESISERS, say, speak
from vultus.world.speech.utterance import PAUSE, Phone, Phrase, Utterance
from vultus.world.speech.voices import Voice, draw_voice

__all__ = [
    "LANGUAGES",
    "PAUSE",
    "SYNTHESISERS",
    "Language",
    "Phone",
    "Phrase",
    "Utterance",
    "Voice",
    "articulate",
    "draw_voice",
    "say",
    "speak",
]
