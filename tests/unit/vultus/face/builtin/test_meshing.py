import numpy as np

from vultus.face.builtin.meshing import fair, grid_faces, subdivide, vertex_normals


def test_grid_faces_are_counter_clockwise() -> None:
    row, column = np.mgrid[:3, :4]
    vertices = np.stack([column, -row, 0 * row], -1).reshape(-1, 3).astype(float)
    assert (vertex_normals(vertices, grid_faces(3, 4, closed=False))[:, 2] > 0.99).all()


def test_subdivision_keeps_area_and_shares_middles() -> None:
    vertices = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, 0]], float)
    faces, edges = subdivide(np.array([[0, 1, 2], [1, 3, 2]]), 4)
    assert faces.shape == (8, 3)
    assert len(edges) == 5
    finer = np.concatenate([vertices, vertices[edges].mean(1)])
    corner = finer[faces]
    area = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])[:, 2] / 2
    np.testing.assert_allclose(area, 0.5)


def test_fairing_holds_what_is_pinned_and_flattens_the_rest() -> None:
    row, column = np.mgrid[:7, :7]
    bumpy = np.stack([column, -row, 0 * row], -1).reshape(-1, 3).astype(float)
    bumpy[24, 2] = 3
    pull = np.where((row % 6 == 0) | (column % 6 == 0), 1e6, 0.0).ravel()
    smooth = fair(grid_faces(7, 7, closed=False), bumpy, pull)
    np.testing.assert_allclose(smooth[pull > 0], bumpy[pull > 0], atol=1e-4)
    assert abs(smooth[24, 2]) < 0.1
