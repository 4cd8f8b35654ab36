"""Fit one frame's landmarks in real time: pose in closed form, coefficients by bounded least squares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from vultus.face.arkit import ARKIT_52
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.morphable import MorphableModel

Array = np.ndarray
Pose = tuple[Float[Array, "3 3"], float, Float[Array, " 3"]]
"""R, s and t with s R x + t, in the view frame."""

_EYE_GAPS = ((160, 144), (159, 145), (158, 153), (385, 380), (386, 374), (387, 373))
_LIP_GAPS = ((81, 178), (13, 14), (311, 402))
_GAPS = {
    "mediapipe468": (_EYE_GAPS, _LIP_GAPS),
    "ibug68": (((37, 41), (38, 40), (43, 47), (44, 46)), ((61, 67), (62, 66), (63, 65))),
}
"""Pairs of upper and lower lid, and of upper and lower inner lip, by landmark set."""


@dataclass(frozen=True)
class SolverConfig:
    """What the fit trusts, and how far coefficients may go."""

    noise_mm: float = 2.0
    """Standard deviation of a landmark about the model, mm."""
    independent_points: int = 60
    """Number of landmarks that would say as much if their errors were independent."""
    depth_weight: float = 0.25
    """Weight of the depth of a landmark, which is guessed rather than seen, relative to x and y."""
    pose_depth_weight: float = 0.15
    """The same where the pose is sought: the guess follows the mouth as much as the head."""
    eye_gap_weight: float = 12.0
    """Weight of a lid opening relative to a landmark: blinks are small and matter much."""
    lip_gap_weight: float = 3.0
    """Weight of a lip opening relative to a landmark."""
    shut_gap_mm: float = 1.6
    """Lid opening that a detector sees in shut eyes, mm."""
    open_gap_mm: float = 9.0
    """Lid opening from which it is believed as it is, mm."""
    identity_limit: float = 3.5
    """Largest absolute identity coefficient, standard deviations."""
    expression_range: tuple[float, float] = (-0.1, 1.2)
    """Least and greatest coefficient in a model whose expressions are ARKit's."""
    expression_deviation: float = 0.3
    """Standard deviation of an ARKit coefficient in the prior."""
    unseen: tuple[str, ...] = ("eyeLook", "tongueOut", "pupilDilate")
    """Beginnings of the names of expressions that landmarks do not show; they stay 0."""
    rare: tuple[str, ...] = ("mouthClose", "cheekPuff", "jawForward", "noseSneer")
    """Expressions that other ones imitate, whose prior is three times as narrow."""
    common: tuple[str, ...] = ("eyeBlink", "jawOpen")
    """Expressions that often go all the way, whose prior is three times as wide."""


@dataclass(frozen=True)
class HeadFit:
    """The fit of one frame."""

    identity: Float[Array, " i"]
    """p_id."""
    expression: Float[Array, " e"]
    """p_exp."""
    rotation: Float[Array, "3 3"]
    """R, head to view."""
    scale: float
    """s, px for each model unit."""
    translation_px: Float[Array, " 2"]
    """t, image frame."""

    def project(self, points_head: Float[Array, "n 3"]) -> Float[Array, "n 2"]:
        """Where points of the head are seen, px."""
        in_view = self.scale * points_head @ self.rotation.T
        return in_view[:, :2] * (1.0, -1.0) + self.translation_px


