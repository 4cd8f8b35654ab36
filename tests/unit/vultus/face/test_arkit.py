from vultus.face.arkit import ARKIT_52
from vultus.face.models import load_morphable


def test_there_are_52_names_and_sides_come_in_pairs():
    assert len(ARKIT_52) == 52
    left = {name.removesuffix("Left") for name in ARKIT_52 if name.endswith("Left")}
    right = {name.removesuffix("Right") for name in ARKIT_52 if name.endswith("Right")}
    assert left - right == right - left == {"jaw", "mouth"} - {"jaw", "mouth"}


def test_the_built_in_head_knows_them_all():
    assert set(load_morphable("builtin").expression_names) >= ARKIT_52
