import hashlib
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from vultus.data.media import VideoReader, read_sound
from vultus.data.sets import ClipCard, ClipDamagedError, ClipSet, SetCard, StoredClip
from vultus.data.sets.files import FolderFiles
from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError


def card(person="p", clip="c", **changes):
    values = {"source": "world", "fps": 25.0, "frames": 2, "size_px": (32, 32), "duration_s": 0.08}
    return ClipCard(person=person, clip=clip, **{**values, **changes})


def write(clip_set, person="p", clip="c", level=0):
    with clip_set.writer(person, clip) as writer:
        with writer.video((32, 32), 25.0) as video:
            for index in range(2):
                video.write(np.full((32, 32, 3), level + index, np.uint8))
        writer.describe(card(person, clip))


@pytest.fixture
def empty(tmp_path):
    return ClipSet.create(tmp_path / "set", SetCard(name="set", source="world", recipe_digest="sha256:1"))


def test_what_is_written_is_read(stored_once):
    clip_set = ClipSet.open(stored_once)
    assert len(clip_set.ids()) == 10
    clip = clip_set.clip("ben/1.turn")
    folder = stored_once / "clips" / "ben" / "1.turn"
    expected = [frame.rgb for frame in VideoReader(folder / "video.mp4")]
    assert [frame.tobytes() for frame in clip.frames()] == [frame.tobytes() for frame in expected]
    assert clip.track().to_bytes() == Track.load(folder / "track.npz").to_bytes()
    sound = read_sound(folder / "sound.wav")
    np.testing.assert_array_equal(clip.sound().samples, sound.samples)
    assert (clip.sound().rate_hz, len(clip)) == (sound.rate_hz, 30)
    assert clip_set.verify() == []


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (5, 9), (23, 26), (24, 24), (29, 30), (0, 30)])
def test_any_window_is_that_part_of_the_whole(stored_once, start, stop):
    clip = ClipSet.open(stored_once).clip("cleo/0.talk")
    np.testing.assert_array_equal(
        np.array(list(clip.frames(start, stop))).reshape(-1, 64, 64, 3),
        np.array(list(clip.frames()))[start:stop],
    )
    if stop > start:
        assert clip.track(start, stop).time_s.tolist() == clip.track().time_s[start:stop].tolist()
    samples = clip.sound(start / 25, stop / 25).samples
    np.testing.assert_array_equal(samples, clip.sound().samples[:, start * 640 : stop * 640])
    depth = list(clip.layer("depth", start, stop))
    assert len(depth) == stop - start


def test_truth_is_kept_without_loss_and_numpy_reads_it(stored_once):
    clip = ClipSet.open(stored_once).clip("cleo/0.talk")
    with np.load(stored_once / "clips" / "cleo" / "0.talk" / "depth.npz") as archive:
        for index, depth in enumerate(clip.layer("depth")):
            assert depth.dtype == np.float32
            np.testing.assert_array_equal(depth, archive[str(index)])


def test_frames_that_are_not_there_are_refused(stored_once):
    clip = ClipSet.open(stored_once).clip("cleo/0.talk")
    with pytest.raises(InputError, match=r"clip 'cleo/0\.talk' has no frames 20 to 31"):
        clip.frames(20, 31)
    with pytest.raises(ClipDamagedError, match=r"cleo/0\.talk/flow\.npz: the clip has no such file"):
        clip.layer("flow")
    with pytest.raises(InputError, match="no clip 'cleo/7'"):
        ClipSet.open(stored_once).clip("cleo/7")


def test_equal_clips_give_equal_digests_wherever_and_whenever(tmp_path):
    digests = set()
    for name, order in (("one", "ab"), ("two", "ba")):
        clip_set = ClipSet.create(tmp_path / name, SetCard(name="set", source="world"))
        for clip in order:
            write(clip_set, "p", clip, level=ord(clip))
        digests |= {clip_set.finish().digest, clip_set.digest}
    assert len(digests) == 1
    other = ClipSet.create(tmp_path / "three", SetCard(name="set", source="world"))
    write(other, "p", "a", level=3)
    assert other.finish().digest not in digests


def test_the_digest_is_over_the_sorted_digests_of_cards(stored_once):
    lines = ""
    for path in sorted(stored_once.glob("clips/*/*/clip.json")):
        lines += f"{path.parts[-3]}/{path.parts[-2]} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
    assert ClipSet.open(stored_once).digest == f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_a_clip_is_stored_whole_or_not_at_all(empty, error):
    def fail():
        with empty.writer("p", "c") as writer, writer.video((32, 32), 25.0) as video:
            video.write(np.zeros((32, 32, 3), np.uint8))
            writer.layer("depth").write(np.zeros((2, 2)))
            raise error

    with pytest.raises(error):
        fail()
    assert empty.ids() == []
    assert list((empty.root / ".incoming").iterdir()) == []


