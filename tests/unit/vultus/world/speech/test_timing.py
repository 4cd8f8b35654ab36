from itertools import pairwise

import numpy as np
import pytest

from vultus.world.speech import PAUSE, Voice, draw_voice, say
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.phonemes import LONG, phoneme
from vultus.world.speech.timing import placed, timed
from vultus.world.speech.wording import invented_clause


def _vowels_s(utterance, stressed: bool) -> list[float]:
    return [
        phone.duration_s
        for phone in utterance.phones
        if phone.symbol != PAUSE
        and phoneme(phone.symbol).kind == "vowel"
        and (phone.stress > 0.5) == stressed
    ]


def test_stressed_vowels_are_longer_in_english(man: Voice):
    utterance = say(man, "en", 30.0, 1)
    assert np.mean(_vowels_s(utterance, True)) > 1.3 * np.mean(_vowels_s(utterance, False))


def test_morae_are_more_even_than_stressed_languages(man: Voice):
    def unevenness(name: str) -> float:
        beats: dict[int, list[float]] = {}
        for phone in say(man, name, 40.0, 1).phones:
            if phone.symbol != PAUSE:
                length_s, morae = beats.setdefault(phone.syllable, [0.0, 1])
                more = name == "ja" and (phone.symbol == "ɴ" or phone.symbol.endswith(LONG))
                beats[phone.syllable] = [length_s + phone.duration_s, morae + more]
        lengths = np.array([length_s / morae for length_s, morae in beats.values()])
        return float(lengths.std() / lengths.mean())

    assert unevenness("ja") < 0.85 * unevenness("en")


def test_fast_speakers_say_more():
    base = draw_voice(3).to_json()
    slow, fast = (Voice.from_json(base | {"speed": speed}) for speed in (0.85, 1.2))
    counts = [len(say(voice, "es", 20.0, 2).phones) for voice in (slow, fast)]
    assert counts[1] > 1.2 * counts[0]


@pytest.mark.parametrize("longer_s", [None, 0.0, -0.1, 0.35])
def test_clauses_and_pauses_tile_the_time(longer_s, man: Voice):
    rng = np.random.default_rng(0)
    language = LANGUAGES["en"]
    spoken = [timed(invented_clause(language, rng, "statement"), language, man, rng).without_last_word()]
    total_s = None if longer_s is None else spoken[0].duration_s + 0.4 + longer_s
    phones, phrases = placed(spoken, [0.2, 0.2], total_s)
    assert phones[0].start_s == 0
    assert all(before.end_s == after.start_s for before, after in pairwise(phones))
    assert all(phone.duration_s > 0 for phone in phones)
    assert phones[0].symbol == phones[-1].symbol == PAUSE
    assert total_s is None or phones[-1].end_s == total_s
    assert (phrases[0].start_s, phrases[0].end_s) == (phones[1].start_s, phones[-2].end_s)


def test_a_word_less_is_a_clause_less_long(man: Voice):
    rng = np.random.default_rng(0)
    clause = timed(invented_clause(LANGUAGES["de"], rng, "question"), LANGUAGES["de"], man, rng)
    shorter = clause.without_last_word()
    assert len(shorter.clause.words) == len(clause.clause.words) - 1
    assert shorter.phones == clause.phones[: len(shorter.phones)]
    assert shorter.duration_s < clause.duration_s
