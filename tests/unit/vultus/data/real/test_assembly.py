import numpy as np
import pytest
import torch

from vultus.data.real.assembly import assemble
from vultus.data.real.poses import PoseFilter, track_poses
from vultus.data.sets import ClipCard, ClipSet, SetCard
from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError

FRAMES = 40


def _track(rng, offset, fps=25.0):
    rotation = 0.1 * torch.from_numpy(rng.normal(size=(FRAMES, 3))) + offset
    return Track(
        identity=torch.zeros(FRAMES, 1),
        expression=torch.zeros(FRAMES, 1),
        rotation_rad=rotation.float(),
        jaw_rad=torch.zeros(FRAMES, 3),
        eyes_rad=torch.zeros(FRAMES, 2, 3),
        scale=torch.full((FRAMES,), 2.0),
        translation_px=torch.full((FRAMES, 2), 32.0),
        valid=torch.ones(FRAMES, dtype=torch.bool),
        confidence=torch.ones(FRAMES),
        time_s=torch.arange(FRAMES, dtype=torch.float64) / fps,
        fps=fps,
        size_px=(64, 64),
        morphable="builtin",
        morphable_digest="sha256:0",
    )


def _store(clips, person, clip, track, file="a.mp4"):
    with clips.writer(person, clip) as writer:
        with writer.video((64, 64), track.fps) as video:
            for _ in range(FRAMES):
                video.write(np.zeros((64, 64, 3), np.uint8))
        writer.track(track)
        writer.describe(
            ClipCard(
                person=person,
                clip=clip,
                source="test",
                fps=track.fps,
                frames=FRAMES,
                size_px=(64, 64),
                duration_s=FRAMES / track.fps,
                extra={"file": file},
            )
        )


@pytest.fixture
def clips(tmp_path):
    rng = np.random.default_rng(4)
    clips = ClipSet.create(tmp_path / "set", SetCard(name="t", source="test"))
    for index in range(10):
        sitting = "a.mp4" if index < 5 else "b.mp4"
        _store(clips, "ann", f"{index}", _track(rng, 0.2 if index < 5 else -0.1), sitting)
    _store(clips, "bob", "0", _track(rng, 0.0))
    return clips


def test_one_persons_clips_are_split_seven_one_two_in_the_order_of_time(clips):
    found = assemble(clips, "ann")
    assert [clip.id for clip in found.clips] == [f"ann/{index}" for index in range(10)]
    assert [clip.split for clip in found.clips] == ["train"] * 7 + ["val"] + ["test"] * 2
    assert len(found.split("train")) == 7
    assert found.fps == 25.0


def test_clips_are_filtered_and_every_sitting_is_centred_by_itself(clips):
    smooth = PoseFilter()
    found = assemble(clips, "ann", smooth)
    for sitting in ("a.mp4", "b.mp4"):
        members = [clip for clip in found.clips if clip.sitting == sitting]
        np.testing.assert_allclose(
            np.concatenate([clip.poses for clip in members]).mean(axis=0), 0, atol=1e-9
        )
        for clip in members:
            filtered = smooth(track_poses(clips.clip(clip.id).track()))
            np.testing.assert_allclose(clip.poses + found.rest[sitting], filtered, atol=1e-12)
    assert abs(found.rest["a.mp4"][0] - found.rest["b.mp4"][0]) > 0.1


def test_statistics_come_from_training_clips_alone(clips):
    found = assemble(clips, "ann")
    train = np.concatenate([clip.poses for clip in found.split("train")])
    np.testing.assert_allclose(found.statistics.mean, train.mean(axis=0), atol=1e-12)
    assert found.statistics.frame_count == 7 * FRAMES


def test_somebody_who_is_not_there_is_named(clips):
    with pytest.raises(InputError, match="'eve'"):
        assemble(clips, "eve")


def test_one_clip_alone_cannot_be_split(clips):
    with pytest.raises(InputError, match="train"):
        assemble(clips, "bob", shares=(0, 0, 1))


def test_clips_of_different_rates_do_not_go_together(clips):
    _store(clips, "ann", "fast", _track(np.random.default_rng(1), 0.0, fps=30.0))
    with pytest.raises(IncompatibleError, match="25 to 30"):
        assemble(clips, "ann")
