import os

import pytest

from vultus.data.media.limits import SIDE_PX, VIDEO_PX, require_size
from vultus.data.media.sources import label_of, require_file
from vultus.errors import MediaError


def test_ordinary_files_pass(tmp_path, monkeypatch):
    (tmp_path / "a.mp4").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    relative = (tmp_path / "a.mp4").relative_to(tmp_path)
    assert require_file(relative, "video") == (tmp_path / "a.mp4").resolve()


def test_pipes_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "pipe" / "below"):
        with pytest.raises(MediaError, match="cannot read video"):
            require_file(path, "video")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_forbidden_files_are_said_to_be(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "a.mp4").chmod(0)
    with pytest.raises(MediaError, match="permission denied"):
        require_file(tmp_path / "a.mp4", "video")


def test_messages_stay_on_one_line(tmp_path):
    with pytest.raises(MediaError) as caught:
        require_file(tmp_path / "two\nlines.mp4", "video")
    assert "\n" not in str(caught.value)
    assert label_of("video", tmp_path) == f"video '{tmp_path}'"


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (4097, 4096), (SIDE_PX + 1, 1)])
def test_sizes_outside_the_limits(width, height):
    with pytest.raises(MediaError, match=f"{width}x{height} px"):
        require_size("video 'a'", width, height, VIDEO_PX)


def test_the_largest_size_passes():
    assert require_size("video 'a'", 4096, 4096, VIDEO_PX) is None