class HeadSolver:
    """Fits a morphable model to dense landmarks, one frame at a time.

    Minimises Σ_l w_l |W ((y_l - t) / s - R x_l(p))|² + p^T Λ p with bounds on p, where W lowers the weight
    of the view's depth axis; pose and coefficients take turns. Openings of lids and lips are added as
    differences of landmarks. The normal equations for any pose are a combination of nine matrices that are
    computed once.

    Args:
        model: Has landmarks "mediapipe468", or "ibug68" at least.
        config: What is trusted.
    """

    def __init__(self, model: MorphableModel, config: SolverConfig | None = None) -> None:
        self.config = config or SolverConfig()
        self.landmark_set = "mediapipe468" if "mediapipe468" in model.landmarks else "ibug68"
        self.mean, basis = _landmark_model(model, self.landmark_set)
        self.identity_count = model.identity_count
        self._basis = basis  # (l, 3, i + e)
        self._unit_mm = model.unit_mm
        eyes, lips = _GAPS[self.landmark_set]
        self._upper_edges, self._lower_edges = np.array(eyes + lips).T
        self._eye_rows = slice(len(basis), len(basis) + len(eyes))
        self._weights = self._row_weights(len(eyes), len(lips))
        self._rows = self._with_gaps(basis)  # (l + g, 3, i + e)
        weighted = self._rows * self._weights[:, None, None]
        self._gram = np.einsum("laq,lbr->abqr", weighted, self._rows, optimize=True)  # (3, 3, i + e, i + e)
        self._moment = np.ascontiguousarray(weighted.reshape(-1, basis.shape[2]).T)  # (i + e, 3 (l + g))
        self._prior, self._lower, self._upper = self._bounds(model)
        self._rigidity = self._landmark_rigidity(basis[..., model.identity_count :])
        shown = "ibug68" if "ibug68" in model.landmarks else self.landmark_set
        self._mean_68, self._basis_68 = _landmark_model(model, shown)
        if shown != "ibug68":
            self._mean_68, self._basis_68 = self._mean_68[IBUG_INDEX], self._basis_68[IBUG_INDEX]

    def select(self, points_image: Float[Array, "n 3"]) -> Float[Array, "l 3"]:
        """The solver's own landmarks out of MediaPipe's 468 or 478, in the view frame (y up)."""
        chosen = points_image[:468] if self.landmark_set == "mediapipe468" else points_image[IBUG_INDEX]
        return chosen * (1.0, -1.0, -1.0)

    def fit(
        self, points_image: Float[Array, "n 3"], rounds: int = 4, start: Float[Array, " q"] | None = None
    ) -> HeadFit:
        """Fit identity, expression and pose to one frame.

        Args:
            points_image: MediaPipe's landmarks, image frame, px.
            rounds: How often pose and coefficients take turns.
            start: Coefficients (identity, then expression) to start from.
        """
        every = slice(0, self._basis.shape[2])
        begin = np.zeros(every.stop) if start is None else start
        return self._alternate(self.select(points_image), self.mean, every, begin, rounds)

    def fit_expression(
        self, points_image: Float[Array, "n 3"], identity: Float[Array, " i"], start: HeadFit | None = None
    ) -> HeadFit:
        """Fit expression and pose to one frame of a known person.

        Args:
            points_image: MediaPipe's landmarks, image frame, px.
            identity: p_id, held.
            start: The last frame's fit, from which fewer rounds are enough.
        """
        tail = slice(self.identity_count, self._basis.shape[2])
        neutral = self.mean + self._basis[..., : self.identity_count] @ identity
        begin = np.zeros(tail.stop - tail.start) if start is None else start.expression
        fit = self._alternate(self.select(points_image), neutral, tail, begin, 4 if start is None else 2)
        return HeadFit(identity, fit.expression, fit.rotation, fit.scale, fit.translation_px)

    def error_interocular(self, fit: HeadFit, points_image: Float[Array, "n 3"]) -> float:
        """Mean distance in the picture of the 68 fitted landmarks from the detected ones.

        Args:
            fit: A fit to the points.
            points_image: MediaPipe's landmarks, image frame, px.

        Returns:
            Relative to the inter-ocular distance of the detected ones (outer eye corners, in the picture).
        """
        shape = self._mean_68 + self._basis_68 @ np.concatenate([fit.identity, fit.expression])
        seen = points_image[IBUG_INDEX, :2]
        distance = np.linalg.norm(fit.project(shape) - seen, axis=1).mean()
        return float(distance / np.linalg.norm(seen[36] - seen[45]))

    def _alternate(
        self,
        points_view: Float[Array, "l 3"],
        base: Float[Array, "l 3"],
        part: slice,
        coefficients: Float[Array, " q"],
        rounds: int,
    ) -> HeadFit:
        basis = self._basis[..., part]
        shape = base + basis @ coefficients
        base_rows = self._with_gaps(base)
        for _ in range(rounds):
            rotation, scale, shift = self._align(shape, points_view)
            seen = self._with_gaps((points_view - shift) @ rotation / scale)  # (r, 3) head frame
            self._shut_lids(seen)
            coefficients = self._solve(seen - base_rows, rotation, part)
            shape = base + basis @ coefficients
        rotation, scale, shift = self._align(shape, points_view)
        scale, flat_shift = _rescale(shape @ rotation.T, points_view)
        identity, expression = np.split(
            np.concatenate([np.zeros(part.start), coefficients]), [self.identity_count]
        )
        return HeadFit(identity, expression, rotation, scale, flat_shift * (1.0, -1.0))

    def _align(self, shape: Float[Array, "l 3"], points_view: Float[Array, "l 3"]) -> Pose:
        """The pose that brings the shape to the landmarks, their depths trusted less."""
        pose = align_rigidly(shape, points_view, self._rigidity)
        axes = np.array([1.0, 1.0, self.config.pose_depth_weight])
        for _ in range(2):
            pose = refine_pose(pose, shape, points_view, self._rigidity, axes)
        return pose

    def _solve(
        self, wanted: Float[Array, "r 3"], rotation: Float[Array, "3 3"], part: slice
    ) -> Float[Array, " q"]:
        # The weighting by axis holds in the view frame; metric is what it is in the head frame.
        metric = rotation.T @ (np.array([1.0, 1.0, self.config.depth_weight])[:, None] * rotation)
        gram = np.tensordot(metric, self._gram[:, :, part, part], axes=2)
        gram[np.diag_indices_from(gram)] += self._prior[part]
        moment = self._moment[part] @ (wanted @ metric).ravel()
        return solve_bounded(gram, moment, self._lower[part], self._upper[part])

    def _row_weights(self, eye_count: int, lip_count: int) -> Float[Array, " r"]:
        c = self.config
        whole = c.independent_points * (self._unit_mm / c.noise_mm) ** 2
        gaps = [c.eye_gap_weight] * eye_count + [c.lip_gap_weight] * lip_count
        return whole * np.concatenate([np.full(len(self.mean), 1 / len(self.mean)), np.array(gaps) / 68])

    def _landmark_rigidity(self, expression_basis: Float[Array, "l 3 e"]) -> Float[Array, " l"]:
        """How much each landmark says of the pose: less, the further expressions may carry it."""
        deviation = self._prior[-expression_basis.shape[2] :] ** -0.5
        carried_mm = self._unit_mm * np.sqrt(((expression_basis * deviation) ** 2).sum((1, 2)))
        return 1 / (self.config.noise_mm**2 + carried_mm**2)

    def _with_gaps(self, rows: Float[Array, "l 3 *q"]) -> Float[Array, "r 3 *q"]:
        return np.concatenate([rows, rows[self._upper_edges] - rows[self._lower_edges]])

    def _shut_lids(self, seen: Float[Array, "r 3"]) -> None:
        """Stretch lid openings in place, so that shut eyes have none though a detector sees some."""
        c = self.config
        openings = seen[self._eye_rows]
        gap_mm = np.linalg.norm(openings, axis=1, keepdims=True) * self._unit_mm
        meant_mm = (gap_mm - c.shut_gap_mm) * c.open_gap_mm / (c.open_gap_mm - c.shut_gap_mm)
        openings *= np.minimum(np.maximum(meant_mm, 0.0) / np.maximum(gap_mm, 1e-9), 1.0)

    def _bounds(self, model: MorphableModel) -> tuple[Float[Array, " q"], ...]:
        """Precision of the prior, lower and upper bounds of identity and expression coefficients."""
        c = self.config
        names = model.expression_names
        ranged = np.full(len(names), not ARKIT_52.isdisjoint(names))
        precision = np.where(ranged, c.expression_deviation**-2, 1.0)
        precision[_starting(names, c.rare)] *= 9.0
        precision[_starting(names, c.common)] /= 9.0
        lower = np.where(ranged, c.expression_range[0], -3.0)
        upper = np.where(ranged, c.expression_range[1], 3.0)
        unseen = _starting(names, c.unseen)
        lower[unseen] = upper[unseen] = 0.0
        limit = np.full(model.identity_count, c.identity_limit)
        prior = np.concatenate([np.ones(model.identity_count), precision])
        return prior, np.concatenate([-limit, lower]), np.concatenate([limit, upper])


