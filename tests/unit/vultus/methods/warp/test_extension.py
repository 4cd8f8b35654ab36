import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from vultus.methods.warp.extension import Prior, border_window, closed_openings, extend, relax
from vultus.methods.warp.parts import MOUTH, SKIN


def _solved(target, weight):
    """The membrane's minimum by a direct solver."""
    side = len(weight)
    path = sparse.diags([np.ones(side - 1)] * 2, [-1, 1])
    edges = sparse.kron(path, sparse.identity(side)) + sparse.kron(sparse.identity(side), path)
    laplacian = sparse.diags(np.asarray(edges.sum(axis=1)).ravel()) - edges
    system = (laplacian + sparse.diags(weight.ravel())).tocsc()
    return np.stack([spsolve(system, (weight * target[..., i]).ravel()) for i in (0, 1)], -1).reshape(
        target.shape
    )


def test_the_membrane_is_what_a_direct_solver_finds():
    rng = np.random.default_rng(0)
    weight = np.where(rng.random((32, 32)) < 0.2, 5.0, 0.05).astype(np.float32)
    target = rng.normal(0, 3, (32, 32, 2)).astype(np.float32)
    assert np.abs(relax(target, weight) - _solved(target, weight)).max() < 0.01


def test_a_trusted_field_is_kept_and_a_constant_one_spreads():
    displacement = np.full((64, 64, 2), 3.0, np.float32)
    trust = np.zeros((64, 64), np.float32)
    trust[20:40, 20:40] = 1
    displacement[trust == 0] = 99
    prior = Prior(np.zeros((16, 16, 2), np.float32), np.zeros((16, 16), np.float32))
    np.testing.assert_allclose(extend(displacement, trust, prior), 3.0, atol=1e-3)


def test_nothing_moves_where_nothing_pulls():
    zero = np.zeros((64, 64, 2), np.float32)
    trust = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    prior = Prior(np.zeros((16, 16, 2), np.float32), np.ones((16, 16), np.float32))
    assert not extend(zero, trust, prior).any()


def test_openings_are_bridged_linearly():
    label = np.full((9, 3), SKIN, np.uint8)
    label[3:6, 1] = MOUTH
    displacement = np.zeros((9, 3, 2), np.float32)
    displacement[6:, 1] = 8.0
    displacement[3:6, 1] = 50.0
    bridged, trust = closed_openings(displacement, np.ones((9, 3), np.float32), label)
    np.testing.assert_allclose(bridged[2:7, 1, 0], [0, 2, 4, 6, 8])
    assert (trust == 1).all()


def test_an_opening_at_the_border_is_not_trusted():
    label = np.full((5, 1), MOUTH, np.uint8)
    label[0] = SKIN
    _, trust = closed_openings(np.zeros((5, 1, 2), np.float32), np.ones((5, 1), np.float32), label)
    np.testing.assert_array_equal(trust[:, 0], [1, 0, 0, 0, 0])


def test_the_window_is_zero_at_the_border_and_one_inside():
    window = border_window(50, 0.1)
    assert not window[0].any()
    assert not window[:, -1].any()
    assert (window[10:-10, 10:-10] == 1).all()
    assert (border_window(50, 0.0) == 1).all()
