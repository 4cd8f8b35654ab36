import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.models import load_morphable
from vultus.face.motion import MotionTransfer, edit_pose, motion_clip
from vultus.face.motion_clips import MOTIONS
from vultus.face.rotations import angles_from_matrix


@pytest.fixture(scope="module")
def head():
    return load_morphable("builtin")


def make_track(head, count, seed, expression=0.3, turn_rad=0.3):
    rng = torch.Generator().manual_seed(seed)
    return Track(
        identity=torch.randn(1, head.identity_count, generator=rng).expand(count, -1),
        expression=expression * torch.rand(count, head.expression_count, generator=rng),
        rotation_rad=turn_rad * torch.randn(count, 3, generator=rng),
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=0.1 * torch.randn(count, 2, 3, generator=rng),
        scale=2 + torch.rand(count, generator=rng),
        translation_px=100 + 20 * torch.rand(count, 2, generator=rng),
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(256 + seed, 256),
        morphable=head.name,
        morphable_digest=head.digest,
    )


@pytest.fixture
def source(head):
    return make_track(head, 1, 1)


@pytest.fixture
def driver(head):
    return make_track(head, 9, 2)


def rotations(track):
    return Rotation.from_rotvec(track.rotation_rad.numpy())


@pytest.mark.parametrize("mode", ["relative", "absolute"])
def test_driving_a_source_with_itself_is_the_source(source, mode):
    moved = MotionTransfer(source, mode).apply(source)
    for name in Track.tensor_names():
        assert torch.equal(getattr(moved, name), getattr(source, name)), name
    assert moved.size_px == source.size_px


