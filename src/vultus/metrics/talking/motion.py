"""How near a talking head comes to the recorded one: L_pose, L_p-motion, L_shape, L_s-motion [zhang2021pose].

The papers' figures are on poses normalised with statistics that were not published. A score is comparable
with another only where both used the same `vultus.data.real.poses.PoseStatistics`.
"""

import numpy as np
from jaxtyping import Bool, Float

from vultus.errors import IncompatibleError
from vultus.metrics.score import MetricInfo
from vultus.metrics.sequences import SequenceMetric
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute

LOWER_FACE_WEIGHT = 10.0
"""What the lower face counts more, m in [zhang2021pose, Eq. 7]."""


def pose_distance_update(
    generated: Float[np.ndarray, "t p"], reference: Float[np.ndarray, "s q"]
) -> FrameTerms:
    """‖y_t - ŷ_t‖² of each frame's normalised poses [zhang2021pose, Eq. 3, left]."""
    _same_shape(generated, reference)
    return FrameTerms(((generated.astype(np.float64) - reference) ** 2).sum(axis=1))


def pose_motion_update(
    generated: Float[np.ndarray, "t p"], reference: Float[np.ndarray, "s q"]
) -> FrameTerms:
    """‖(y_t - y_{t-1}) - (ŷ_t - ŷ_{t-1})‖² [zhang2021pose, Eq. 3, right]; t - 1 terms."""
    _same_shape(generated, reference)
    difference = np.diff(generated.astype(np.float64) - reference, axis=0)
    return FrameTerms((difference**2).sum(axis=1))


def shape_distance_update(
    generated: Float[np.ndarray, "t v 3"],
    reference: Float[np.ndarray, "s w 3"],
    lower_face: Bool[np.ndarray, " v"],
) -> FrameTerms:
    """Mean over vertices of ‖(v - f) m‖², m = 10 on the lower face [zhang2021pose, Eq. 7, left]."""
    _same_shape(generated, reference)
    difference = generated.astype(np.float64) - reference
    return FrameTerms(_masked_square(difference, lower_face))


def shape_motion_update(
    generated: Float[np.ndarray, "t v 3"],
    reference: Float[np.ndarray, "s w 3"],
    lower_face: Bool[np.ndarray, " v"],
) -> FrameTerms:
    """The same of displacements since the frame before [zhang2021pose, Eq. 7, right]; t - 1 terms."""
    _same_shape(generated, reference)
    difference = np.diff(generated.astype(np.float64) - reference, axis=0)
    return FrameTerms(_masked_square(difference, lower_face))


def _info(name: str, unit: str, protocol: str) -> MetricInfo:
    return MetricInfo(
        name=name,
        unit=unit,
        protocol=f"posegan-2021/{protocol}, mean over frames",
        higher_is_better=False,
        needs="given",
        modes=("self",),
        by_default=False,
    )


@METRICS.register("l_pose[z-score]")
class PoseDistance(StreamingMetric):
    """Squared distance of normalised poses."""

    info = _info("l_pose[z-score]", "1", "poses normalised with the training set's statistics/squared norm")
    measure = staticmethod(pose_distance_update)
    finish = staticmethod(mean_compute)


@METRICS.register("l_p-motion[z-score]")
class PoseMotion(SequenceMetric):
    """Squared distance of the normalised poses' changes."""

    info = _info(
        "l_p-motion[z-score]",
        "1",
        "changes of poses normalised with the training set's statistics/squared norm",
    )
    reach = 1
    measure = staticmethod(pose_motion_update)
    finish = staticmethod(mean_compute)


class _ShapeMetric:
    """Remembers which vertices are the lower face, so that updates bring only vertices."""

    def __init__(self, lower_face: Bool[np.ndarray, " v"]) -> None:
        super().__init__()
        self._lower_face = lower_face


@METRICS.register("l_shape[lower-face-x10]")
class ShapeDistance(_ShapeMetric, StreamingMetric):
    """Squared distance of face vertices, the lower face ten times as near."""

    info = _info(
        "l_shape[lower-face-x10]", "unit²", "differences times 10 on the lower face/mean over vertices"
    )
    finish = staticmethod(mean_compute)

    def measure(self, generated: np.ndarray, reference: np.ndarray) -> FrameTerms:
        """Terms of frames' vertices, (t, v, 3)."""
        return shape_distance_update(generated, reference, self._lower_face)


@METRICS.register("l_s-motion[lower-face-x10]")
class ShapeMotion(_ShapeMetric, SequenceMetric):
    """Squared distance of the vertices' displacements from frame to frame."""

    info = _info(
        "l_s-motion[lower-face-x10]", "unit²", "displacements times 10 on the lower face/mean over vertices"
    )
    reach = 1
    finish = staticmethod(mean_compute)

    def measure(self, generated: np.ndarray, reference: np.ndarray) -> FrameTerms:
        """Terms of frames' vertices, (t, v, 3)."""
        return shape_motion_update(generated, reference, self._lower_face)


def _masked_square(
    difference: Float[np.ndarray, "t v 3"], lower_face: Bool[np.ndarray, " v"]
) -> Float[np.ndarray, " t"]:
    weights = np.where(lower_face, LOWER_FACE_WEIGHT, 1.0)
    return ((difference * weights[:, None]) ** 2).sum(axis=2).mean(axis=1)


def _same_shape(generated: np.ndarray, reference: np.ndarray) -> None:
    if generated.shape != reference.shape:
        raise IncompatibleError(
            f"generated is {generated.shape}, reference {reference.shape}",
            remedy="compare sequences of the same length",
            metadata={"generated": generated.shape, "reference": reference.shape},
        )
