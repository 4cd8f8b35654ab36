import numpy as np
import pytest

from vultus.errors import InputError
from vultus.speech.transcript import OTHER, character_classes, one_hot


def test_a_character_is_heard_five_frames_early_until_the_next():
    classes = character_classes("ab", [1.0, 1.2], duration_s=2.0)
    current = classes[:, 4]
    assert current.tolist() == [OTHER] * 20 + [0] * 5 + [1] * 25


def test_the_window_repeats_the_ends():
    classes = character_classes("a", [0.0], duration_s=0.4)
    assert classes.shape == (10, 8)
    assert (classes == 0).all()


def test_no_speech_is_all_other():
    assert (character_classes("", [], duration_s=1.0) == OTHER).all()


@pytest.mark.parametrize("character", ["A", "é", " ", "'", "1"])
def test_everything_but_a_to_z_is_other(character):
    assert (character_classes(character, [0.0], duration_s=0.2) == OTHER).all()


def test_starts_must_match():
    with pytest.raises(InputError, match="2 characters have 1 start"):
        character_classes("ab", [0.0], duration_s=1.0)


def test_one_hot_has_a_single_one_in_each_block():
    values = one_hot(character_classes("xyz", [0.1, 0.2, 0.3], duration_s=1.0))
    assert values.shape == (25, 216)
    np.testing.assert_array_equal(values.reshape(25, 8, 27).sum(-1), 1)