def test_a_clip_that_is_stored_stays(empty):
    write(empty, level=1)
    before = empty.clip("p/c").digest
    assert empty.has("p", "c")
    write(empty, level=99)
    assert empty.clip("p/c").digest == before
    empty.discard("p", "c")
    assert not empty.has("p", "c")
    write(empty, level=99)
    assert empty.clip("p/c").digest != before


KILLED = """
import os, signal, sys, numpy as np
from pathlib import Path
from vultus.data.sets import ClipSet
with ClipSet.open(Path(sys.argv[1])).writer("p", "c") as writer:
    with writer.video((32, 32), 25.0) as video:
        video.write(np.zeros((32, 32, 3), np.uint8))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_no_clip_and_can_be_run_again(empty):
    done = subprocess.run([sys.executable, "-c", KILLED, str(empty.root)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert empty.ids() == []
    empty.sweep()
    assert not (empty.root / ".incoming").exists()
    write(empty)
    assert empty.verify() == []


FULL = """
import resource, signal, sys, numpy as np
from pathlib import Path
from vultus.data.sets import ClipSet
from vultus.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
noise = np.random.default_rng(0)
for limit_bytes in (100, 40_000, 100_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY))
    try:
        with ClipSet.open(Path(sys.argv[1])).writer("ada", "9") as writer:
            depth = writer.layer("depth")
            with writer.video((64, 64), 25.0) as video:
                for _ in range(20):
                    rgb = noise.integers(0, 255, (64, 64, 3), dtype=np.uint8)
                    video.write(rgb)
                    depth.write(rgb)
    except InputError as error:
        print(error)