@pytest.mark.parametrize("mode", ["relative", "absolute"])
def test_driving_a_frame_with_its_own_clip_is_the_clip(driver, mode):
    moved = MotionTransfer(driver[:1], mode).apply(driver)
    for name in Track.tensor_names():
        torch.testing.assert_close(getattr(moved, name), getattr(driver, name), atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("mode", ["relative", "absolute"])
def test_chunks_give_what_the_whole_gives(source, driver, mode):
    whole = MotionTransfer(source, mode).apply(driver)
    transfer = MotionTransfer(source, mode)
    parts = Track.concatenate([transfer.apply(driver[:4]), transfer.apply(driver[4:])])
    for name in Track.tensor_names():
        assert torch.equal(getattr(parts, name), getattr(whole, name)), name


def test_relative_rotation_is_scipys(source, driver):
    moved = rotations(MotionTransfer(source).apply(driver))
    expected = rotations(driver) * rotations(driver)[0].inv() * rotations(source)[0]
    assert (moved * expected.inv()).magnitude().max() < 1e-5


def test_relative_camera_moves_in_heads(source, driver):
    moved = MotionTransfer(source).apply(driver)
    ratio = source.scale / driver.scale[0]
    torch.testing.assert_close(moved.scale, driver.scale * ratio)
    shift = ratio * (driver.translation_px - driver.translation_px[0])
    torch.testing.assert_close(moved.translation_px, source.translation_px + shift)


def test_identity_and_size_are_the_source_s_and_time_the_driver_s(source, driver):
    moved = MotionTransfer(source, "absolute").apply(driver)
    assert torch.equal(moved.identity, source.identity.expand(9, -1))
    assert moved.size_px == source.size_px
    assert torch.equal(moved.time_s, driver.time_s)


def test_absolute_takes_the_driver_s_pose_and_expression(source, driver):
    moved = MotionTransfer(source, "absolute").apply(driver)
    assert torch.equal(moved.rotation_rad, driver.rotation_rad)
    assert torch.equal(moved.expression, driver.expression)
    assert torch.equal(moved.eyes_rad, driver.eyes_rad)


def set_to(track, head, name, values):
    expression = track.expression.clone()
    expression[:, head.expression_names.index(name)] = torch.tensor(values)
    return track.replace(expression=expression)


def test_relative_expression_is_a_difference_within_range(source, driver, head):
    jaw = head.expression_names.index("jawOpen")
    opened = set_to(source, head, "jawOpen", [0.3])
    talking = set_to(driver, head, "jawOpen", [0.2, 0.4, 0.2, 0.0, 1.1, 0.2, 0.2, 0.2, 0.2])
    moved = MotionTransfer(opened).apply(talking).expression[:, jaw]
    torch.testing.assert_close(moved[:5], torch.tensor([0.3, 0.5, 0.3, 0.1, 1.0]))
    closed = MotionTransfer(set_to(source, head, "jawOpen", [0.1])).apply(talking).expression[:, jaw]
    assert closed[3] == 0.0


def test_a_source_outside_the_range_may_stay_there(source, driver, head):
    smile = head.expression_names.index("mouthSmileLeft")
    moved = MotionTransfer(set_to(source, head, "mouthSmileLeft", [1.2])).apply(driver[:1])
    assert moved.expression[0, smile] == pytest.approx(1.2)


@pytest.mark.parametrize(("mine", "first"), [(0.0, 0.3), (0.4, 0.0), (0.2, 0.2)])
def test_shut_eyes_shut_eyes(source, driver, head, mine, first):
    blinking = set_to(driver, head, "eyeBlinkLeft", [first, 1.0, *[first] * 7])
    moved = MotionTransfer(set_to(source, head, "eyeBlinkLeft", [mine])).apply(blinking)
    lid = moved.expression[:, head.expression_names.index("eyeBlinkLeft")]
    torch.testing.assert_close(lid[:3], torch.tensor([mine, 1.0, mine]))


def test_tracks_of_other_models_are_refused(source, driver, head):
    other = driver.replace(morphable="other", morphable_digest="sha256:0")
    with pytest.raises(IncompatibleError, match="'other'"):
        MotionTransfer(source).apply(other)
    with pytest.raises(IncompatibleError):
        MotionTransfer(source, model=replace(head, mean=head.mean + 1))


def test_an_unknown_mode_is_refused(source):
    with pytest.raises(InputError, match="absolute, relative"):
        MotionTransfer(source, "sideways")


@pytest.mark.parametrize("name", list(MOTIONS))
def test_clips_begin_at_the_source_and_keep_its_identity(source, name):
    clip = motion_clip(name, source, fps=30.0, duration_s=5.0)
    assert len(clip) == 150
    assert clip.fps == 30.0
    np.testing.assert_allclose(clip.time_s, np.arange(150) / 30)
    torch.testing.assert_close(clip.rotation_rad[0], source.rotation_rad[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(clip.expression[0], source.expression[0], atol=0.02, rtol=0)
    assert torch.equal(clip.identity, source.identity.expand(150, -1))
    assert clip.size_px == source.size_px
    Track.from_bytes(clip.to_bytes())


def test_turns_are_added_to_the_source_s_angles(source):
    clip = motion_clip("turn", source)
    yaw_deg = np.degrees(angles_from_matrix(clip.camera.rotation)[:, 0].numpy())
    own = np.degrees(angles_from_matrix(source.camera.rotation)[0, 0].item())
    assert yaw_deg.max() - own == pytest.approx(20, abs=0.1)
    assert yaw_deg.min() - own == pytest.approx(-20, abs=0.1)


def test_blinks_close_whatever_the_source_s_lids(source, head):
    index = head.expression_names.index("eyeBlinkRight")
    for own in (0.0, 0.5):
        lid = motion_clip("blink", set_to(source, head, "eyeBlinkRight", [own])).expression[:, index]
        assert lid.max() == pytest.approx(1.0)
        assert lid.min() == pytest.approx(own)


def test_an_open_mouth_is_closed_while_it_says_m(source, head):
    jaw = head.expression_names.index("jawOpen")
    at_rest = source.replace(expression=torch.zeros_like(source.expression))
    said = motion_clip("talk", set_to(at_rest, head, "jawOpen", [0.6])).expression[:, jaw]
    assert said.min() < 0.1
    silent = motion_clip("talk", at_rest).expression
    assert silent.min() >= 0.0
    assert silent[:, jaw].max() > 0.4


def test_a_model_without_names_still_turns(source, head):
    nameless = replace(head, expression_names=tuple(f"e{i}" for i in range(head.expression_count)))
    clip = motion_clip("talk", source, model=nameless)
    assert torch.equal(
        clip.expression, source.expression.clamp(max=source.expression.max()).expand(len(clip), -1)
    )


def test_edits_turn_by_angles_and_set_expressions(source, head):
    edited = edit_pose(source, yaw_rad=0.2, pitch_rad=-0.1, roll_rad=0.05, expression={"jawOpen": 0.7})
    before, after = (angles_from_matrix(track.camera.rotation)[0] for track in (source, edited))
    torch.testing.assert_close(after - before, torch.tensor([0.2, -0.1, 0.05]), atol=1e-5, rtol=0)
    changed = (edited.expression != source.expression)[0].nonzero().flatten().tolist()
    assert changed == [head.expression_names.index("jawOpen")]
    assert edited.expression[0, changed[0]] == pytest.approx(0.7)


def test_no_edit_is_the_source(source):
    edited = edit_pose(source)
    assert torch.equal(edited.rotation_rad, source.rotation_rad)
    assert torch.equal(edited.expression, source.expression)


def test_wrong_edits_are_refused_with_a_remedy(source):
    with pytest.raises(InputError, match=r"did you mean.*jawOpen"):
        edit_pose(source, expression={"jawOpne": 0.5})
    with pytest.raises(InputError, match="out of range"):
        edit_pose(source, expression={"jawOpen": 7.0})
    with pytest.raises(InputError, match="yaw of 90"):
        edit_pose(source, yaw_rad=math.pi / 2)
    with pytest.raises(InputError, match="pitch of nan"):
        edit_pose(source, pitch_rad=math.nan)
