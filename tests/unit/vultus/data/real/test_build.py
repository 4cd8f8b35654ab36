import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from vultus.data.media import VideoReader
from vultus.data.real.build import build_set, outcome_path, read_outcomes
from vultus.data.real.framing import cut_out
from vultus.data.real.making import Making
from vultus.data.real.policy import Policy
from vultus.data.real.recipes import RECIPES
from vultus.data.sets import ClipSet
from vultus.errors import IncompatibleError, InputError
from vultus.face.crop import SquareCrop
from vultus.face.models import load_morphable

SMALL = RECIPES["vultus-256"].replace(name="small", size_px=64)
MAKING = Making(source="folder", recipe=SMALL)


@pytest.fixture(scope="module")
def videos(film, portrait, tmp_path_factory):
    """Two people, each with a video, one of which loses the face for a while; a still; a broken file."""
    folder = tmp_path_factory.mktemp("videos")
    film(folder / "ann" / "talk.mp4", frames=54, blank=range(30, 48))
    film(folder / "bob" / "short.mp4", frames=28)
    shutil.copy(portrait, folder / "eve.png")
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


@pytest.fixture(scope="module")
def built(videos, tmp_path_factory):
    root = tmp_path_factory.mktemp("sets") / "real"
    return build_set(videos, root, MAKING), ClipSet.open(root)


def test_every_item_gives_clips_or_a_reason(built):
    report, clips = built
    assert clips.ids() == ["ann/talk.000", "bob/short.000", "eve/eve.000"]
    assert report.items == 4
    assert list(report.without_clips) == ["broken/broken"]
    assert "unreadable" in report.without_clips["broken/broken"]
    assert report.rejected == {"unreadable": 1, "no_face": 1, "too_short": 1}
    assert (report.clips, report.frames) == (3, clips.card.frames)
    assert report.digest == clips.digest
    json.dumps(report.to_json())


def test_a_stored_clip_has_a_row_of_its_track_for_every_frame(built):
    _, clips = built
    for clip in clips.clips():
        track = clip.track()
        assert len(track) == len(clip) == len(list(clip.frames()))
        assert track.size_px == clip.card.size_px == (64, 64)
        assert track.valid.float().mean() >= 0.8
    assert clips.verify() == []


def test_a_card_tells_how_to_cut_the_frames_again(built, videos):
    _, clips = built
    stored = clips.clip("ann/talk.000")
    extra = stored.card.extra
    ((left, top, side),) = extra["crop_left_top_side_px"]
    with VideoReader(videos / "ann" / extra["file"]) as reader:
        frames = [frame for frame in reader if frame.index >= extra["first_frame"]]
    expected = cut_out(frames[0].rgb, SquareCrop(left, top, side), SMALL)
    difference = np.abs(expected.astype(int) - next(iter(stored.frames())).astype(int))
    assert difference.mean() < 4  # what H.264 takes away


def test_landmarks_of_the_track_lie_on_the_face_of_the_crop(built):
    """The portrait's eyes as looked up in the picture, found again in the crop's pixels."""
    _, clips = built
    stored = clips.clip("eve/eve.000")
    model, track = load_morphable("builtin"), stored.track()
    points = model.landmarks["ibug68"].on(track.vertices(model), model.faces)
    seen = track.camera.project(points)[0, :, :2]
    ((left, top, side),) = stored.card.extra["crop_left_top_side_px"]
    right_eye, left_eye = (np.array(eye) for eye in ((200.0, 108.0), (246.0, 108.0)))
    for eye, group in ((right_eye, slice(36, 42)), (left_eye, slice(42, 48))):
        expected = (eye - (left, top)) * 64 / side
        np.testing.assert_allclose(seen[group].mean(dim=0), expected, atol=2.5)


def test_quality_is_summed_up_and_kept_for_every_frame(built):
    _, clips = built
    stored = clips.clip("bob/short.000")
    quality = stored.card.quality
    assert quality["valid_share"] == 1
    assert 60 < quality["face_px"][1] < 180
    assert quality["landmark_error_interocular"] < 0.2
    low, high = quality["yaw_deg"]
    assert -60 < low <= high < 60
    with stored.open("quality.npz") as opened, np.load(opened) as file:
        assert file["box_px"].shape == (len(stored), 4)
        assert file["found"].all()


def test_another_run_has_nothing_to_do(built, videos):
    report, clips = built
    seen = []
    again = build_set(videos, clips.root, MAKING, progress=seen.append)
    assert (again.done_before, again.items, again.digest) == (4, 4, report.digest)
    assert {outcome.id for outcome in seen} == {outcome.id for outcome in read_outcomes(clips.root)}


@pytest.mark.slow
def test_processes_and_another_order_give_the_same_set(built, videos, tmp_path):
    report, _ = built
    again = build_set(videos, tmp_path / "real", MAKING, workers=2)
    assert again.digest == report.digest


def test_a_lost_record_and_a_lost_clip_are_made_again(built, videos, tmp_path):
    report, clips = built
    root = tmp_path / "real"
    shutil.copytree(clips.root, root)
    outcome_path(root, "bob/short").unlink()
    shutil.rmtree(root / "clips" / "eve")
    again = build_set(videos, root, MAKING)
    assert (again.done_before, again.digest) == (2, report.digest)