"""


def test_a_full_disk_names_the_clip_and_nothing_else_is_lost(stored):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(stored)], capture_output=True, text=True, check=True
    )
    said = "cannot store clip 'ada/9': File too large; free space"
    assert [line[: len(said)] for line in done.stdout.splitlines()] == [said] * 3
    assert done.stderr == ""
    clip_set = ClipSet.open(stored)
    assert len(clip_set.ids()) == 10
    assert clip_set.verify() == []
    assert list((stored / ".incoming").iterdir()) == []


def damage(path, how):
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])


@pytest.mark.parametrize("how", ["missing", "cut", "changed"])
@pytest.mark.parametrize("name", ["video.mp4", "sound.wav", "track.npz", "depth.npz"])
def test_a_damaged_file_is_named_and_never_used(stored, name, how):
    damage(stored / "clips" / "ben" / "0.talk" / name, how)
    clip_set = ClipSet.open(stored)
    faults = clip_set.verify()
    assert [(fault.where, fault.file) for fault in faults] == [("ben/0.talk", name)]
    assert ("missing" in str(faults[0])) == (how == "missing")
    clip = clip_set.clip("ben/0.talk")
    use = {
        "video.mp4": lambda: next(clip.frames()),
        "sound.wav": clip.sound,
        "track.npz": clip.track,
        "depth.npz": lambda: next(clip.layer("depth")),
    }
    with pytest.raises(ClipDamagedError, match=rf"ben/0\.talk/{name}"):
        use[name]()
    others = [other for other in clip_set.clips() if other.id != clip.id]
    assert len(others) == 9
    assert sum(len(other.track()) for other in others) == 270


def test_a_damaged_card_does_not_stop_the_rest(stored):
    card_path = stored / "clips" / "ben" / "0.talk" / "clip.json"
    card_path.write_bytes(card_path.read_bytes()[:100])
    clip_set = ClipSet.open(stored)
    assert len(list(clip_set.clips())) == 9
    assert [str(fault) for fault in clip_set.faults] == ["ben/0.talk/clip.json: is no JSON"]
    assert [fault.where for fault in clip_set.verify()] == ["ben/0.talk"]


def test_a_changed_or_removed_clip_of_a_finished_set_is_named(stored):
    card_path = stored / "clips" / "ben" / "0.talk" / "clip.json"
    values = json.loads(card_path.read_bytes())
    card_path.write_text(json.dumps({**values, "licence": "mine"}))
    ClipSet.open(stored).discard("ada", "0.talk")
    faults = [str(fault) for fault in ClipSet.open(stored).verify()]
    assert faults == [
        "ada/0.talk: missing",
        "ben/0.talk/clip.json: is not the one that the finished set had",
    ]


def test_a_file_that_is_no_stored_form_is_named_even_with_the_right_digest(empty):
    with empty.writer("p", "c") as writer:
        for name in ("video.mp4", "sound.wav", "track.npz", "depth.npz"):
            writer.path(name).write_bytes(b"something else")
        writer.describe(card())
    clip = empty.clip("p/c")
    for use in (lambda: next(clip.frames()), clip.sound, lambda: next(clip.layer("depth"))):
        with pytest.raises(ClipDamagedError, match="p/c/"):
            use()
    with pytest.raises(InputError, match=r"p/c/track\.npz is not a track"):
        clip.track()


def test_the_same_recipe_goes_on_and_another_is_refused(empty):
    write(empty)
    assert ClipSet.create(empty.root, empty.card).ids() == ["p/c"]
    with pytest.raises(IncompatibleError, match="holds set 'set' of recipe sha256:1…, not 'set' of sha256:2"):
        ClipSet.create(empty.root, empty.card.replace(recipe_digest="sha256:2"))
    with pytest.raises(InputError, match="there is something else"):
        ClipSet.create(empty.root / "clips", empty.card)
    with pytest.raises(InputError, match="holds no data set"):
        ClipSet.open(empty.root / "clips")


@pytest.mark.parametrize("name", ["", ".", "..", ".a", "a/b", "a b", "é", "x" * 129])
def test_names_that_are_no_part_of_a_path_are_refused(empty, name):
    with pytest.raises(InputError, match="cannot name a"):
        empty.writer(name, "c")
    with pytest.raises(InputError, match="cannot name a"):
        empty.writer("p", name)
    assert os.listdir(empty.root) == ["dataset.json"]  # noqa: PTH208


def test_assigning_splits_leaves_every_clip_as_it_is(stored):
    clip_set = ClipSet.open(stored)
    before = clip_set.digest
    clip_set.assign(
        {clip_id: "test" if clip_id.startswith("ada") else "train" for clip_id in clip_set.ids()}, {}
    )
    again = ClipSet.open(stored)
    assert again.digest == before
    assert again.ids("test") == ["ada/0.talk", "ada/1.turn"]
    assert {clip.card.split for clip in again.clips("train")} == {"train"}
    assert again.verify() == []
    (stored / "splits.json").write_text("{}")
    with pytest.raises(InputError, match=r"splits\.json.*run `vultus data split`"):
        ClipSet.open(stored).ids("test")


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {"../../dan/0.talk/video.mp4": "sha256:1"}},
        {"split": "../test"},
        {"fps": float("inf")},
        {"duration_s": float("nan")},
        {"frames": -1},
        {"frames": True},
        {"size_px": [0, 64]},
        {"size_px": 64},
        {"person": "ada"},
        {"schema": 2},
        {"quality": []},
    ],
)
def test_a_card_that_cannot_be_is_a_fault_by_name(stored, changes):
    card_path = stored / "clips" / "ben" / "0.talk" / "clip.json"
    card_path.write_text(json.dumps({**json.loads(card_path.read_bytes()), **changes}))
    clip_set = ClipSet.open(stored)
    assert len(list(clip_set.clips())) == 9
    assert [fault.where for fault in clip_set.faults] == ["ben/0.talk"]


def test_a_video_of_another_size_is_no_clip_s(stored):
    clip = ClipSet.open(stored).clip("ben/0.talk")
    wrong = StoredClip(
        clip.card.replace(size_px=(128, 64)),
        FolderFiles(stored / "clips/ben/0.talk", "ben/0.talk"),
        clip.digest,
    )
    with pytest.raises(ClipDamagedError, match=r"frames have \(64, 64\) px, not \(128, 64\)"):
        next(wrong.frames())


def test_makers_are_held_to_what_they_say(empty):
    def wrong(frames=1, size_px=(32, 32), describe=True):
        with empty.writer("p", "c") as writer:
            with writer.video(size_px, 25.0) as video:
                video.write(np.zeros((32, 32, 3), np.uint8))
            if describe:
                writer.describe(card(frames=frames))

    with pytest.raises(ValueError, match="p/c has 1 frames, not 2"):
        wrong(frames=2)
    with pytest.raises(ValueError, match="make both even"):
        wrong(size_px=(31, 32))
    with pytest.raises(ValueError, match="nobody described p/c"):
        wrong(describe=False)
    with pytest.raises(ValueError, match="the card is for 'p/d'"), empty.writer("p", "c") as writer:
        writer.describe(card(clip="d"))
    with pytest.raises(InputError, match="cannot name a split"):
        empty.assign({"p/c": "../test"}, {})
    assert empty.ids() == []
