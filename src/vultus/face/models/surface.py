"""Nearest points on a triangle mesh."""

import torch
from jaxtyping import Float, Int
from scipy.spatial import cKDTree
from torch import Tensor

from vultus.face.morphable import LandmarkEmbedding


def embed(
    points: Float[Tensor, "l 3"],
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    names: Int[Tensor, " f"],
    candidates: int = 64,
) -> LandmarkEmbedding:
    """The nearest surface point of each point.

    Args:
        points: Points near the surface, the vertices' frame and unit.
        vertices: Corners of the triangles.
        faces: Triangles to choose from.
        names: What the embedding calls them. Concretely, ``names[i]`` is the index of ``faces[i]`` in the
            whole mesh.
        candidates: How many triangles, by the distance of their centres, are looked at for each point.
    """
    corners = vertices[faces].double()  # (f, 3, 3)
    _, near = cKDTree(corners.mean(1).numpy()).query(points.numpy(), k=min(candidates, len(faces)))
    near = torch.from_numpy(near.reshape(len(points), -1))  # (l, k)
    weights = nearest_barycentric(points[:, None].expand(-1, near.shape[1], -1), corners[near])  # (l, k, 3)
    reached = torch.einsum("lkc,lkcx->lkx", weights, corners[near])
    best = (reached - points[:, None]).norm(dim=-1).argmin(1)  # (l,)
    rows = torch.arange(len(points))
    return LandmarkEmbedding(names[near[rows, best]], weights[rows, best].float())


def nearest_barycentric(
    points: Float[Tensor, "*b 3"], corners: Float[Tensor, "*b 3 3"]
) -> Float[Tensor, "*b 3"]:
    """Barycentric coordinates of each triangle's nearest point: within it, or else on its nearest edge."""
    a, b, c = corners.unbind(-2)
    inside = _plane_barycentric(points, a, b, c)
    zero = torch.zeros_like(points[..., 0])
    on_ab, on_bc, on_ca = _along(points, a, b), _along(points, b, c), _along(points, c, a)
    edges = torch.stack(
        [
            torch.stack([1 - on_ab, on_ab, zero], -1),
            torch.stack([zero, 1 - on_bc, on_bc], -1),
            torch.stack([on_ca, zero, 1 - on_ca], -1),
        ],
        -2,
    )  # (*b, 3 edges, 3)
    distance = (torch.einsum("...ec,...cx->...ex", edges, corners) - points[..., None, :]).norm(dim=-1)
    nearest = distance.argmin(-1)[..., None, None].expand(*distance.shape[:-1], 1, 3)
    return torch.where((inside >= 0).all(-1, keepdim=True), inside, edges.gather(-2, nearest).squeeze(-2))


def _plane_barycentric(points: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Coordinates of the foot of the perpendicular on the triangle's plane."""
    normal = torch.linalg.cross(b - a, c - a)
    area = (normal**2).sum(-1, keepdim=True).clamp_min(1e-30)
    beta = (torch.linalg.cross(points - a, c - a) * normal).sum(-1, keepdim=True) / area
    gamma = (torch.linalg.cross(b - a, points - a) * normal).sum(-1, keepdim=True) / area
    return torch.cat([1 - beta - gamma, beta, gamma], -1)


def _along(points: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Where on the edge the nearest point is: 0 at its start, 1 at its end."""
    edge = end - start
    return (((points - start) * edge).sum(-1) / (edge**2).sum(-1).clamp_min(1e-30)).clamp(0, 1)
