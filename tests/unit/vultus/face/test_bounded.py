import numpy as np
import torch
from scipy.optimize import minimize

from vultus.face.bounded import BoundedSolver


def test_agrees_with_another_minimiser_where_bounds_are_active(rng):
    columns = torch.randn(40, 6, generator=rng, dtype=torch.float64)
    bound = torch.tensor([0.2, 0.2, 0.2, 5.0, 5.0, torch.inf], dtype=torch.float64)
    residual = 3 * torch.randn(3, 40, generator=rng, dtype=torch.float64)
    found = BoundedSolver(columns, bound)(residual)
    limits = [(-float(b), float(b)) if np.isfinite(float(b)) else (None, None) for b in bound]
    for b in range(3):

        def cost(p, b=b):
            rest = columns.numpy() @ p - residual[b].numpy()
            return rest @ rest, 2 * columns.numpy().T @ rest

        expected = minimize(
            cost, np.zeros(6), jac=True, bounds=limits, options={"ftol": 1e-15, "gtol": 1e-12}
        ).x
        np.testing.assert_allclose(found[b], expected, atol=1e-6)
    assert (found[:, :3].abs() > 0.1999).any()


def test_wide_bounds_give_plain_least_squares(rng):
    columns = torch.randn(40, 6, generator=rng, dtype=torch.float64)
    residual = torch.randn(2, 40, generator=rng, dtype=torch.float64)
    found = BoundedSolver(columns, torch.full((6,), 100.0, dtype=torch.float64))(residual)
    torch.testing.assert_close(found, residual @ torch.linalg.pinv(columns).mT, atol=1e-8, rtol=0)
