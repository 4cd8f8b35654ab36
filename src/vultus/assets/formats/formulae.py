"""Formulae of published metrics and calculations, each under the name of its golden case."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from vultus.assets.published import PUBLISHED, Answer, Network
from vultus.face.rotations import (
    angles_from_matrix,
    axis_angle_from_matrix,
    matrix_from_axis_angle,
)
from vultus.metrics.frechet import frechet_compute, frechet_from_features
from vultus.metrics.landmarks import keypoint_distance_update
from vultus.metrics.likeness import embedding_distance_update
from vultus.metrics.moments import moments_of
from vultus.metrics.synchrony import sync_curve


@PUBLISHED.register("calc_deca_angles")
def _deca_angles(state: Mapping[str, Tensor]) -> Network:
    del state
    return directions_angles


def directions_angles(pose: Tensor, angles: Tensor) -> Answer:
    """Head angles of Finding Directions, and the pose that its trainer makes of angles.

    The two are not inverse to each other: the trainer multiplies the turns in another order.

    Args:
        pose: DECA's axis-angle of the head, (b, 3), rad.
        angles: (yaw, pitch, roll), (b, 3), degrees.
    """
    rebuilt = pose_from_directions_angles(angles.deg2rad())
    return {
        "angles_degrees": angles_from_matrix(matrix_from_axis_angle(pose)).rad2deg(),
        "pose_from_angles": rebuilt,
        "angles_again": angles_from_matrix(matrix_from_axis_angle(rebuilt)).rad2deg(),
    }


def pose_from_directions_angles(angles_rad: Tensor) -> Tensor:
    """(b, 3) yaw, pitch, roll to axis-angle: R = Rx(yaw) Ry(pitch) Rz(roll), then x ← y and y ← -x."""
    axes = torch.eye(3).to(angles_rad)
    about_x, about_y, about_z = (matrix_from_axis_angle(angles_rad[:, k : k + 1] * axes[k]) for k in range(3))
    x, y, z = axis_angle_from_matrix(about_x @ about_y @ about_z).unbind(-1)
    return torch.stack([y, -x, z], -1)


@PUBLISHED.register("metric_frechet")
def _frechet(state: Mapping[str, Tensor]) -> Network:
    del state
    return frechet


def frechet(activations_a: Tensor, activations_b: Tensor) -> Answer:
    """Distance of all samples, and of the first 24 and 20, which are fewer than their dimensions."""
    a, b = activations_a.numpy(), activations_b.numpy()
    first, second = moments_of(a), moments_of(b)
    values = {
        "mean_a": first.mean,
        "covariance_a_diagonal": first.covariance.diagonal().copy(),
        "distance": frechet_compute(first, second),
        "mean_term": ((first.mean - second.mean) ** 2).sum(),
        "distance_few_samples": frechet_from_features(a[:24], b[:20]),
    }
    return {name: torch.from_numpy(np.atleast_1d(np.asarray(value))) for name, value in values.items()}


@PUBLISHED.register("metric_fomm_akd_aed")
def _fomm(state: Mapping[str, Tensor]) -> Network:
    del state
    return fomm_akd_aed


def fomm_akd_aed(
    keypoints_real: Tensor, keypoints_generated: Tensor, embedding_real: Tensor, embedding_generated: Tensor
) -> Answer:
    """AKD of all frames and without frames 2 and 5, in which no face was found, and AED of embeddings."""
    real, generated = keypoints_real.double().numpy(), keypoints_generated.double().numpy()
    found = np.setdiff1d(np.arange(len(real)), [2, 5])
    terms = {
        "akd": keypoint_distance_update(generated, real),
        "akd_with_missing": keypoint_distance_update(generated[found], real[found]),
        "aed": embedding_distance_update(
            embedding_generated.double().numpy(), embedding_real.double().numpy()
        ),
    }
    return {name: torch.tensor([value.values.mean()]) for name, value in terms.items()}


@PUBLISHED.register("metric_syncnet")
def _sync(state: Mapping[str, Tensor]) -> Network:
    del state
    return syncnet_scores


def syncnet_scores(audio_start: Tensor, common: Tensor, noise_visual: Tensor, noise_audio: Tensor) -> Answer:
    """Scores of two streams that share `common`, the sound beginning at another place, for two reaches."""
    start = int(audio_start[0])
    visual, audio = common[20:60] + noise_visual, common[start : start + 40] + noise_audio
    answer: Answer = {}
    for reach in (10, 15):
        curve = sync_curve(visual.numpy(), audio.numpy(), reach)
        answer |= {
            f"mean_distance_{reach}": torch.from_numpy(curve.mean),
            f"offset_{reach}": torch.tensor([curve.offset_frames]),
            f"confidence_{reach}": torch.tensor([curve.confidence]),
            f"min_distance_{reach}": torch.tensor([curve.least_distance]),
            f"framewise_confidence_{reach}": torch.from_numpy(curve.frame_confidence),
        }
    return answer
