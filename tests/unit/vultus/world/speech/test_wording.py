import numpy as np
import pytest

from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.wording import invented_clause, lexicon, syllabified


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_invented_words_obey_the_phonotactics(name):
    language = LANGUAGES[name]
    nuclei = language.nucleus_weights.keys() | language.reduced_weights.keys()
    for word in lexicon(name, language):
        for syllable in word.syllables:
            assert syllable.onset in language.onset_weights
            assert (syllable.nucleus,) in nuclei
            assert syllable.coda in language.coda_weights or syllable.coda in language.inner_coda_weights


@pytest.mark.parametrize("name", ["en", "de", "es", "fr", "ru", "ar"])
def test_content_words_have_one_stress(name):
    for word in lexicon(name, LANGUAGES[name]):
        assert sum(syllable.stress > 0 for syllable in word.syllables) == word.content


def test_where_the_stress_falls():
    firsts = [word.syllables[0].stress for word in lexicon("de", LANGUAGES["de"]) if word.content]
    lasts = [word.syllables[-1].stress for word in lexicon("fr", LANGUAGES["fr"]) if word.content]
    assert min(firsts) == min(lasts) == 1


def test_every_chinese_syllable_has_a_tone_and_japanese_words_fall_once_at_most():
    for word in lexicon("zh", LANGUAGES["zh"]):
        assert all(syllable.tone in LANGUAGES["zh"].tones for syllable in word.syllables)
    for word in lexicon("ja", LANGUAGES["ja"]):
        assert "".join(syllable.tone for syllable in word.syllables).count("42") <= 1


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_clauses_end_with_a_content_word_and_have_one_full_accent(name):
    rng = np.random.default_rng(3)
    for _ in range(20):
        clause = invented_clause(LANGUAGES[name], rng, "statement")
        assert clause.words[-1].content
        stresses = [syllable.stress for word in clause.words for syllable in word.syllables]
        assert stresses.count(1.0) == (LANGUAGES[name].stress != "none")


def test_the_longest_onset_that_is_allowed_goes_to_the_next_syllable():
    cut = syllabified(("æ", "s", "t", "ɹ", "oʊ", "n", "t", "k", "ə"), LANGUAGES["en"], 4)
    assert [syllable.onset for syllable in cut] == [(), ("s", "t", "ɹ"), ("k",)]
    assert [syllable.stress for syllable in cut] == [0, 1, 0]


def test_a_word_without_a_vowel_is_one_syllable():
    (only,) = syllabified(("v",), LANGUAGES["ru"])
    assert only.sounds == ("v",)
