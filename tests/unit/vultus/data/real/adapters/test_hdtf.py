import pytest

from vultus.data.real.sources import SOURCES
from vultus.errors import InputError


@pytest.fixture
def hdtf(tmp_path):
    lists = tmp_path / "HDTF_dataset"
    lists.mkdir()
    (lists / "RD_annotion_time.txt").write_text(
        "Radio11.mp4 00:30-01:00 01:30-02:30\nRadio34.mp4 1:02:03-1:02:10\n"
    )
    (lists / "RD_crop_wh.txt").write_text("Radio11_0.mp4 412 599 0 599\nRadio11_1.mp4 557 478 10 478\n")
    (lists / "RD_resolution.txt").write_text("Radio11.mp4 720\n")
    (lists / "WDA_annotion_time.txt").write_text("WDA_X1.mp4 00:10-00:05 00:01-00:02\n")
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "Radio11.mkv").touch()
    return tmp_path


def test_every_interval_is_an_item(hdtf):
    items = {item.id: item for item in SOURCES["hdtf"](hdtf)}
    assert list(items) == [
        "Radio/Radio11_0",
        "Radio/Radio11_1",
        "Radio/Radio34_0",
        "WDA_X/WDA_X1_0",
        "WDA_X/WDA_X1_1",
    ]
    assert (items["Radio/Radio11_1"].start_s, items["Radio/Radio11_1"].end_s) == (90.0, 150.0)
    assert (items["Radio/Radio34_0"].start_s, items["Radio/Radio34_0"].end_s) == (3723.0, 3730.0)


def test_windows_are_left_width_top_height_at_the_listed_height(hdtf):
    first, second, third, *_ = SOURCES["hdtf"](hdtf)
    assert (first.box_px, first.box_frame_px) == ((412.0, 0.0, 1011.0, 599.0), (720, 0))
    assert second.box_px == (557.0, 10.0, 1035.0, 488.0)
    assert third.box_px is None


def test_the_video_may_be_of_any_container(hdtf):
    first, *_ = SOURCES["hdtf"](hdtf)
    assert first.path == hdtf / "videos" / "Radio11.mkv"


def test_an_interval_that_ends_before_it_begins_is_named(hdtf):
    *_, bad, good = SOURCES["hdtf"](hdtf)
    assert "00:10-00:05" in bad.fault
    assert (good.fault, good.start_s) == ("", 1.0)


def test_a_folder_without_lists_is_refused(tmp_path):
    with pytest.raises(InputError, match="RD_annotion_time"):
        next(SOURCES["hdtf"](tmp_path))
