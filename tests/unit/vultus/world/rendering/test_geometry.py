import numpy as np
import torch

from vultus.render.normals import vertex_normals
from vultus.world.rendering.geometry import (
    add_normals,
    close_pinholes,
    depth_map,
    facing,
    map_axes,
    openness,
    to_view,
)


def test_normals_are_those_of_the_renderer(body):
    normals = np.zeros((len(body.rest), 3))
    add_normals(body.rest.numpy().astype(np.float64), body.faces.numpy(), normals)
    expected = vertex_normals(body.rest[None].double(), body.faces)[0].numpy()
    np.testing.assert_allclose(normals, expected, atol=1e-9)


def test_map_axes_span_what_the_direction_sees():
    for direction in ([0.0, 0, 1], [0.6, 0, 0.8], [0, 1.0, 0], [-0.48, 0.64, 0.6]):
        right, down = map_axes(np.array(direction))
        frame = np.stack([right, down, -np.array(direction)])
        np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(frame) > 0
        assert down[1] <= 1e-9


def test_a_depth_map_keeps_the_nearest():
    square = np.array([[0.0, 0, 5], [8, 0, 5], [8, 8, 5], [0, 8, 5], [2, 2, 3], [4, 2, 3], [4, 4, 3]])
    depth = depth_map(square, np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6]]), 10)
    assert depth[2, 3] == 3
    assert depth[6, 1] == 5
    assert np.isinf(depth[9, 9])


def box(half, inwards):
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float) * half
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))]
    return corners, np.array(faces)[:, ::-1] if inwards else np.array(faces)


def test_a_box_is_open_outside_and_shut_inside():
    corners, faces = box(50.0, inwards=False)
    assert openness(corners, faces).min() > 0.9
    shell, shell_faces = box(80.0, inwards=False)
    both = np.concatenate([corners, shell])
    inside = openness(both, np.concatenate([faces, shell_faces + 8]))
    assert inside[:8].max() < 0.15
    assert inside[8:].min() > 0.9


def test_the_mouth_is_darker_than_the_face(body):
    open_to = openness(body.rest.numpy().astype(np.float64), body.faces.numpy())
    regions = {name: open_to[vertices.numpy()].mean() for name, vertices in body.model.regions.items()}
    assert regions["mouth_interior"] < 0.3
    assert regions["face"] > 0.6
    assert torch.tensor(open_to).isfinite().all()


def test_only_front_faces_and_marked_ones_may_be_seen():
    square = np.array([[0.0, 0, 5], [0, 8, 5], [8, 8, 5], [8, 0, 5]])
    faces = np.array([[0, 1, 2], [0, 2, 1], [0, 3, 2]])
    assert facing(square, faces, np.array([False, False, False])).tolist() == [0]
    assert facing(square, faces, np.array([False, True, False])).tolist() == [0, 1]


def test_a_pinhole_is_closed_and_a_window_is_not():
    face_index = np.full((20, 20), 7)
    face_index[5, 5] = -1
    face_index[10:14, 10:14] = -1
    barycentric, depth = np.full((20, 20, 3), 1 / 3), np.where(face_index < 0, np.inf, 2.0)
    close_pinholes(face_index, barycentric, depth)
    assert face_index[5, 5] == 7
    assert depth[5, 5] == 2
    assert (face_index[11:13, 11:13] == -1).all()
    outside = np.full((20, 20), -1)
    close_pinholes(outside, barycentric, depth)
    assert (outside == -1).all()


def test_image_points_become_view_points_and_places_in_the_map():
    rng = np.random.default_rng(3)
    points, middle = rng.normal(size=(40, 3)).astype(np.float32) * 30, np.array([3.0, -4.0, 5.0])
    centre, axes = np.array([6.0, 7.0]), np.linalg.qr(rng.normal(size=(3, 3)))[0]
    view, lamp = np.empty((40, 3)), np.empty((40, 3))
    to_view(points, centre, 1.7, view, axes, middle, 2.5, lamp)
    expected = (points.astype(float) - [6, 7, 0]) * [1, -1, -1] / 1.7
    np.testing.assert_allclose(view, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(lamp, ((expected - middle) @ axes.T) / [2.5, 2.5, 1], rtol=1e-5, atol=1e-5)
