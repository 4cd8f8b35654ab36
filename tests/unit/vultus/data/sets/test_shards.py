import json
import tarfile
from dataclasses import asdict, replace

import pytest

from vultus.data.sets import ClipDamagedError, ClipSet, ShardSet, StoredSet, open_set
from vultus.data.sets.shards import plan_shards, read_index, write_index, write_shard
from vultus.data.sets.splits import assign_by_person
from vultus.errors import InputError

MB = 0.3
"""Gives several shards of two or three clips."""


def shard(root, out, max_mb=MB):
    clip_set = ClipSet.open(root)
    out.mkdir(exist_ok=True)
    plans = list(plan_shards(clip_set, max_mb))
    return write_index(clip_set, [write_shard(clip_set, plan, out) for plan in plans], out)


@pytest.fixture
def divided(stored):
    clip_set = ClipSet.open(stored)
    clip_set.assign(assign_by_person((clip.card for clip in clip_set.clips()), (2, 1, 1)), {"by": "person"})
    return stored


@pytest.fixture
def index(divided, tmp_path):
    return shard(divided, tmp_path / "shards")


def test_shards_hold_the_same_clips_as_the_folder(divided, index):
    folder, shards = open_set(divided), open_set(index.parent)
    assert isinstance(folder, StoredSet)
    assert isinstance(shards, StoredSet)
    assert (shards.digest, shards.card) == (folder.digest, folder.card)
    for split in (None, "train", "val", "test"):
        assert shards.ids(split) == folder.ids(split)
    for one, other in zip(folder.clips(), shards.clips(), strict=True):
        assert (one.card, one.digest) == (other.card, other.digest)
        assert [a.tobytes() for a in one.frames(7, 13)] == [a.tobytes() for a in other.frames(7, 13)]
        assert one.track().to_bytes() == other.track().to_bytes()
        assert one.sound(0.1, 0.9).samples.tobytes() == other.sound(0.1, 0.9).samples.tobytes()
        assert [a.tobytes() for a in one.layer("depth", 3)] == [a.tobytes() for a in other.layer("depth", 3)]
    assert shards.verify() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves files open
def test_the_library_that_trainers_use_reads_the_shards(divided, index):
    import webdataset  # noqa: PLC0415 - slow to import

    names = [str(index.parent / card.name) for card in read_index(index).shards]
    samples = list(webdataset.WebDataset(names, shardshuffle=False, empty_check=False))
    clips = {clip.id: clip for clip in ClipSet.open(divided).clips()}
    assert len(samples) == len(clips)
    for sample in samples:
        clip = clips.pop(sample["__key__"].replace("~", "."))
        for name in clip.card.files:
            assert sample[name] == clip.read(name)
        assert json.loads(sample["clip.json"])["files"] == clip.card.files


def test_no_shard_mixes_splits_or_grows_beyond_its_size(divided, index):
    cards = read_index(index).shards
    assert len(cards) > 3
    clip_set = ClipSet.open(divided)
    for card in cards:
        assert {clip_set.clip(clip_id).card.split for clip_id in card.clips} == {card.split}
        with tarfile.open(index.parent / card.name) as tar:
            members = tar.getmembers()
        assert sum(member.size for member in members) <= MB * 1e6 or len(card.clips) == 1
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in members} == {
            (0, 0, 0, "", "", 0o444)
        }


def test_clips_in_no_split_have_shards_of_their_own(stored, tmp_path):
    index = shard(stored, tmp_path / "out", max_mb=100)
    assert [card.name for card in read_index(index).shards] == ["all-000000.tar"]
    assert all(clip.card.split is None for clip in ShardSet.open(index).clips())


def test_equal_sets_give_equal_shards_and_finished_ones_are_kept(divided, index, tmp_path):
    first = read_index(index).shards
    kept = index.parent / first[0].name
    before = kept.stat().st_mtime_ns
    (index.parent / first[1].name).unlink()  # as if killed before it was there
    (index.parent / first[2].name).write_bytes(b"cut")
    (index.parent / f"{first[3].name}.json").unlink()  # as if killed before it was noted
    again = read_index(shard(divided, index.parent)).shards
    elsewhere = read_index(shard(divided, tmp_path / "elsewhere")).shards
    assert again == first == elsewhere
    assert kept.stat().st_mtime_ns == before
    assert ShardSet.open(index).verify() == []


def test_another_division_leaves_no_older_shards(divided, index):
    index = shard(divided, index.parent, max_mb=100)
    names = {card.name for card in read_index(index).shards}
    assert names == {"train-000000.tar", "val-000000.tar", "test-000000.tar"}
    assert {path.name for path in index.parent.glob("*.tar")} == names
    assert len(list(index.parent.iterdir())) == 2 * len(names) + 1


