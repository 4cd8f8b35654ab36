# ruff: noqa: RUF001 - IPA letters look like others
import numpy as np
import pytest

from vultus.errors import InputError
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.spelling import clauses


def _ipa(text: str, name: str) -> str:
    read = clauses(text, LANGUAGES[name], np.random.default_rng(0))
    return " ".join(
        "".join("".join(syllable.sounds) + syllable.tone for syllable in word.syllables)
        for clause in read
        for word in clause.words
    )


@pytest.mark.parametrize(
    ("name", "text", "ipa"),
    [
        ("en", "The cake, night station", "ðə keɪk naɪt steɪʃən"),
        ("en", "cheap shops sing", "tʃip ʃɑps sɪŋ"),
        ("en", "nature baked knife", "nætʃəɹ beɪkt naɪf"),
        ("de", "Straße Häuser Vögel", "ʃtʁaːsə hɔʏzɐ føːɡəl"),
        ("de", "ich Buch Tag", "ɪç bʊx taːk"),
        ("es", "queso guerra ciudad José", "keso ɡera θjuð̞að̞ xose"),
        ("fr", "enfants l'oiseau jardin", "ɑ̃fɑ̃ lwazo ʒaʁdɛ̃"),
        ("zh", "nǐ hǎo", "ni214 xaʊ214"),
        ("zh", "ni3hao3 lǜsè de", "ni214xaʊ214 ly51sɤ51 tɤ3"),
        ("ja", "tōkyō shinbun kitte", "toːkʲoː ɕiɴbɯɴ kitːe"),
        ("ru", "привет спасибо", "prʲivʲɛt spasʲibo"),
        ("ar", "shukran jazīlan", "ʃʊkran dʒaziːlan"),
    ],
)
def test_known_words_are_read_as_they_sound(name, text, ipa):
    assert _ipa(text, name) == ipa


def test_letters_and_digits_of_all_kinds_are_read():
    assert _ipa("2", "de") == "tsvaɪ"
    assert _ipa("10", "en") == "wʌn zɪɹoʊ"
    assert _ipa("FAÇADE", "en") == _ipa("facade", "en")


def test_punctuation_makes_phrases():
    kinds = [
        clause.kind for clause in clauses("One, two. Three? Four", LANGUAGES["en"], np.random.default_rng(0))
    ]
    assert kinds == ["continuation", "statement", "question", "statement"]


def test_function_words_are_not_stressed():
    (clause,) = clauses("the house of stone", LANGUAGES["en"], np.random.default_rng(0))
    assert [word.content for word in clause.words] == [False, True, False, True]
    assert [max(syllable.stress for syllable in word.syllables) > 0 for word in clause.words] == [0, 1, 0, 1]


def test_quotation_marks_and_hyphens_are_skipped():
    assert _ipa("“well-known” (names)", "en") == _ipa("well known names", "en")


@pytest.mark.parametrize(
    ("name", "text", "named"), [("zh", "你好", "你"), ("en", "5 % off", "%"), ("ja", "あ", "あ")]
)
def test_characters_without_a_sound_are_refused_by_name(name, text, named):
    with pytest.raises(InputError, match=f"no sound for '{named}'"):
        _ipa(text, name)


@pytest.mark.parametrize("text", ["", "  ", "...", "“”"])
def test_nothing_to_say_is_refused(text):
    with pytest.raises(InputError, match="can be said"):
        _ipa(text, "en")


def test_no_pinyin_is_refused():
    with pytest.raises(InputError, match="pinyin"):
        _ipa("xkcd", "zh")
