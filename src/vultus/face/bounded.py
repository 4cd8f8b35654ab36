"""Bounded least squares: the fitting that HeadGAN's authors released."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import lsq_linear
from torch import Tensor

TOLERANCE = 1e-10
"""Where the authors stop the trust-region solver."""


class BoundedSolver:
    """Minimise |A p - r|² with |p| <= bound for each coefficient.

    The rows of A are rotated into its triangular factor first, which leaves the minimum where it is and
    makes a problem of c × c out of one of n × c.

    Args:
        columns: A, the stacked bases.
        bound: Largest magnitude of each coefficient; infinite for a free one.
    """

    def __init__(self, columns: Float[Tensor, "n c"], bound: Float[Tensor, " c"]) -> None:
        self._orthogonal, triangular = torch.linalg.qr(columns)  # (n, c), (c, c)
        self._triangular = triangular.numpy()
        self._bound = bound.numpy()

    def __call__(self, residual: Float[Tensor, "b n"]) -> Float[Tensor, "b c"]:
        """Coefficients p of each residual r."""
        rotated = (residual @ self._orthogonal).numpy()
        limits = (-self._bound, self._bound)
        answers = [
            lsq_linear(self._triangular, row, limits, method="trf", tol=TOLERANCE, max_iter=200).x
            for row in rotated
        ]
        return torch.from_numpy(np.stack(answers))
