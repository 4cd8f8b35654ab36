"""Fréchet distance between Gaussians, without a matrix square root [heusel2017fid, dowson1982].

tr √(Σ₁ Σ₂) is the sum of the singular values of C₁ᵀ C₂ for any factors with Σ = C Cᵀ, and so of the roots of
the eigenvalues of the symmetric C₁ᵀ Σ₂ C₁. Where there are more samples than dimensions, Cholesky's factor of
one side is enough. Where there are fewer, the factors are Cholesky's with pivots, which stop at the rank, so
that singular covariances need no epsilon; or the centred samples themselves.
"""

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError
from vultus.metrics.moments import Moments, check_features, moments_of


def frechet_compute(a: Moments, b: Moments) -> float:
    """|μ₁ - μ₂|² + tr Σ₁ + tr Σ₂ - 2 tr √(Σ₁ Σ₂), ≥ 0, with unbiased covariances.

    Raises:
        InputError: A side has fewer than two samples.
        IncompatibleError: The sides have different dimensions.
    """
    if len(a.mean) != len(b.mean):
        raise IncompatibleError(
            f"features of {len(a.mean)} dimensions cannot be compared with {len(b.mean)}",
            remedy="use one extractor on both sides",
        )
    first, second = a.covariance, b.covariance
    full = min(a.count, b.count) > len(a.mean)
    cross = _cross_term(first, second) if full else None
    if cross is None:
        cross = _sum_of_singular_values(_factor(first).T @ _factor(second))
    return _distance(a.mean - b.mean, float(np.trace(first) + np.trace(second)), cross)


def frechet_from_features(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "m e"]) -> float:
    """The same from samples: with n + m ≤ d no d x d matrix is made."""
    check_features(a)
    check_features(b)
    if a.shape[1] != b.shape[1]:
        raise IncompatibleError(
            f"features of {a.shape[1]} dimensions cannot be compared with {b.shape[1]}",
            remedy="use one extractor on both sides",
        )
    if len(a) + len(b) > a.shape[1] or min(len(a), len(b)) < 2:
        return frechet_compute(moments_of(a), moments_of(b))
    first, second = (_centred(side.astype(np.float64)) for side in (a, b))
    traces = float((first**2).sum() + (second**2).sum())
    step = a.astype(np.float64).mean(axis=0) - b.astype(np.float64).mean(axis=0)
    return _distance(step, traces, _sum_of_singular_values(first @ second.T))


def _distance(step: Float[np.ndarray, " d"], traces: float, cross: float) -> float:
    return max(float(step @ step) + traces - 2 * cross, 0.0)


def _cross_term(first: Float[np.ndarray, "d d"], second: Float[np.ndarray, "d d"]) -> float | None:
    """Tr √(Σ₁ Σ₂) where Σ₁ is positive definite; None where it is not."""
    try:
        lower = np.linalg.cholesky(first)
    except np.linalg.LinAlgError:
        return None
    eigenvalues = np.linalg.eigvalsh(lower.T @ second @ lower)
    return float(np.sqrt(np.maximum(eigenvalues, 0.0)).sum())


def _centred(values: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    return (values - values.mean(axis=0)) / np.sqrt(len(values) - 1)


def _factor(covariance: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "d r"]:
    """C with C Cᵀ = Σ, of as many columns as Σ has rank [higham1990]."""
    from scipy.linalg.lapack import dpstrf  # noqa: PLC0415 -- scipy.linalg takes long to import

    lower, pivots, rank, _ = dpstrf(covariance, lower=1)
    factor = np.zeros_like(covariance)
    factor[pivots - 1] = np.tril(lower)
    return factor[:, :rank]


def _sum_of_singular_values(matrix: Float[np.ndarray, "n m"]) -> float:
    from scipy.linalg import svdvals  # noqa: PLC0415

    return float(svdvals(matrix, overwrite_a=True, check_finite=False).sum()) if matrix.size else 0.0
