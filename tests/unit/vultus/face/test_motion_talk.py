import numpy as np

from vultus.face import motion_talk  # noqa: F401  it enters itself into MOTIONS
from vultus.face.motion_clips import motion_of


def test_lips_shut_while_the_jaw_is_closed():
    motion = motion_of("talk", 100.0)
    shut = motion.lips_shut > 0.9
    assert shut.any()
    assert motion.expression["jawOpen"][shut].max() < 0.1


def test_both_sides_move_alike():
    expression = motion_of("talk", 25.0).expression
    for name in ("mouthSmile", "mouthStretch", "mouthLowerDown"):
        np.testing.assert_array_equal(expression[name + "Left"], expression[name + "Right"])


def test_vowels_differ():
    expression = motion_of("talk", 100.0).expression
    jaw, pucker, smile = (expression[name] for name in ("jawOpen", "mouthPucker", "mouthSmileLeft"))
    assert pucker[jaw > 0.45].max() < 0.2
    assert (smile * pucker).max() < 0.05


def test_the_speaker_blinks_between_phrases():
    motion = motion_of("talk", 100.0)
    shut = motion.expression["eyeBlinkLeft"] > 0.99
    assert shut.any()
    assert motion.expression["jawOpen"][shut].max() < 0.3
