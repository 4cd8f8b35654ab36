"""Algorithm 1 of HeadGAN: from dense 3D points to coefficients and a camera [doukas2021headgan]."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.errors import InputError
from vultus.face.bounded import BoundedSolver
from vultus.face.cameras import Camera
from vultus.face.morphable import MorphableModel
from vultus.face.procrustes import affine, align

Solver = Callable[[Tensor], Tensor]
"""Coefficients (b, c) of residuals (b, n)."""

UNSEEN = 1e-6
"""Part of the largest singular value of the bases below which landmarks do not show a direction; it rests."""

FLIP = (1.0, -1.0, -1.0)
"""Image frame to view frame, and back."""


@dataclass(frozen=True)
class FitConfig:
    """How shapes and cameras are solved for; as it stands, the paper's Algorithm 1."""

    solver: Literal["pseudo_inverse", "bounded", "ridge"] = "pseudo_inverse"
    """The paper's, the one its authors released, or a Gaussian prior on the coefficients."""

    camera_from: Literal["mean", "fitted"] = "mean"
    """Which points the affine camera starts from: the paper's x̄, or x̄ + U p."""

    refinements: int = 0
    """How often the points are registered again, to the fitted shape instead of the mean.

    Each solves for a small similarity together with the coefficients, so that what the bases share with
    scaling, turning and moving does not end in the coefficients.
    """

    noise_mm: float = 4.0
    """Ridge: standard deviation of a coordinate of a landmark, mm."""

    expression_spread: float = 0.5
    """Ridge: standard deviation of an expression coefficient; an identity coefficient has 1."""

    identity_bound: float = 0.8
    """Bounded: largest magnitude of an identity coefficient."""

    expression_bound: float = 1.5
    """Bounded: largest magnitude of an expression coefficient."""


TRACKING = FitConfig(solver="ridge", camera_from="fitted", refinements=3)
"""For the points of a detector: coefficients stay plausible whatever the noise."""


@dataclass(frozen=True)
class Fit:
    """What was found in each set of points; float64."""

    identity: Float[Tensor, "b i"]
    """p_id."""

    expression: Float[Tensor, "b e"]
    """p_exp."""

    camera: Camera
    """Scale, rotation and translation."""

    residual_px: Float[Tensor, "b l"]
    """Distance in the picture between each point and its landmark on the fitted shape, px."""


class Fitter:
    """Fits a morphable model to sets of corresponding points; what does not depend on them is made once.

    Args:
        model: The model.
        landmark_set: Which of its landmarks the points are.
        config: How to solve.
    """

    def __init__(
        self, model: MorphableModel, landmark_set: str = "mediapipe468", config: FitConfig | None = None
    ) -> None:
        if landmark_set not in model.landmarks:
            raise InputError(
                f"morphable model {model.name!r} has no landmarks {landmark_set!r}",
                remedy=f"it has {', '.join(sorted(model.landmarks))}",
                metadata={"model": model.name, "landmark_set": landmark_set},
            )
        self.config = config or FitConfig()
        self._unit_mm = model.unit_mm
        rows = model.landmarks[landmark_set]
        corners, weights = model.faces[rows.face_index], rows.barycentric.double()  # (l, 3), (l, 3)
        self._mean = torch.einsum("lkx,lk->lx", model.mean[corners].double(), weights)  # x̄, (l, 3)
        self._identity_basis = _sampled(model.identity_basis, corners, weights)  # (3 l, i)
        self._expression_basis = _sampled(model.expression_basis, corners, weights)  # (3 l, e)

    @property
    def landmark_count(self) -> int:
        """Number of points that are used."""
        return len(self._mean)

    def fit(self, points_image: Float[Tensor, "b l 3"]) -> Fit:
        """Find identity, expression and camera of each set of points.

        Points are registered with the mean shape (Procrustes), the bases are stacked, p = U⁺ (l' - x̄), and
        the camera is the affine map from the homogeneous x̄ to the points, taken apart into scale, rotation
        and translation [doukas2021headgan, Alg. 1]. The map goes from the mean shape to the points, so that
        its scale is in px.

        Args:
            points_image: Image frame, px in all three axes. Points beyond the landmark set's are not used
                (the irises of 478 points).
        """
        count = self._identity_basis.shape[1]
        points = self._points_view(points_image)
        basis = torch.cat([self._identity_basis, self._expression_basis], dim=1)
        coefficients, fitted = self._solve(points, self._mean[None], basis, self._joint_solver)
        return self._answer(
            coefficients[:, :count], coefficients[:, count:], self._mean[None], fitted, points
        )

    def fit_expression(self, points_image: Float[Tensor, "b l 3"], identity: Float[Tensor, "#b i"]) -> Fit:
        """Find expression and camera with the identity held: Algorithm 1 with x̄ + U_id p_id in place of x̄."""
        points = self._points_view(points_image)
        held = identity.double().expand(len(points), -1)
        neutral = self._mean + (held @ self._identity_basis.mT).unflatten(-1, (-1, 3))  # (b, l, 3)
        expression, fitted = self._solve(points, neutral, self._expression_basis, self._expression_solver)
        return self._answer(held, expression, neutral, fitted, points)

    def _points_view(self, points_image: Tensor) -> Tensor:
        if points_image.shape[1] < self.landmark_count:
            raise InputError(
                f"{points_image.shape[1]} points, but the landmark set has {self.landmark_count}",
                remedy="give one point for each landmark, in the set's order",
            )
        points = points_image[:, : self.landmark_count].double()
        if not bool(points.isfinite().all()):
            raise InputError("points that are not finite", remedy="leave out frames without a face")
        return points * points.new_tensor(FLIP)

    def _solve(self, points: Tensor, start: Tensor, basis: Tensor, solver: Solver) -> tuple[Tensor, Tensor]:
        """Coefficients (b, c) and the landmarks of the fitted shape (b, l, 3)."""
        target = start
        for _ in range(1 + self.config.refinements):
            aligned = align(target, points).apply(points)  # l'
            coefficients = solver((aligned - start).flatten(1))[:, : basis.shape[1]]
            target = start + (coefficients @ basis.mT).unflatten(-1, (-1, 3))
        return coefficients, target

    def _answer(
        self, identity: Tensor, expression: Tensor, start: Tensor, fitted: Tensor, points_view: Tensor
    ) -> Fit:
        camera = camera_from_affine(
            affine(start if self.config.camera_from == "mean" else fitted, points_view)
        )
        points_image = points_view * points_view.new_tensor(FLIP)
        residual = (camera.project(fitted) - points_image)[..., :2].norm(dim=-1)
        return Fit(identity, expression, camera, residual)

    @cached_property
    def _joint_solver(self) -> Solver:
        return self._solver(self._identity_basis, self._expression_basis)

    @cached_property
    def _expression_solver(self) -> Solver:
        return self._solver(self._identity_basis[:, :0], self._expression_basis)

    def _solver(self, identity_basis: Tensor, expression_basis: Tensor) -> Solver:
        """The solver of the stacked bases, with the similarities beside them where points are refined."""
        config = self.config
        free = (
            _similarity_columns(self._mean)
            if config.refinements
            else self._mean.new_zeros(self._mean.numel(), 0)
        )
        columns = torch.cat([identity_basis, expression_basis, free], dim=1)
        counts = [identity_basis.shape[1], expression_basis.shape[1], free.shape[1]]
        if config.solver == "bounded":
            return BoundedSolver(
                columns, _by_group((config.identity_bound, config.expression_bound, torch.inf), counts)
            )
        if config.solver == "ridge":
            spread = _by_group((1.0, config.expression_spread, torch.inf), counts)
            return _linear(_ridge_inverse(columns, config.noise_mm / self._unit_mm, spread))
        return _linear(torch.linalg.pinv(columns, rtol=UNSEEN))


