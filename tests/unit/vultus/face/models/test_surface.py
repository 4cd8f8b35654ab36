import numpy as np
import torch
from scipy.optimize import minimize

from vultus.face.models.surface import embed, nearest_barycentric


def test_nearest_points_are_a_minimisers(rng):
    corners = torch.randn(40, 3, 3, generator=rng, dtype=torch.float64)
    points = 0.5 * torch.randn(40, 3, generator=rng, dtype=torch.float64)
    found = nearest_barycentric(points, corners)
    assert (found >= -1e-12).all()
    torch.testing.assert_close(found.sum(-1), torch.ones(40, dtype=torch.float64))
    assert 3 < int((found > 1e-9).all(-1).sum()) < 37  # some within, some on edges
    reached = torch.einsum("bc,bcx->bx", found, corners)
    for b in range(40):
        triangle, point = corners[b].numpy(), points[b].numpy()
        best = minimize(
            lambda w, t=triangle, p=point: ((w @ t - p) ** 2).sum(),
            np.full(3, 1 / 3),
            bounds=[(0, 1)] * 3,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-14},
        )
        assert float((reached[b] - points[b]).norm()) <= np.sqrt(best.fun) + 1e-5


def test_points_of_a_surface_are_found_on_it(sheet, rng):
    weights = torch.rand(30, 3, generator=rng)
    chosen = torch.randperm(len(sheet.faces), generator=rng)[:30]
    points = torch.einsum(
        "lc,lcx->lx", weights / weights.sum(1, keepdim=True), sheet.mean[sheet.faces[chosen]]
    )
    found = embed(points.double(), sheet.mean, sheet.faces, torch.arange(len(sheet.faces)))
    torch.testing.assert_close(found.on(sheet.mean[None], sheet.faces)[0], points, atol=1e-5, rtol=0)
    part = sheet.faces[100:]
    there = embed(points.double(), sheet.mean, part, torch.arange(100, len(sheet.faces)))
    assert int(there.face_index.min()) >= 100