IBUG_INDEX = np.array(IBUG68_FROM_MEDIAPIPE)


def align_rigidly(
    points: Float[Array, "l 3"], target: Float[Array, "l 3"], weights: Float[Array, " l"]
) -> Pose:
    """Rotation, scale and shift that bring points to a target, weighted least squares [umeyama1991].

    Returns:
        R, s and t with s R x + t ≈ y.
    """
    share = weights / weights.sum()
    centre, aim = share @ points, share @ target
    from_centre, from_aim = points - centre, target - aim
    left, sizes, right = np.linalg.svd((from_aim * share[:, None]).T @ from_centre)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * sign) @ right
    scale = float((sizes * sign).sum() / (share @ from_centre**2).sum())
    return rotation, scale, aim - scale * rotation @ centre


def refine_pose(
    pose: Pose,
    points: Float[Array, "l 3"],
    target: Float[Array, "l 3"],
    weights: Float[Array, " l"],
    axis_weights: Float[Array, " 3"],
) -> Pose:
    """One Gauss-Newton step towards least squares whose view axes weigh differently.

    Args:
        pose: R, s and t to start from.
        points: x, head frame.
        target: y, view frame.
        weights: Of each point.
        axis_weights: Of the view's axes.
    """
    rotation, scale, shift = pose
    turned = scale * points @ rotation.T
    x, y, z = turned.T
    none = np.zeros_like(x)
    jacobian = np.stack(
        [
            np.stack([none, z, -y, x], 1),  # of x_view by rotation about x, y, z and by log s
            np.stack([-z, none, x, y], 1),
            np.stack([y, -x, none, z], 1),
        ],
        axis=1,
    )  # (l, 3, 4)
    jacobian = np.concatenate([jacobian, np.broadcast_to(np.eye(3), (len(x), 3, 3))], axis=2)
    trust = weights[:, None] / weights.sum() * axis_weights
    left = target - turned - shift
    normal = np.einsum("lak,la,lam->km", jacobian, trust, jacobian, optimize=True)
    step = np.linalg.solve(normal, np.einsum("lak,la->k", jacobian, trust * left))
    turn = Rotation.from_rotvec(step[:3]).as_matrix()
    return turn @ rotation, scale * float(np.exp(step[3])), shift + step[4:]


