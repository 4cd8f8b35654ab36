from pathlib import Path

import pytest

from vultus.data.real.opening import open_item
from vultus.data.real.sources import SourceItem
from vultus.errors import InputError, MediaError


@pytest.fixture(scope="module")
def clip(film, tmp_path_factory):
    return film(tmp_path_factory.mktemp("clip") / "a.mp4", frames=50)


def _item(path, **fields):
    return SourceItem(id="a/a", person="a", path=Path(path), **fields)


def test_a_part_of_a_video_has_the_frames_between_its_moments(clip):
    opened = open_item(_item(clip, start_s=0.4, end_s=1.0))
    assert [frame.index for frame in opened] == list(range(10, 25))
    assert [frame.index for frame in opened] == list(range(10, 25))
    assert next(iter(opened)).time_s == pytest.approx(0.4)


def test_a_still_is_one_frame(portrait):
    opened = open_item(_item(portrait))
    assert opened.still
    assert [frame.rgb.shape for frame in opened] == [(512, 512, 3)]
    assert opened.notes() == []


@pytest.mark.parametrize(
    ("box", "unit"),
    [
        ((100.0, 50.0, 200.0, 150.0), None),
        ((200.0, 100.0, 400.0, 300.0), (640, 0)),
        ((0.3125, 0.15625, 0.625, 0.46875), (1, 1)),
    ],
)
def test_boxes_count_in_what_their_source_says(clip, box, unit):
    region = open_item(_item(clip, box_px=box, box_frame_px=unit)).region()
    assert (region.left_px, region.top_px, region.side_px) == (60, 10, 180)


def test_without_a_box_the_face_may_be_anywhere(clip):
    assert open_item(_item(clip)).region() is None


def test_a_box_beyond_the_frames_is_named(clip):
    with pytest.raises(InputError, match="outside frames of 320x320"):
        open_item(_item(clip, box_px=(900.0, 900.0, 1000.0, 1000.0))).region()


def test_a_faulty_description_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(MediaError, match="odd interval"):
        open_item(_item(tmp_path, fault="odd interval"))
    with pytest.raises(MediaError, match=r"gone\.mp4"):
        open_item(_item(tmp_path / "gone.mp4"))