@pytest.mark.parametrize("share", [0.0, 0.01, 0.4, 0.7, 0.99])
def test_a_cut_shard_is_named_and_the_rest_is_read(index, share):
    cards = read_index(index).shards
    victim = max(cards, key=lambda card: len(card.clips))
    path = index.parent / victim.name
    path.write_bytes(path.read_bytes()[: int(share * victim.size_bytes)])
    shards = ShardSet.open(index)
    usable = []
    for clip in shards.clips():
        if not clip.faults():
            usable.append(clip.id)
            assert len(list(clip.frames())) == 30
    others = {clip_id for card in cards if card != victim for clip_id in card.clips}
    assert set(usable) >= others
    assert (set(usable) == {*others, *victim.clips}) == (share == 0.99)  # there only the padding is cut
    assert f"{victim.name}: has {path.stat().st_size} of {victim.size_bytes} bytes" in map(str, shards.faults)
    lost = {*others, *victim.clips} - set(usable)
    assert {fault.where for fault in shards.verify()} == {victim.name, *lost}
    if share > 0.6:  # the first clip lies before the cut
        assert next(iter(victim.clips)) in usable


def test_a_changed_byte_is_found_by_the_clip_it_is_in(index):
    shards = ShardSet.open(index)
    victim = shards.clip("cleo/0.talk")
    path = next(index.parent / card.name for card in shards.shards if victim.id in card.clips)
    data, needle = path.read_bytes(), victim.read("video.mp4")
    at = data.index(needle) + len(needle) // 2
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    again = ShardSet.open(index)
    with pytest.raises(ClipDamagedError, match=r"cleo/0\.talk/video\.mp4: holds"):
        next(again.clip("cleo/0.talk").frames())
    assert {fault.where for fault in again.verify()} == {path.name, "cleo/0.talk"}


def test_a_missing_shard_is_named_and_the_rest_is_read(index):
    cards = read_index(index).shards
    (index.parent / cards[0].name).unlink()
    shards = ShardSet.open(index)
    assert len(list(shards.clips())) == 10 - len(cards[0].clips)
    assert f"{cards[0].name}: missing" in map(str, shards.faults)


def test_a_damaged_clip_is_left_out_and_named(divided, tmp_path):
    (divided / "clips" / "ben" / "0.talk" / "sound.wav").write_bytes(b"RIFF")
    (divided / "clips" / "ada" / "0.talk" / "clip.json").write_bytes(b"{")
    index = shard(divided, tmp_path / "out")
    shards = ShardSet.open(index)
    assert len(list(shards.clips())) == 8
    assert [str(fault) for fault in shards.verify()] == [
        "ada/0.talk/clip.json: is no JSON",
        next(str(fault) for fault in shards.verify() if fault.where == "ben/0.talk"),
    ]
    assert "ben/0.talk/sound.wav" in str(shards.verify()[1])


class Cupboard:
    """A shelf in another folder."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def put(self, path):
        target = self.folder / path.name
        target.write_bytes(path.read_bytes())
        return target.as_uri()

    def holds(self, uri, digest):
        return (self.folder / uri.rpartition("/")[2]).is_file()


def test_shards_may_lie_elsewhere(divided, index, tmp_path):
    clip_set, out = ClipSet.open(divided), tmp_path / "cards"
    out.mkdir()
    shelf = Cupboard(tmp_path / "cup board")
    for _ in range(2):
        cards = [write_shard(clip_set, plan, out, shelf) for plan in plan_shards(clip_set, MB)]
    assert tuple(replace(card, uri="") for card in cards) == read_index(index).shards
    elsewhere = ShardSet.open(write_index(clip_set, cards, out))
    assert not list(out.glob("*.tar"))
    assert elsewhere.verify() == []
    assert len(list(elsewhere.clips("train"))) == len(clip_set.ids("train"))
    (tmp_path / "cup board" / cards[0].name).unlink()
    assert str(elsewhere.verify()[0]) == f"{cards[0].name}: missing"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"shards": [{}]}', '{"shards": [], "card": {}}'])
def test_what_is_no_index_is_refused(tmp_path, text):
    path = tmp_path / "index.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"schema 1|is no index of shards"):
        open_set(tmp_path)
    with pytest.raises(InputError, match="holds no data set"):
        open_set(tmp_path / "nothing")


def test_an_index_does_not_name_files_of_other_machines(index):
    values = json.loads(index.read_bytes())
    values["shards"][0]["uri"] = "https://example.org/a.tar"
    index.write_text(json.dumps(values))
    shards = ShardSet.open(index)
    list(shards.clips())
    assert "is no file" in str(shards.faults[0])
    assert asdict(shards.shards[0])["uri"] == "https://example.org/a.tar"
