"""Who takes part, and whose videos cannot."""

import shutil
import sys
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from vultus import registry
from vultus.data.media import VideoWriter
from vultus.errors import InputError
from vultus.methods.base import METHODS
from vultus.metrics.leaderboard.contestants import Dropped, Rendered, choose_contestants, code_digest
from vultus.metrics.leaderboard.running import LeaderboardPlan, check_outputs, run_leaderboard


def write(path, frames, side_px=128):
    path.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(path, (side_px, side_px), 4.0) as video:
        for grey in range(frames):
            video.write(np.full((side_px, side_px, 3), 40 * grey, np.uint8))


@pytest.fixture
def outputs(split, data, tmp_path):
    """The drivers' own videos, as if a method had made them."""
    for pair in split.self_pairs:
        target = tmp_path / "theirs" / "copycat" / f"{pair.id}.mp4"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data / "clips" / pair.driving / "video.mp4", target)
    return tmp_path / "theirs"


def test_all_that_can_be_had_take_part_controls_first(outputs):
    contestants, left_out = choose_contestants(None, outputs)
    names = [one.name for one in contestants]
    assert names[:2] == ["copy-source", "identity"]
    assert {"warp", "copycat"} <= set(names)
    assert not set(left_out) & set(names)
    assert [one.control for one in contestants][:2] == [True, True]
    assert not any(one.control for one in contestants[2:])


def test_named_ones_come_in_the_order_of_their_names(outputs):
    contestants, _ = choose_contestants(["warp", "copycat", "identity"], outputs)
    assert [one.name for one in contestants] == ["warp", "copycat", "identity"]


def test_an_entry_point_brings_a_method(monkeypatch):
    point = EntryPoint("guest", "vultus.methods.warp.model:Warp", "vultus.methods")
    monkeypatch.setattr(
        registry, "entry_points", lambda group: EntryPoints([point] if group == "vultus.methods" else [])
    )
    try:
        names = [one.name for one in choose_contestants()[0]]
    finally:
        METHODS._things.pop("guest", None)
    assert "guest" in names


@pytest.mark.parametrize(
    ("names", "folder", "said"),
    [
        (["wrap"], None, "no contestant called 'wrap'"),
        (None, "nowhere", "there is no folder"),
        (None, "taken", "has the name of a method that is here already"),
    ],
)
def test_wrong_names_are_told(names, folder, said, tmp_path):
    (tmp_path / "taken" / "warp").mkdir(parents=True)
    with pytest.raises(InputError, match=said):
        choose_contestants(names, tmp_path / folder if folder else None)


def test_videos_in_a_folder_are_scored_as_the_clips_they_copy(split, data, outputs, kept):
    contestants, _ = choose_contestants(["copycat"], outputs)
    plan = LeaderboardPlan(split, contestants, modes=("self",), metrics=["l1[0..255]"])
    board = run_leaderboard(plan, data, kept)
    row = board.tables[0].rows[0]
    assert (row.pairs, row.failed, row.frames) == (2, 0, 8)
    assert row.totals["l1[0..255]"].value == 0


def test_another_video_is_another_result(split, data, outputs, kept):
    contestants, _ = choose_contestants(["copycat"], outputs)
    plan = LeaderboardPlan(split, contestants, modes=("self",), metrics=["l1[0..255]"], limit=1)
    run_leaderboard(plan, data, kept)
    write(outputs / "copycat" / "self" / "00.mp4", 4)
    board = run_leaderboard(plan, data, kept)
    assert board.tables[0].rows[0].totals["l1[0..255]"].value > 10


def test_videos_that_cannot_be_scored_are_all_named(split, outputs):
    pairs = [*split.self_pairs, *split.cross_pairs]
    theirs = outputs / "copycat"
    write(theirs / "self" / "00.mp4", 3)
    write(theirs / "self" / "01.mp4", 4, side_px=64)
    with pytest.raises(InputError) as caught:
        check_outputs(split, [Dropped("copycat", theirs)], pairs)
    assert "00.mp4 has 3 frames, not 4, and 2 more" in caught.value.message
    faults = caught.value.metadata["faults"]
    assert "01.mp4 is 64x64 px, not 128x128" in faults
    assert "cross/00.mp4 is missing" in faults


def test_what_is_no_video_is_named(split, outputs):
    path = outputs / "copycat" / "self" / "00.mp4"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"00\.mp4"):
        check_outputs(split, [Dropped("copycat", outputs / "copycat")], split.self_pairs[:1])


def test_a_methods_digest_is_that_of_its_code(split, tmp_path, monkeypatch):
    package = tmp_path / "guestmethod"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "model.py").write_text("WIDTH = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("guestmethod.model")
    before = code_digest("guestmethod.model")
    assert code_digest("guestmethod.model") == before
    (package / "model.py").write_text("WIDTH = 2\n")
    assert code_digest("guestmethod.model") != before
    for name in ("guestmethod.model", "guestmethod"):
        del sys.modules[name]
    assert Rendered("warp").digest(split.self_pairs[0]) == code_digest("vultus.methods.warp.model")