def solve_bounded(
    gram: Float[Array, "q q"],
    moment: Float[Array, " q"],
    lower: Float[Array, " q"],
    upper: Float[Array, " q"],
) -> Float[Array, " q"]:
    """Minimise ½ xᵀ G x - mᵀ x within bounds by block principal pivoting [kim2011].

    Args:
        gram: G, positive definite.
        moment: m.
        lower: Least x.
        upper: Greatest x, not below `lower`.
    """
    x = np.clip(np.zeros_like(moment), lower, upper)
    free = lower < upper
    for _ in range(12):
        x = np.where(free, 0.0, x)
        index = np.flatnonzero(free)
        rest = moment[index] - gram[index] @ x
        x[index] = np.linalg.solve(gram[np.ix_(index, index)], rest)
        below, above = x < lower - 1e-9, x > upper + 1e-9
        pull = moment - gram @ x
        inward = ~free & (((x <= lower) & (pull > 1e-9)) | ((x >= upper) & (pull < -1e-9))) & (lower < upper)
        if not (below | above | inward).any():
            return x
        x = np.clip(x, lower, upper)
        free = (free & ~below & ~above) | inward
    return np.clip(x, lower, upper)


def _rescale(
    turned: Float[Array, "l 3"], points_view: Float[Array, "l 3"]
) -> tuple[float, Float[Array, " 2"]]:
    """Scale and shift that meet the landmarks in the picture, whatever their depths."""
    model, seen = turned[:, :2], points_view[:, :2]
    from_centre = model - model.mean(0)
    scale = float((from_centre * (seen - seen.mean(0))).sum() / (from_centre**2).sum())
    return scale, seen.mean(0) - scale * model.mean(0)


def _landmark_model(
    model: MorphableModel, landmark_set: str
) -> tuple[Float[Array, "l 3"], Float[Array, "l 3 q"]]:
    """Mean and bases of the landmarks alone, float64."""
    embedding = model.landmarks[landmark_set]
    corners = model.faces[embedding.face_index].numpy()  # (l, 3)
    weights = embedding.barycentric.numpy().astype(np.float64)

    def on(values: Array) -> Array:
        return np.einsum("lc...,lc->l...", values[corners].astype(np.float64), weights)

    bases = [on(model.identity_basis.numpy()), on(model.expression_basis.numpy())]
    return on(model.mean.numpy()), np.concatenate(bases, axis=2)


def _starting(names: Sequence[str], beginnings: tuple[str, ...]) -> Bool[Array, " e"]:
    return np.array([name.startswith(beginnings) for name in names], dtype=bool)
