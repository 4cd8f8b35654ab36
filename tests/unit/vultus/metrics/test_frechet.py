"""Fréchet distance against scipy's matrix square root and closed forms."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.frechet import frechet_compute, frechet_from_features
from vultus.metrics.moments import moments_of


def textbook(a: np.ndarray, b: np.ndarray) -> float:
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(first @ second).real
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * np.trace(root)


def samples(n: int, m: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(d, d)) * np.exp(-np.arange(d) / (d / 4))
    return np.maximum(rng.normal(size=(n, d)) @ mix, 0), np.maximum(rng.normal(size=(m, d)) @ mix + 0.3, 0)


@pytest.mark.parametrize("sizes", [(400, 300, 96), (1000, 97, 96), (3, 400, 2)])
def test_agrees_with_scipy_to_a_millionth(sizes):
    a, b = samples(*sizes)
    expected = textbook(a, b)
    assert frechet_compute(moments_of(a), moments_of(b)) == pytest.approx(expected, rel=1e-9)
    assert frechet_from_features(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("sizes", [(30, 24, 96), (3, 5, 96), (400, 20, 96), (60, 60, 96)])
def test_fewer_samples_than_dimensions_agree_by_both_routes(sizes):
    a, b = samples(*sizes)
    from_moments, direct = frechet_compute(moments_of(a), moments_of(b)), frechet_from_features(a, b)
    assert from_moments == pytest.approx(direct, rel=1e-6)
    # By the eigenvalues of the product; scipy's root of a singular matrix warns.
    product = np.cov(a, rowvar=False) @ np.cov(b, rowvar=False)
    cross = np.sqrt(np.maximum(np.linalg.eigvals(product).real, 0)).sum()
    traces = a.var(axis=0, ddof=1).sum() + b.var(axis=0, ddof=1).sum()
    assert direct == pytest.approx(((a.mean(0) - b.mean(0)) ** 2).sum() + traces - 2 * cross, rel=1e-5)


def test_one_gaussian_moved_and_stretched_has_a_closed_form():
    a = np.random.default_rng(3).normal(size=(500, 5))
    spread = a.std(axis=0, ddof=1)
    moved = moments_of(a * 2 + 3)
    expected = ((a.mean(0) * 2 + 3 - a.mean(0)) ** 2).sum() + (spread**2).sum()  # tr(S + 4 S - 2 · 2 S)
    assert frechet_compute(moments_of(a), moved) == pytest.approx(expected)


def test_the_same_samples_are_at_no_distance_and_order_does_not_matter():
    a, b = samples(200, 150, 32)
    assert frechet_from_features(a, a) == pytest.approx(0, abs=1e-8)
    assert frechet_from_features(a[:10], a[:10]) == pytest.approx(0, abs=1e-6)
    assert frechet_from_features(a, b) == pytest.approx(frechet_from_features(b, a), rel=1e-9)


def test_features_that_never_change_are_finite():
    a, b = np.ones((40, 8)), np.full((30, 8), 3.0)
    assert frechet_from_features(a, b) == pytest.approx(8 * 4)


def test_one_sample_and_different_dimensions_are_refused():
    with pytest.raises(InputError, match="1 sample"):
        frechet_from_features(np.ones((1, 8)), np.ones((9, 8)))
    with pytest.raises(IncompatibleError, match=r"8 dimensions.*7"):
        frechet_from_features(np.ones((3, 8)), np.ones((9, 7)))
