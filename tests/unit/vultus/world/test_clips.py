"""A clip is made again to the bit, whichever part of it is asked for."""

import numpy as np
import pytest
import torch

from vultus.world.clips import ClipSpec, WorldClip
from vultus.world.views import View

SPEC = ClipSpec(person_seed=3, duration_s=1.0, size_px=(64, 64))


@pytest.fixture(scope="module")
def clip():
    return WorldClip(SPEC)


@pytest.fixture(scope="module")
def frames(clip):
    return list(clip.frames())


def test_frames_track_and_sound_belong_together(clip, frames):
    assert len(clip) == len(frames) == len(clip.track) == 25
    assert len(clip.sound) == 16000
    assert [frame.number for frame in frames] == list(range(25))
    assert clip.track.size_px == (64, 64)
    assert np.abs(clip.sound).max() > 0.05


def test_made_again_it_is_the_same_to_the_bit(frames):
    WorldClip(ClipSpec(person_seed=4, duration_s=1.0, size_px=(64, 64))).truth(0)  # pushes it out of caches
    again = WorldClip(ClipSpec.from_json(SPEC.to_json()))
    for frame, other in zip(frames[:9], again.frames(0, 9), strict=True):
        np.testing.assert_array_equal(frame.rgb, other.rgb)
        np.testing.assert_array_equal(frame.depth, other.depth)
        np.testing.assert_array_equal(frame.points_image, other.points_image)


@pytest.mark.parametrize("index", [0, 6, 13, 24])
def test_one_frame_is_the_same_alone(clip, frames, index):
    alone = clip.truth(index)
    np.testing.assert_array_equal(alone.rgb, frames[index].rgb)
    np.testing.assert_array_equal(alone.part, frames[index].part)


def test_the_face_is_in_the_picture(frames):
    for frame in frames:
        face = frame.mask("face")
        assert 0.05 < face.mean() < 0.6
        assert not face[:, 0].any()
        assert not face[:, -1].any()


def test_the_track_shows_the_face_where_it_is_drawn(clip):
    vertices = clip.track.vertices(clip.model)
    camera = clip.track.camera.project(vertices)[:, :468]  # mediapipe468, face and chin
    torch.testing.assert_close(clip.body.place(clip.track)[:, :468], camera, atol=1e-4, rtol=0)


def test_flow_leads_to_the_landmarks_of_the_other_frame(clip, frames):
    flow, visible = clip.flow(2, 20)
    points, there = frames[2].points_image[:, :2], frames[20].points_image[:, :2]
    columns, rows = np.floor(points).astype(int).T
    tip = 1  # of the nose, which is seen in both
    assert visible[rows[tip], columns[tip]]
    moved = points[tip] + flow[rows[tip], columns[tip]]
    assert np.linalg.norm(moved - there[tip]) < 1.0


def test_flows_are_those_of_neighbours(clip):
    for index, (flow, visible) in zip(range(3), clip.flows(), strict=False):
        expected_flow, expected_visible = clip.flow(index, index + 1)
        np.testing.assert_array_equal(flow, expected_flow)
        np.testing.assert_array_equal(visible, expected_visible)


def test_another_person_in_the_same_pose_differs_by_identity_alone(clip):
    other = clip.retargeted(14)
    for name in ("rotation_rad", "expression", "scale", "translation_px", "eyes_rad"):
        assert torch.equal(getattr(other.track, name), getattr(clip.track, name))
    assert not torch.equal(other.track.identity, clip.track.identity)
    np.testing.assert_array_equal(other.sound, clip.sound)
    assert other.person.seed == 14
    assert not np.array_equal(other.truth(0).rgb, clip.truth(0).rgb)
    assert other.retargeted(3).spec.performer_seed == 3


def test_every_clip_of_a_person_is_another(clip):
    second = WorldClip(SPEC.replace(clip=1))
    assert not np.array_equal(second.sound, clip.sound)
    assert not torch.equal(second.track.rotation_rad, clip.track.rotation_rad)
    assert second.stage != clip.stage
    assert second.person == clip.person


def test_a_view_shares_everything_but_the_camera(clip):
    seen = clip.seen_from(View(0.4, 0.1))
    np.testing.assert_array_equal(seen.sound, clip.sound)
    assert torch.equal(seen.track.expression, clip.track.expression)
    assert not torch.equal(seen.track.rotation_rad, clip.track.rotation_rad)
    assert not np.array_equal(seen.truth(0).rgb, clip.truth(0).rgb)


def test_a_listener_is_silent():
    clip = WorldClip(SPEC.replace(language=None))
    assert clip.utterance is None
    assert len(clip.sound) == 16000
    assert not clip.sound.any()
    assert len(list(clip.frames(0, 2))) == 2
