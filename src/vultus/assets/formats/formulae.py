"""Formulae of published metrics and calculations, each under the name of its golden case."""

from collections.abc import Mapping

import torch
from torch import Tensor

from vultus.assets.published import PUBLISHED, Answer, Network
from vultus.face.rotations import (
    angles_from_matrix,
    axis_angle_from_matrix,
    matrix_from_axis_angle,
)


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