def test_a_file_that_changed_is_read_again_and_its_old_clips_go(built, videos, film, tmp_path):
    _, clips = built
    shutil.copytree(clips.root, tmp_path / "real")
    shutil.copytree(videos, tmp_path / "videos")
    film(tmp_path / "videos" / "bob" / "short.mp4", frames=40)
    again = build_set(tmp_path / "videos", tmp_path / "real", MAKING)
    assert again.done_before == 3
    assert len(ClipSet.open(tmp_path / "real").clip("bob/short.000")) == 40


def test_another_recipe_or_policy_needs_another_folder(built, videos):
    _, clips = built
    for making in (
        replace(MAKING, recipe=RECIPES["vultus-256"]),
        replace(MAKING, policy=Policy(least_seconds=2.0)),
    ):
        with pytest.raises(IncompatibleError, match="holds set"):
            build_set(videos, clips.root, making)


def test_a_full_disk_is_named_and_nothing_else_is_lost(built, videos, tmp_path):
    report, _ = built
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        # The landmarks of the long video do not fit, all that comes before and is smaller does.
        with pytest.raises(InputError, match="could not be stored") as caught:
            build_set(videos, tmp_path / "real", MAKING)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "ann/talk" in caught.value.message
    assert "File too large" in caught.value.message
    assert not outcome_path(tmp_path / "real", "ann/talk").exists()
    again = build_set(videos, tmp_path / "real", MAKING)
    assert again.digest == report.digest


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        build_set(tmp_path / "nowhere", tmp_path / "set", MAKING)


def test_frames_shown_for_different_times_keep_their_times(film, tmp_path):
    times = np.cumsum([0.0, *[0.02, 0.06, 0.04] * 9]).tolist()
    film(tmp_path / "in" / "uneven.mp4", frames=28, times=times)
    report = build_set(tmp_path / "in", tmp_path / "out", MAKING)
    (clip,) = ClipSet.open(tmp_path / "out").clips()
    np.testing.assert_allclose(clip.track().time_s, times, atol=2e-3)
    with VideoReader(clip._files.path("video.mp4")) as reader:
        np.testing.assert_allclose([frame.time_s for frame in reader], times, atol=2e-3)
    assert clip.card.extra["variable_rate"]
    assert "different times" in report.notes["uneven/uneven"][0]


BUILD = """
import sys
from pathlib import Path
from vultus.data.real.build import build_set
from vultus.data.real.making import Making
from vultus.data.real.recipes import RECIPES
making = Making(source="folder", recipe=RECIPES["vultus-256"])
folder, root = map(Path, sys.argv[1:])
build_set(folder, root, making, progress=lambda outcome: print(outcome.id, flush=True))
"""


@pytest.mark.slow
def test_a_killed_build_ends_with_the_same_digest(shared, tmp_path):
    """Two real clips; SIGKILL half a second into the second one."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("v1_25fps_silent.mp4", "v4_25fps_mp4v_aac.mp4"):
        shutil.copy(shared / "media" / "driving" / name, folder)
    root = tmp_path / "killed"
    with subprocess.Popen(
        [sys.executable, "-c", BUILD, str(folder), str(root)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().startswith("v1_25fps_silent")
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert [outcome.id.split("/")[1] for outcome in read_outcomes(root)] == ["v1_25fps_silent"]
    making = Making(source="folder", recipe=RECIPES["vultus-256"])
    ended = build_set(folder, root, making)
    assert (ended.done_before, ended.clips) == (1, 2)
    assert ended.digest == build_set(folder, tmp_path / "whole", making).digest
    assert not (root / ".incoming").exists() or not any((root / ".incoming").iterdir())


@pytest.mark.slow
def test_hostile_files_are_named_and_good_ones_are_kept(shared, portrait, tmp_path):
    folder = tmp_path / "in"
    long = shutil.ignore_patterns("*.wav", "*.gif", "odd_*", "variable*", "rotation*", "face_leaves*")
    shutil.copytree(shared / "media" / "hostile", folder / "hostile", ignore=long)
    shutil.copy(portrait, folder / "good.png")
    report = build_set(folder, tmp_path / "out", replace(MAKING, policy=Policy(least_seconds=0.5)))
    clips = ClipSet.open(tmp_path / "out")
    assert "good/good.000" in clips.ids()
    assert "hostile/cut_to_other_person.001" in clips.ids()
    assert "hostile/truncated_index_first.000" in clips.ids()
    for name, reason in {
        "audio_only": "only sound",
        "bomb_claims_60000x60000": "megapixels",
        "bomb_valid_12000x12000_1bit": "megapixels",
        "empty.mp4": "empty",
        "empty.png": "empty",
        "no_face_texture": "no face",
        "one_pixel": "no face",
        "text_named": "no picture",
        "truncated": "cut off",
        "truncated_no_index": "damaged",
    }.items():
        assert reason in report.without_clips[f"hostile/{name}"]
    assert "do not decode" in report.notes["hostile/truncated_index_first"][0]
    assert clips.verify() == []
