# ruff: noqa: RUF001 - IPA letters look like others
import re

import pytest

from vultus.errors import InputError
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.phonemes import tokens
from vultus.world.speech.spelling import rules_of


def test_at_least_the_promised_languages_are_there():
    assert {"ar", "de", "en", "es", "fr", "ja", "ru", "zh"} <= set(LANGUAGES)


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(InputError, match="no language called 'xx'"):
        LANGUAGES["xx"]


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_shares_sum_to_one(name):
    language = LANGUAGES[name]
    for weights in (
        language.onset_weights,
        language.nucleus_weights,
        language.reduced_weights,
        language.coda_weights,
        language.inner_coda_weights,
    ):
        assert sum(weights.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_rules_and_words_give_known_sounds(name):
    language = LANGUAGES[name]
    for rule in rules_of(language.rules):
        tokens(rule.sounds.replace("ˈ", ""))
        assert rule.letters
    for sounds in language.words.values():
        assert tokens(sounds.replace("ˈ", ""))
    assert len(language.digits) == 10


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_sound_systems_differ(name):
    for other in set(LANGUAGES) - {name}:
        mine, theirs = LANGUAGES[name].inventory, LANGUAGES[other].inventory
        assert len(mine & theirs) / len(mine | theirs) < 0.7, other


def test_tones_are_levels():
    for name in LANGUAGES:
        assert all(re.fullmatch("[1-5]+", tone) for tone in LANGUAGES[name].tones)
