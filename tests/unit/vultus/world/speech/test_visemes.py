import pytest

from vultus.face.arkit import ARKIT_52
from vultus.world.speech import PAUSE
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.phonemes import phoneme
from vultus.world.speech.visemes import SHAPES, SIDED, viseme


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_every_sound_has_a_mouth_within_range(name):
    for symbol in LANGUAGES[name].inventory:
        mouth = viseme(symbol)
        for targets in (mouth.targets, mouth.glide or {}):
            assert set(targets) <= set(SHAPES)
            assert all(0 <= value <= 1 for value in targets.values()), symbol
        assert all(0 < value <= 1 for value in (*mouth.firmness.values(), mouth.usual)), symbol


def test_shapes_are_arkits():
    for name in SHAPES:
        assert (f"{name}Left" in ARKIT_52) if name in SIDED else (name in ARKIT_52)


def test_lips_meet_for_bilabials_only():
    met = {symbol for name in LANGUAGES for symbol in LANGUAGES[name].inventory if viseme(symbol).closed == 1}
    assert met
    assert all(phoneme(symbol).place == "bilabial" for symbol in met)
    assert {"m", "b", "p"} <= met


def test_openness_and_rounding_order_the_vowels():
    assert viseme("a").targets["jawOpen"] > viseme("ɛ").targets["jawOpen"] > viseme("i").targets["jawOpen"]
    assert viseme("u").targets["mouthPucker"] > viseme("ɔ").targets["mouthPucker"] > 0
    assert viseme("i").targets["mouthPucker"] == 0
    assert viseme("i").targets["mouthStretch"] > viseme("a").targets["mouthStretch"]


def test_a_pause_is_a_mouth_at_rest():
    assert not viseme(PAUSE).targets
