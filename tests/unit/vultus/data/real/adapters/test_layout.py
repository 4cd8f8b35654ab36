import pytest

from vultus.data.real.adapters.layout import PICTURE_SUFFIXES, VIDEO_SUFFIXES, clean, files_below, video_named
from vultus.data.sets.cards import require_name


@pytest.mark.parametrize(
    "name", ["id10001", "Ann Lee", "ж", "a/b", "..", "", ".hidden", "x" * 200, "a\nb", "-start", "end."]
)
def test_cleaned_names_can_be_folders_of_a_set(name):
    assert require_name(clean(name), "person")


def test_names_that_differ_stay_different():
    names = ["a b", "a-b", "a_b", "a  b", "A b", "x" * 90, "x" * 91]
    assert len({clean(name) for name in names}) == len(names)


def test_files_come_in_the_order_of_their_names_without_hidden_ones(tmp_path):
    for name in ("b/2.mp4", "a/1.MP4", "b/1.mp4", ".trash/1.mp4", "c.mp4", "a/.part.mp4", "a/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [str(path.relative_to(tmp_path)) for path in files_below(tmp_path, VIDEO_SUFFIXES)]
    assert found == ["a/1.MP4", "b/1.mp4", "b/2.mp4", "c.mp4"]


def test_a_link_to_a_folder_is_not_followed_round_and_round(tmp_path):
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "a.png").touch()
    assert [path.name for path in files_below(tmp_path, PICTURE_SUFFIXES)] == ["a.png"]


def test_a_video_is_found_whatever_its_container(tmp_path):
    (tmp_path / "clip.webm").touch()
    assert video_named(tmp_path, "clip") == tmp_path / "clip.webm"
    assert video_named(tmp_path, "other") is None
