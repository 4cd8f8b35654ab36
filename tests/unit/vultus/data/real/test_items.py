import numpy as np
import pytest

from vultus.data.media import VideoWriter
from vultus.data.real.build import build_set
from vultus.data.real.failing import is_disk_full
from vultus.data.real.making import Making
from vultus.data.real.recipes import RECIPES, Recipe
from vultus.data.real.sources import SourceItem
from vultus.data.sets import ClipSet

SMALL = RECIPES["gdpw-256"].replace(name="small", size_px=64)

TEXT = """Identity  : \tid1
Reference : \tpair
FRAME \tX \tY \tW \tH
000010 \t{left} \t0.125 \t0.2 \t0.5
000039 \t{left} \t0.125 \t0.2 \t0.5
"""


@pytest.fixture
def pair(pan, tmp_path):
    """A video with two faces side by side, the right one mirrored, and a description of each."""
    (tmp_path / "videos").mkdir()
    with VideoWriter(tmp_path / "videos" / "pair.mp4", (320, 640), 25.0) as video:
        for index in range(50):
            video.write(np.concatenate([pan(index), pan(index)[:, ::-1]], axis=1))
    for person, left in (("id1", 0.15), ("id2", 0.65)):
        (tmp_path / "txt" / person / "pair").mkdir(parents=True)
        (tmp_path / "txt" / person / "pair" / "00001.txt").write_text(TEXT.format(left=left))
    return tmp_path


def test_the_sources_box_says_which_face_is_meant_and_when(pair, tmp_path_factory):
    root = tmp_path_factory.mktemp("set")
    report = build_set(pair, root / "set", Making(source="voxceleb2", recipe=SMALL))
    assert report.without_clips == {}
    clips = {clip.card.person: clip for clip in ClipSet.open(root / "set").clips()}
    assert sorted(clips) == ["id1", "id2"]
    for person, half in (("id1", 0), ("id2", 320)):
        card = clips[person].card
        assert card.frames == 30
        assert card.extra["first_frame"] == 10
        assert card.extra["source"] == {"reference": "pair"}
        assert len(card.extra["crop_left_top_side_px"]) == 30  # this recipe places every frame by itself
        assert all(
            half < left + side / 2 < half + 320 for left, _, side in card.extra["crop_left_top_side_px"]
        )
    left, right = (next(iter(clips[person].frames())).astype(int) for person in ("id1", "id2"))
    assert np.abs(left - right[:, ::-1]).mean() < 0.4 * np.abs(left - right).mean()


def test_what_decides_a_clip_changes_the_digest_of_its_input(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"one")
    item, making = SourceItem("a/a", "a", path), Making(source="folder", recipe=SMALL)
    first = making.input_digest(item)
    (tmp_path / "moved").mkdir()
    moved = tmp_path / "moved" / "a.mp4"
    moved.write_bytes(b"one")
    assert making.input_digest(SourceItem("a/a", "a", moved)) == first
    others = {
        making.input_digest(SourceItem("a/a", "a", path, end_s=3.0)),
        Making(source="folder", recipe=SMALL.replace(version=2)).input_digest(item),
        Making(source="folder", recipe=SMALL, crf=20).input_digest(item),
    }
    path.write_bytes(b"two")
    others.add(making.input_digest(item))
    assert len(others | {first}) == 5


def test_every_recipe_says_where_it_is_from_and_has_a_digest_of_its_own():
    recipes = [RECIPES[name] for name in RECIPES]
    assert all(isinstance(recipe, Recipe) for recipe in recipes)
    assert len({recipe.digest for recipe in recipes}) == len(recipes) >= 6
    assert all(recipe.name == name for recipe, name in zip(recipes, RECIPES, strict=True))
    assert all(recipe.stands_in for recipe in recipes if recipe.source)


def test_a_full_disk_is_seen_through_what_was_raised_from_it():
    failure = ValueError("cannot write")
    failure.__cause__ = OSError(28, "No space left on device")
    assert is_disk_full(failure)
    assert not is_disk_full(OSError(2, "No such file"))
