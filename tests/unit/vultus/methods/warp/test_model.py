from dataclasses import replace

import numpy as np
import pytest
import torch

from vultus.errors import IncompatibleError
from vultus.face.motion import edit_pose
from vultus.methods.base import METHODS, AvatarOptions
from vultus.methods.warp.model import Warp


@pytest.fixture(scope="module")
def warp(head):
    return Warp(head)


@pytest.fixture(scope="module")
def avatar(warp, portrait):
    return warp.create_avatar(portrait, AvatarOptions(side_px=128))


@pytest.fixture(scope="module")
def pasting(warp, portrait):
    return warp.create_avatar(portrait, AvatarOptions(paste_back=True))


def _psnr(a, b):
    return 10 * np.log10(255**2 / max(float(((a.astype(float) - b) ** 2).mean()), 1e-12))


def _mean_column(colour_distance):
    weight = colour_distance / colour_distance.sum()
    return float((weight * np.arange(weight.shape[1])).sum())


def test_the_method_is_registered(head):
    assert METHODS["warp"](head).name == "warp"


def test_driving_the_portrait_with_itself_returns_it(pasting, portrait):
    (frame,) = pasting.render(portrait.track)
    assert _psnr(frame, portrait.rgb) > 60


def test_frames_have_the_size_that_was_asked_for(avatar, portrait):
    assert avatar.render(portrait.track).shape == (1, 128, 128, 3)
    assert avatar.size_px == (128, 128)


def test_no_frames_are_no_frames(avatar, portrait):
    assert avatar.render(portrait.track[:0]).shape == (0, 128, 128, 3)


def test_frames_do_not_depend_on_their_neighbours(avatar, portrait, head):
    turned = edit_pose(portrait.track, yaw_rad=0.2, model=head)
    nodded = edit_pose(portrait.track, pitch_rad=0.2, expression={"jawOpen": 0.7}, model=head)
    both = type(turned).concatenate([turned, nodded])
    together = avatar.render(both)
    np.testing.assert_array_equal(together[1], avatar.render(nodded)[0])
    np.testing.assert_array_equal(together[0], avatar.render(turned)[0])


def test_pixels_away_from_the_head_stay_as_they_are(pasting, portrait, head):
    wild = edit_pose(portrait.track, 0.3, 0.2, 0.25, {"jawOpen": 1.0}, model=head)
    (frame,) = pasting.render(wild)
    assert (frame != portrait.rgb).any()
    np.testing.assert_array_equal(frame[:, 0], portrait.rgb[:, 0])
    np.testing.assert_array_equal(frame[0], portrait.rgb[0])
    np.testing.assert_array_equal(frame[-1], portrait.rgb[-1])


def test_the_mouth_goes_where_the_head_turns(avatar, portrait, head):
    """Lips are the reddest part of the rendered face; yaw > 0 moves them to the image's left."""
    columns = []
    for yaw_rad in (-0.3, 0.0, 0.3):
        (frame,) = avatar.render(edit_pose(portrait.track, yaw_rad=yaw_rad, model=head))
        lower = frame[70:95].astype(float)
        redness = lower[..., 0] / (lower.sum(axis=2) + 1)
        columns.append(_mean_column((redness > np.quantile(redness, 0.985)).astype(float)))
    assert columns[0] > columns[1] + 0.3
    assert columns[1] > columns[2] + 0.3


def test_an_opened_mouth_gets_an_inside(avatar, portrait, head):
    (shut,) = avatar.render(portrait.track)
    (opened,) = avatar.render(edit_pose(portrait.track, expression={"jawOpen": 1.0}, model=head))
    darker = shut.astype(int).sum(axis=2) - opened.astype(int).sum(axis=2)
    assert (darker > 150).sum() > 20


@pytest.mark.parametrize("angle_rad", [-1.2, 1.2])
def test_wild_poses_leave_no_garbage(avatar, portrait, head, angle_rad):
    (frame,) = avatar.render(edit_pose(portrait.track, angle_rad, angle_rad / 3, angle_rad / 2, model=head))
    assert frame.std() > 10
    assert _psnr(frame, avatar.render(portrait.track)[0]) > 9


def test_memory_is_counted(avatar, pasting):
    assert 100_000 < avatar.memory_bytes < 20_000_000
    assert pasting.memory_bytes > 200 * 180 * 3


def test_a_track_of_another_model_is_refused(avatar, portrait):
    other = portrait.track.replace(morphable="other", morphable_digest="sha256:0")
    with pytest.raises(IncompatibleError, match="other"):
        avatar.render(other)


def test_a_model_without_inside_still_warps(head, portrait):
    bare = replace(head, regions={"face": head.regions["face"]}, colours=None)
    track = portrait.track.replace(morphable_digest=bare.digest)
    avatar = Warp(bare).create_avatar(type(portrait)(portrait.rgb, track), AvatarOptions(side_px=96))
    opened = track.replace(expression=torch.full_like(track.expression, 0.2))
    assert avatar.render(opened).shape == (1, 96, 96, 3)
