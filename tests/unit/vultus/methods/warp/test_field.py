import numpy as np
import pytest
import torch

from vultus.methods.warp.field import _spread, mesh_field, source_view, vertex_facing
from vultus.methods.warp.parts import EYE, MOUTH, SKIN, head_parts
from vultus.render import interpolate, rasterise


@pytest.fixture(scope="module")
def parts(head):
    return head_parts(head)


@pytest.fixture(scope="module")
def seen(head, still):
    return still.camera.project(still.vertices(head))[0].numpy().astype(np.float32)


@pytest.fixture(scope="module")
def view(parts, seen):
    return source_view(parts, seen, np.ones((192, 192), np.float32))


def test_facing_is_the_cosine_of_textbook_normals(parts, seen):
    corners = seen[parts.faces].astype(np.float64)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal = np.zeros_like(seen, np.float64)
    for corner in range(3):
        np.add.at(normal, parts.faces[:, corner], cross)
    used = np.unique(parts.faces)
    expected = -normal[used, 2] / np.linalg.norm(normal[used], axis=1)
    np.testing.assert_allclose(vertex_facing(seen, parts.faces)[used], expected, atol=2e-4)


def test_the_nose_faces_the_viewer_and_the_nape_does_not(parts, seen, head):
    facing = vertex_facing(seen, parts.faces)
    skin = np.unique(parts.faces[parts.label == SKIN])
    front = skin[head.mean[skin, 2].argmax()]
    back = skin[head.mean[skin, 2].argmin()]
    assert facing[front] > 0.5
    assert facing[back] < -0.5


def test_spreading_agrees_with_the_renderer(parts, seen):
    attributes = np.random.default_rng(0).normal(size=(len(seen), 5)).astype(np.float32)
    faces = torch.from_numpy(parts.faces)
    drawn = rasterise(torch.from_numpy(seen)[None], faces, (192, 192), cull_back=True)
    spread = _spread(drawn.face_index[0].numpy(), drawn.barycentric[0].numpy(), parts.faces, attributes)
    expected = interpolate(drawn, faces, torch.from_numpy(attributes))[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(spread, expected, atol=1e-5)


def test_a_head_in_the_portraits_pose_is_displaced_by_exactly_nothing(parts, seen, view):
    mesh = mesh_field(parts, seen, view, 0.0, 192)
    assert not mesh.displacement.any()
    assert (mesh.label == SKIN).sum() > 3000


def test_a_shifted_head_comes_from_where_it_was(parts, seen, view):
    mesh = mesh_field(parts, seen + np.float32([5, -3, 0]), view, 0.0, 192)
    shown = mesh.label == SKIN
    np.testing.assert_allclose(
        mesh.displacement[shown], np.broadcast_to([-5, 3], (shown.sum(), 2)), atol=1e-3
    )
    assert mesh.trust[shown].mean() > 0.5


def test_the_model_has_skin_eyes_and_a_mouth(parts):
    assert {SKIN, EYE, MOUTH} <= set(parts.label.tolist())


def test_the_back_of_the_head_is_not_trusted(parts, view):
    skin = np.unique(parts.faces[parts.label == SKIN])
    back = skin[view.facing[skin] < 0]
    assert len(back) > 0.2 * len(skin)
    assert not view.trust[back].any()
