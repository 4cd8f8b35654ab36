"""Landmarks: the normalised mean error of Finding Directions [bounareli2022directions, §4]."""

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute


def nme_update(
    predicted_px: Float[np.ndarray, "t l 2"],
    truth_px: Float[np.ndarray, "s m 2"],
    box_size_px: Float[np.ndarray, "s 2"],
) -> FrameTerms:
    """1000 · mean Euclidean landmark error / sqrt(width · height) of each frame.

    Args:
        predicted_px: Landmarks in the generated frames.
        truth_px: Landmarks in the reference frames.
        box_size_px: Width and height of the reference's face box; > 0.
    """
    if predicted_px.shape != truth_px.shape:
        raise IncompatibleError(
            f"{predicted_px.shape[0]}x{predicted_px.shape[1]} landmarks cannot be compared with "
            f"{truth_px.shape[0]}x{truth_px.shape[1]}"
        )
    if not (box_size_px > 0).all():
        raise InputError("a face box without an area", remedy="leave out frames without a face")
    distance = np.linalg.norm(predicted_px.astype(np.float64) - truth_px, axis=-1).mean(axis=-1)  # (t,)
    return FrameTerms(1000 * distance / np.sqrt(box_size_px.astype(np.float64).prod(axis=-1)))


def nme_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over frames."""
    return mean_compute(total, weight)


def keypoint_distance_update(
    generated_px: Float[np.ndarray, "t l 2"], reference_px: Float[np.ndarray, "s m 2"]
) -> FrameTerms:
    """Mean absolute difference of each frame's landmark coordinates, px: FOMM's AKD, which is not Euclidean.

    Frames without a face are left out by the caller; FOMM skips those of the generated clip.
    """
    if generated_px.shape != reference_px.shape:
        raise IncompatibleError(
            f"{generated_px.shape[0]}x{generated_px.shape[1]} landmarks cannot be compared with "
            f"{reference_px.shape[0]}x{reference_px.shape[1]}"
        )
    return FrameTerms(np.abs(generated_px.astype(np.float64) - reference_px).mean(axis=(1, 2)))


def own_keypoint_distance_update(
    generated_px: Float[np.ndarray, "t l 2"],
    reference_px: Float[np.ndarray, "s m 2"],
    box_size_px: Float[np.ndarray, "s 2"],
) -> FrameTerms:
    """The same from what an evaluation measures; the box plays no part."""
    del box_size_px
    return keypoint_distance_update(generated_px, reference_px)


def box_size_px(landmarks_px: Float[np.ndarray, "t l 2"]) -> Float[np.ndarray, "t 2"]:
    """Width and height of the box around each frame's landmarks, px."""
    return np.ptp(landmarks_px, axis=1)


@METRICS.register("nme[x1000]")
class Nme(StreamingMetric):
    """Normalised mean error of 68 landmarks."""

    info = MetricInfo(
        name="nme[x1000]",
        unit="1/1000",
        protocol="directions-2022/68 points/sqrt(width x height) of the reference's landmark box/x1000",
        higher_is_better=False,
        needs="landmarks",
        modes=("self",),
    )
    measure = staticmethod(nme_update)
    finish = staticmethod(nme_compute)


@METRICS.register("akd[fomm]")
class AkdFomm(StreamingMetric):
    """First-order-model's average keypoint distance, on FAN's landmarks of 256 px frames."""

    info = MetricInfo(
        name="akd[fomm]",
        unit="px of 256",
        protocol="fomm-2019/2DFAN-4, 68 points, first face, others skipped/mean absolute difference",
        higher_is_better=False,
        needs="given",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(keypoint_distance_update)
    finish = staticmethod(nme_compute)


@METRICS.register("akd[frame-px]")
class Akd(StreamingMetric):
    """The same formula on our own landmarks, in pixels of the frames as they are."""

    info = MetricInfo(
        name="akd[frame-px]",
        unit="px",
        protocol="fomm-2019's formula/68 points/mean absolute difference, px of the frames as they are",
        higher_is_better=False,
        needs="landmarks",
        modes=("self",),
        by_default=False,
    )
    measure = staticmethod(own_keypoint_distance_update)
    finish = staticmethod(nme_compute)
