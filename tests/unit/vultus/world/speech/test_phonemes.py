# ruff: noqa: RUF001 - IPA letters look like others
import pytest

from vultus.errors import InputError
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.phonemes import LOCI, phoneme, tokens


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_every_sound_of_every_language_is_known_and_sensible(name):
    for symbol in LANGUAGES[name].inventory:
        sound = phoneme(symbol)
        assert 0.02 <= sound.duration_s <= 0.3, symbol
        assert sound.formants_hz[0] < sound.formants_hz[1] < sound.formants_hz[2], symbol
        assert (sound.kind == "vowel") == (sound.place not in LOCI), symbol
        assert tokens(symbol) == (symbol,)


def test_marks_change_what_they_stand_for():
    assert phoneme("aː").duration_s == pytest.approx(1.5 * phoneme("a").duration_s)
    assert phoneme("tʰ").aspiration_s > 2 * phoneme("t").aspiration_s
    assert phoneme("tʲ").formants_hz[1] > phoneme("t").formants_hz[1]
    assert phoneme("tˤ").formants_hz[1] < phoneme("t").formants_hz[1]
    assert phoneme("ɔ̃").nasal == 0.9


def test_diphthongs_go_from_one_vowel_to_the_other():
    sound = phoneme("ɔɪ")
    assert sound.formants_hz == phoneme("ɔ").formants_hz
    assert sound.glide_hz == phoneme("ɪ").formants_hz
    assert sound.rounded > sound.rounded_end


def test_affricates_hiss_as_what_they_are_released_into():
    assert phoneme("dʒ").noise == phoneme("ʒ").noise
    assert phoneme("dʒ").voiced
    assert not phoneme("tʃ").voiced


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [("", ()), ("stɹ", ("s", "t", "ɹ")), ("tʃʰaɪn", ("tʃʰ", "aɪ", "n")), ("pfl", ("pf", "l"))],
)
def test_clusters_are_split_into_sounds(cluster, expected):
    assert tokens(cluster) == expected


def test_no_sound_is_refused_by_name():
    with pytest.raises(InputError, match="'7'"):
        tokens("a7")
    with pytest.raises(InputError, match="'%'"):
        phoneme("%")
