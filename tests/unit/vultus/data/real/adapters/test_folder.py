import pytest

from vultus.data.real.sources import SOURCES
from vultus.errors import InputError


def _touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_people_and_files_are_clips(tmp_path):
    _touch(tmp_path, "ann/a.mp4", "ann/day2/b.mov", "bob.mp4", "bob.txt", "cat.png")
    items = list(SOURCES["folder"](tmp_path))
    assert [(item.id, item.person) for item in items] == [
        ("ann/a", "ann"),
        ("ann/day2-b", "ann"),
        ("bob/bob", "bob"),
        ("cat/cat", "cat"),
    ]


def test_files_that_differ_in_the_suffix_alone_are_two_items(tmp_path):
    _touch(tmp_path, "a.mp4", "a.png", "p/a.mp4", "p/a.mov")
    assert [item.id for item in SOURCES["folder"](tmp_path)] == [
        "a.mp4/a.mp4",
        "a.png/a.png",
        "p/a.mov",
        "p/a.mp4",
    ]


def test_one_file_is_one_item(tmp_path):
    _touch(tmp_path, "talk.mp4")
    (item,) = SOURCES["folder"](tmp_path / "talk.mp4")
    assert (item.id, item.path) == ("talk/talk", tmp_path / "talk.mp4")


def test_items_are_listed_lazily(tmp_path):
    _touch(tmp_path, "a/1.mp4", "b/1.mp4")
    items = SOURCES["folder"](tmp_path)
    assert next(items).id == "a/1"
    (tmp_path / "b" / "2.mp4").touch()
    assert [item.id for item in items] == ["b/1", "b/2"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        next(SOURCES["folder"](tmp_path / "nowhere"))


def test_an_unknown_source_names_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'voxceleb[12]'"):
        SOURCES["voxceleb"]
