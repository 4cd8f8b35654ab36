import numpy as np
from skimage.measure import euler_number, mesh_surface_area

from vultus.world.bodies.noise import noise
from vultus.world.bodies.piece import grid_faces, smoothstep, tube
from vultus.world.bodies.surface import HeadSurface, kept, vertex_normals, zero_surface

_LOW, _HIGH = (-30.0,) * 3, (30.0,) * 3


def _ball(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points, axis=1) - 20.0


def test_the_zero_surface_of_a_ball_is_its_sphere():
    shell = zero_surface(_ball, _LOW, _HIGH, 5.0)
    np.testing.assert_allclose(np.linalg.norm(shell.points, axis=1), 20.0, atol=0.05)
    np.testing.assert_allclose(shell.normals, shell.points / 20.0, atol=0.06)
    assert abs(mesh_surface_area(shell.points, shell.faces) / (4 * np.pi * 400) - 1) < 0.04
    corners = shell.points[shell.faces]
    volume = np.einsum("mx,mx->m", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert abs(volume / (4 / 3 * np.pi * 8000) - 1) < 0.06  # above zero: wound outwards


def test_islands_are_left_out():
    def two(points):
        return np.minimum(_ball(points), np.linalg.norm(points - 26.0, axis=1) - 3.0)

    shell = zero_surface(two, _LOW, _HIGH, 2.5)
    assert np.linalg.norm(shell.points, axis=1).max() > 40
    left, which = kept(shell, np.ones(len(shell.points), dtype=bool))
    assert np.linalg.norm(left.points, axis=1).max() < 21
    np.testing.assert_array_equal(left.points, shell.points[which])


def test_distance_from_a_sphere_of_points():
    shell = zero_surface(_ball, _LOW, _HIGH, 2.5)
    surface = HeadSurface.of(shell.points, shell.faces, np.arange(len(shell.points)))
    probes = np.array([[0, 0, 25.0], [0, 15.0, 0], [20.0, 0, 0], [12.0, 0, 16.0]])
    np.testing.assert_allclose(surface.distance(probes), [5.0, -5.0, 0.0, 0.0], atol=1.0)


def test_normals_of_a_sphere():
    shell = zero_surface(_ball, _LOW, _HIGH, 4.0)
    agreement = (vertex_normals(shell.points, shell.faces) * shell.points / 20.0).sum(1)
    assert agreement.min() > 0.9


def test_a_closed_tube_is_a_torus():
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    path = np.stack([20 * np.cos(angle), 20 * np.sin(angle), 0 * angle], -1)
    points, faces = tube(path, np.full(40, 3.0), 8, closed=True)
    edges = np.unique(
        np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1), axis=0
    )
    assert len(points) - len(edges) + len(faces) == euler_number(
        np.pad(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])[None], 2), 3
    )
    away = points - np.repeat(path, 8, axis=0)
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 3.0, atol=1e-9)


def test_grid_faces_wind_counter_clockwise():
    points = np.array([(x, y) for y in range(3) for x in range(4)], dtype=float)
    corners = points[grid_faces(3, 4)]
    area = np.cross(
        np.pad(corners[:, 1] - corners[:, 0], ((0, 0), (0, 1))),
        np.pad(corners[:, 2] - corners[:, 0], ((0, 0), (0, 1))),
    )
    np.testing.assert_allclose(area[:, 2], 1.0)
    assert len(grid_faces(3, 4, closed=True)) == 16


def test_smoothstep_can_fall():
    np.testing.assert_allclose(smoothstep(np.array([0.0, 1.0, 2.0]), 2.0, 0.0), [1.0, 0.5, 0.0])


def test_noise_is_smooth_named_and_centred():
    points = np.random.default_rng(0).uniform(-200, 200, (4000, 3))
    values = noise(points, 10.0, 3, "a")
    assert abs(values.mean()) < 0.05
    assert 0.2 < values.std() < 0.8
    assert np.abs(noise(points + 0.1, 10.0, 3, "a") - values).max() < 0.1
    assert abs(np.corrcoef(values, noise(points, 10.0, 3, "b"))[0, 1]) < 0.1
