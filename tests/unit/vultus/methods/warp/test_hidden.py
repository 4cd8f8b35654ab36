import numpy as np
import pytest

from vultus.methods.warp.hidden import borrowed_positions, edge_laplacian


@pytest.fixture(scope="module")
def sheet():
    """A sheet of 9 x 9 vertices; x runs along the columns."""
    rows, columns = np.mgrid[0:9, 0:9]
    index = rows * 9 + columns
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, d, c], -1).reshape(-1, 3), np.stack([a, c, b], -1).reshape(-1, 3)])
    points = np.stack([columns, rows, 0 * rows], -1).reshape(-1, 3).astype(np.float32)
    return faces, points


def test_the_laplacian_knows_each_edge_once(sheet):
    faces, points = sheet
    laplacian = edge_laplacian(faces, len(points)).toarray()
    np.testing.assert_allclose(laplacian.sum(axis=1), 0)
    np.testing.assert_array_equal(laplacian, laplacian.T)
    assert laplacian.trace() == 2 * (2 * 9 * 8 + 8 * 8)


def test_hidden_vertices_stay_at_the_rim_of_what_is_seen(sheet):
    faces, points = sheet
    trust = (points[:, 0] <= 4).astype(np.float32)
    found = borrowed_positions(faces, points, trust, points.astype(np.float64), np.zeros(81, bool))
    hidden = points[:, 0] >= 5
    assert found[hidden, 0].max() <= 4.01
    assert found[hidden, 0].min() > 2.5
    np.testing.assert_allclose(found[trust > 0], points[trust > 0], atol=0.3)
    assert np.corrcoef(found[hidden, 1], points[hidden, 1])[0, 1] > 0.95


def test_the_head_borrows_nothing_from_the_neck(sheet):
    faces, points = sheet
    seen = points[:, 1] >= 6
    neck = points[:, 1] >= 7
    found = borrowed_positions(faces, points, seen.astype(np.float32), points.astype(np.float64), neck)
    assert found[~seen, 1].max() < 6.5


def test_without_anything_seen_everything_stays(sheet):
    faces, points = sheet
    found = borrowed_positions(
        faces, points, np.zeros(81, np.float32), points.astype(np.float64), np.zeros(81, bool)
    )
    np.testing.assert_array_equal(found, points)
