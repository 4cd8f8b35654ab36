"""Registration of point sets in closed form."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Similarity:
    """Similarities, one for each set of points: x ↦ s R x + t."""

    scale: Float[Tensor, " b"]
    """s > 0."""

    rotation: Float[Tensor, "b 3 3"]
    """R, det R = +1."""

    translation: Float[Tensor, "b 3"]
    """t, unit of the target."""

    def apply(self, points: Float[Tensor, "b l 3"]) -> Float[Tensor, "b l 3"]:
        """Move points."""
        return self.scale[:, None, None] * (points @ self.rotation.mT) + self.translation[:, None]


def align(
    target: Float[Tensor, "#b l 3"], points: Float[Tensor, "b l 3"], scaling: bool = True
) -> Similarity:
    """Find the similarity that brings `points` onto `target` with the least sum of squares.

    Procrustes analysis by singular value decomposition of the covariance; reflections are never used
    [umeyama1991, Eqs. 39-42].

    Args:
        target: Where the points should go, any frame; one for all sets or one for each.
        points: What is moved.
        scaling: Whether s is free; 1 otherwise.

    Example:
        >>> points = torch.eye(3)[None]
        >>> align(2 * points + 1, points).translation.round(decimals=3)
        tensor([[1., 1., 1.]])
    """
    to, by = target.mean(dim=1), points.mean(dim=1)  # (#b, 3), (b, 3)
    centred = points - by[:, None]
    covariance = (target - to[:, None]).mT @ centred  # (b, 3, 3)
    left, singular, right = torch.linalg.svd(covariance)
    sign = torch.ones_like(singular)
    sign[:, 2] = torch.linalg.det(left @ right).sign()  # -1 where the best orthogonal matrix is a reflection
    rotation = (left * sign[:, None]) @ right
    scale = (
        (singular * sign).sum(-1) / (centred**2).sum((1, 2)) if scaling else torch.ones_like(singular[:, 0])
    )
    translation = to - scale[:, None] * (rotation @ by[..., None])[..., 0]
    return Similarity(scale, rotation, translation)


def nearest_rotation(matrix: Float[Tensor, "b 3 3"]) -> Float[Tensor, "b 3 3"]:
    """The rotation with the least Frobenius distance to each matrix."""
    left, _, right = torch.linalg.svd(matrix)
    sign = matrix.new_ones(matrix.shape[0], 3)
    sign[:, 2] = torch.linalg.det(left @ right).sign()
    return (left * sign[:, None]) @ right


def affine(source: Float[Tensor, "#b l 3"], target: Float[Tensor, "b l 3"]) -> Float[Tensor, "b 3 4"]:
    """Find the affine map from `source` to `target` with the least sum of squares: target ≈ P (source; 1).

    Args:
        source: x̄; made homogeneous here; one for all sets or one for each.
        target: Where it should go.

    Returns:
        P, its last column in the unit of the target.
    """
    homogeneous = torch.cat([source, torch.ones_like(source[..., :1])], dim=-1)  # (#b, l, 4)
    return (torch.linalg.pinv(homogeneous) @ target).mT
