"""Normals of vertices."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def vertex_normals(points: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]) -> Float[Tensor, "b v 3"]:
    """Average the adjacent triangles' normals, weighted by area.

    Args:
        points: Vertices, in any of the frames of docs/conventions.md: all are right-handed.
        faces: Triangles, counter-clockwise from outside.

    Returns:
        Outward unit vectors in the frame of `points`; 0 at a vertex without triangles.

    Example:
        >>> square = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]])
        >>> vertex_normals(square, torch.tensor([[0, 1, 2], [0, 2, 3]]))[0, 0]
        tensor([0., 0., 1.])
    """
    faces = faces.long()
    a, b, c = (points[:, faces[:, corner]] for corner in range(3))
    scaled = torch.linalg.cross(b - a, c - a)  # (b, f, 3), length is twice the area
    total = torch.zeros_like(points)
    for corner in range(3):
        total = total.index_add(1, faces[:, corner], scaled)
    return torch.nn.functional.normalize(total, dim=-1)
