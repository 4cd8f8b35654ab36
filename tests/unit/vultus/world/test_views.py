"""Walking round a head is not turning it; light stays in the room."""

import math

import numpy as np
import pytest
import torch

from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus.world.clips import ClipSpec, WorldClip
from vultus.world.rendering import draw_stage
from vultus.world.rendering.harmonics import harmonic_basis, reflected
from vultus.world.views import FRONTAL, View, pivot_of, ring, seen_stage

VIEW = View(math.radians(40), math.radians(15))


@pytest.fixture(scope="module")
def frontal():
    return WorldClip(ClipSpec(person_seed=5, duration_s=0.6, size_px=(64, 64)))


@pytest.fixture(scope="module")
def seen(frontal):
    return frontal.seen_from(VIEW)


def textbook_view(view):
    """Ry(-yaw) Rx(pitch), written out."""
    cy, sy, cp, sp = (
        math.cos(view.yaw_rad),
        math.sin(view.yaw_rad),
        math.cos(view.pitch_rad),
        math.sin(view.pitch_rad),
    )
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    return about_y @ about_x


def test_every_vertex_is_where_a_turned_scene_has_it(frontal, seen):
    before = frontal.body.place(frontal.track)[3].double().numpy()
    after = seen.renderer.body.place(seen.track)[3].double().numpy()
    pivot = pivot_of(frontal.track, frontal.model).double().numpy()
    flip = np.diag([1.0, -1.0, -1.0])
    expected = np.array([flip @ textbook_view(VIEW) @ flip @ (point - pivot) + pivot for point in before])
    np.testing.assert_allclose(after[:, :2], expected[:, :2], atol=2e-4)
    depths = after[:, 2] - expected[:, 2]
    np.testing.assert_allclose(depths, depths[0], atol=5e-4)  # 0 moved to the head's origin


def test_the_camera_of_the_track_shows_the_head_where_it_is_drawn(seen):
    count = len(seen.model.mean)
    rides = seen.body.torso[:count] == 0
    drawn = seen.renderer.body.place(seen.track)[:, :count]
    camera = seen.track.camera.project(seen.track.vertices(seen.model))
    torch.testing.assert_close(drawn[:, rides], camera[:, rides], atol=2e-3, rtol=0)


def test_a_camera_at_an_angle_sees_that_angle(frontal, seen):
    base = frontal.track.replace(rotation_rad=torch.zeros_like(frontal.track.rotation_rad))
    still = frontal.seen_from(View(0.5, 0.0))
    still.frontal_track = base
    yaw, pitch, roll = angles_from_matrix(matrix_from_axis_angle(still.track.rotation_rad)).T
    torch.testing.assert_close(yaw, torch.full_like(yaw, 0.5))
    assert float(pitch.abs().max()) < 1e-6
    assert float(roll.abs().max()) < 1e-6


def test_shoulders_do_not_follow_the_camera(frontal):
    turned = frontal.seen_from(View(math.radians(60), 0.0))
    shoulders = frontal.body.torso == 1
    if not shoulders.any():
        shoulders = frontal.body.torso == frontal.body.torso.max()
    before = frontal.body.place(frontal.track)[0, shoulders]
    after = turned.renderer.body.place(turned.track)[0, shoulders]
    assert float((after[:, 2] - before[:, 2]).std()) > 0.2 * float(before[:, 0].std())


def test_light_stays_in_the_room():
    stage = draw_stage(8)
    moved = seen_stage(stage, VIEW)
    rotation = textbook_view(VIEW)
    normals = np.random.default_rng(0).normal(size=(50, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    before = reflected(np.array(stage.light.harmonics), normals)
    after = reflected(np.array(moved.light.harmonics), normals @ rotation.T)
    np.testing.assert_allclose(after, before, atol=1e-9)
    np.testing.assert_allclose(moved.light.key_direction, rotation @ stage.light.key_direction, atol=1e-12)
    assert harmonic_basis(normals).shape == (50, 9)


def test_the_film_of_another_camera_has_its_own_noise():
    stage = draw_stage(8)
    assert seen_stage(stage, FRONTAL) == stage
    assert seen_stage(stage, VIEW).seed != stage.seed
    assert seen_stage(stage, VIEW).film == stage.film


def test_rings_are_even_and_contain_their_ends():
    yaws = [view.yaw_rad for view in ring(7, 1.2, 0.1)]
    np.testing.assert_allclose(yaws, np.linspace(-1.2, 1.2, 7))
    assert ring(1) == (FRONTAL,)
    with pytest.raises(ValueError, match="0 cameras"):
        ring(0)
