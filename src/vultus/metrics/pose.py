"""Head angles: ARD, ARE and APD, with the units that tell them apart."""

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute

_ANGLES = "mean over yaw, pitch, roll and frames"


def angle_distance_rad_update(
    generated_rad: Float[np.ndarray, "t 3"], reference_rad: Float[np.ndarray, "s 3"]
) -> FrameTerms:
    """Mean absolute difference of each frame's (yaw, pitch, roll), the short way round, rad."""
    if generated_rad.shape != reference_rad.shape:
        raise IncompatibleError(
            f"{len(generated_rad)} generated poses cannot be compared with {len(reference_rad)}",
            remedy="compare clips of the same length",
        )
    difference = np.remainder(generated_rad - reference_rad + np.pi, 2 * np.pi) - np.pi
    return FrameTerms(np.abs(difference).mean(axis=-1, dtype=np.float64))


def angle_distance_deg_update(
    generated_rad: Float[np.ndarray, "t 3"], reference_rad: Float[np.ndarray, "t 3"]
) -> FrameTerms:
    """The same in degrees."""
    return FrameTerms(np.rad2deg(angle_distance_rad_update(generated_rad, reference_rad).values))


def angle_error_deg_update(generated_rad: Float[np.ndarray, "t 3"]) -> FrameTerms:
    """Mean absolute (yaw, pitch, roll) of each frame: its distance from the frontal pose, degrees."""
    return angle_distance_deg_update(generated_rad, np.zeros_like(generated_rad))


def angle_distance_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over frames, in the update's unit."""
    return mean_compute(total, weight)


@METRICS.register("ard[deg]")
class Ard(StreamingMetric):
    """Average rotation distance [doukas2021headgan, supplementary §5]."""

    info = MetricInfo(
        name="ard[deg]",
        unit="deg",
        protocol=f"headgan-2021/Euler angles of the fitted camera/{_ANGLES}",
        higher_is_better=False,
        needs="pose",
    )
    measure = staticmethod(angle_distance_deg_update)
    finish = staticmethod(angle_distance_compute)


@METRICS.register("are[deg]")
class Are(StreamingMetric):
    """Average rotation error of frontalised frames [doukas2021headgan, supplementary §5]."""

    info = MetricInfo(
        name="are[deg]",
        unit="deg",
        protocol=f"headgan-2021/distance from the frontal pose/{_ANGLES}",
        higher_is_better=False,
        needs="frontal",
        by_default=False,
    )
    measure = staticmethod(angle_error_deg_update)
    finish = staticmethod(angle_distance_compute)


@METRICS.register("apd[deg]")
class ApdDegrees(StreamingMetric):
    """Average pose distance in degrees, GDPW's."""

    info = MetricInfo(
        name="apd[deg]",
        unit="deg",
        protocol=f"gdpw-2022/degrees/{_ANGLES}",
        higher_is_better=False,
        needs="pose",
    )
    measure = staticmethod(angle_distance_deg_update)
    finish = staticmethod(angle_distance_compute)


@METRICS.register("apd[rad]")
class ApdRadians(StreamingMetric):
    """Average pose distance in radians, StyleHEAT's and GOHA's."""

    info = MetricInfo(
        name="apd[rad]",
        unit="rad",
        protocol=f"styleheat-2022/radians/{_ANGLES}",
        higher_is_better=False,
        needs="pose",
        by_default=False,
    )
    measure = staticmethod(angle_distance_rad_update)
    finish = staticmethod(angle_distance_compute)


@METRICS.register("pose[morphable-deg]")
class PoseMorphable(StreamingMetric):
    """Finding Directions' formula on the fitted camera's angles, in the place of DECA's."""

    info = MetricInfo(
        name="pose[morphable-deg]",
        unit="deg",
        protocol=f"vultus/directions-2022's formula on the fitted camera, no DECA/{_ANGLES}",
        higher_is_better=False,
        needs="pose",
        by_default=False,
    )
    measure = staticmethod(angle_distance_deg_update)
    finish = staticmethod(angle_distance_compute)


@METRICS.register("pose[deca-deg]")
class PoseDeca(StreamingMetric):
    """Pose of Finding Directions: mean absolute difference of DECA's head angles."""

    info = MetricInfo(
        name="pose[deca-deg]",
        unit="deg",
        protocol=f"directions-2022/DECA's head angles/{_ANGLES}",
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(angle_distance_deg_update)
    finish = staticmethod(angle_distance_compute)