def camera_from_affine(matrix: Float[Tensor, "b 3 4"]) -> Camera:
    """Take an affine camera apart: P to scale, rotation and translation.

    The first two rows say where points are seen. s is the mean of their lengths, R the rotation whose first
    two rows are nearest to them (the third is their cross product), t the last column.

    Args:
        matrix: P, head to view frame, px.
    """
    rows = matrix[:, :2, :3]
    left, _, right = torch.linalg.svd(rows, full_matrices=False)
    seen = left @ right  # (b, 2, 3), orthonormal rows
    ahead = torch.linalg.cross(seen[:, 0], seen[:, 1])
    translation = matrix[:, :2, 3] * matrix.new_tensor(FLIP[:2])
    return Camera(rows.norm(dim=-1).mean(-1), torch.cat([seen, ahead[:, None]], dim=1), translation)


def _sampled(basis: Tensor, corners: Tensor, weights: Tensor) -> Tensor:
    """A basis at landmarks: (v, 3, c) to (3 l, c), float64."""
    return torch.einsum("lkxc,lk->lxc", basis[corners].double(), weights).flatten(0, 1)


def _similarity_columns(points: Tensor) -> Tensor:
    """What small shifts, turns and scalings do to points: (3 l, 7), each column of the points' size."""
    centred = points - points.mean(0)
    size = centred.square().sum(-1).mean().sqrt()
    axes = torch.eye(3).to(points)
    shifts = [axis.expand_as(points) * size for axis in axes]
    turns = [torch.linalg.cross(axis.expand_as(points), centred) for axis in axes]
    return torch.stack([*shifts, *turns, centred], dim=-1).flatten(0, 1)


def _by_group(values: tuple[float, float, float], counts: list[int]) -> Tensor:
    return torch.cat([torch.full((n,), v, dtype=torch.float64) for v, n in zip(values, counts, strict=True)])


def _ridge_inverse(columns: Tensor, noise: float, spread: Tensor) -> Tensor:
    """(Aᵀ A + σ² S⁻²)⁻¹ Aᵀ: the mode under noise of deviation σ and priors of deviation S."""
    prior = (noise / spread) ** 2  # 0 where a column is free
    return torch.linalg.solve(columns.mT @ columns + prior.diag(), columns.mT)


def _linear(inverse: Tensor) -> Solver:
    return lambda residual: residual @ inverse.mT
