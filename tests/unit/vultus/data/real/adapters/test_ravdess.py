import pytest

from vultus.data.real.sources import SOURCES
from vultus.errors import InputError


def _touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.touch()


def test_codes_of_the_name_are_spelt_out(tmp_path):
    _touch(tmp_path, "Actor_12/01-02-06-01-02-01-12.mp4")
    (item,) = SOURCES["ravdess"](tmp_path)
    assert (item.id, item.person, item.language) == ("Actor_12/01-02-06-01-02-01-12", "Actor_12", "en")
    assert item.extra == {
        "modality": "audio and video",
        "channel": "song",
        "emotion": "fearful",
        "intensity": "normal",
        "statement": "Dogs are sitting by the door",
        "repetition": 1,
        "sex": "female",
    }


def test_the_silent_twin_of_a_performance_is_left_out(tmp_path):
    pair = ("Actor_01/01-01-01-01-01-01-01.mp4", "Actor_01/02-01-01-01-01-01-01.mp4")
    _touch(tmp_path, *pair, "Actor_01/02-01-03-01-01-02-01.mp4", "Actor_01/holiday.mp4")
    found = [item.path.stem for item in SOURCES["ravdess"](tmp_path)]
    assert found == ["01-01-01-01-01-01-01", "02-01-03-01-01-02-01"]


def test_a_folder_of_other_videos_is_refused(tmp_path):
    _touch(tmp_path, "Actor_01/01-01-09-01-01-01-01.mp4")
    with pytest.raises(InputError, match="RAVDESS"):
        next(SOURCES["ravdess"](tmp_path))
