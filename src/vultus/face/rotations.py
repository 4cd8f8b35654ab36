"""Rotations: axis-angle, matrices and the three head angles of docs/conventions.md."""

import torch
from jaxtyping import Float
from torch import Tensor


def matrix_from_axis_angle(axis_angle_rad: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Turn axis-angle vectors into rotation matrices.

    Rodrigues' formula, R = I + a K + b K² with K the cross-product matrix of the vector, a = sin θ / θ and
    b = (1 - cos θ) / θ². Both are even in θ, and are continued by their series at zero, so that gradients
    are finite.

    Args:
        axis_angle_rad: Axis times angle, rad.

    Returns:
        R with det R = +1.

    Example:
        >>> matrix_from_axis_angle(torch.tensor([0.0, 0.0, torch.pi / 2])).round(decimals=3) + 0
        tensor([[ 0., -1.,  0.],
                [ 1.,  0.,  0.],
                [ 0.,  0.,  1.]])
    """
    cross = _cross_matrix(axis_angle_rad)
    square = (axis_angle_rad**2).sum(-1)[..., None, None]  # (*b, 1, 1) θ²
    small = square < 1e-2  # rad²; what the series leave out is below 1e-17 there
    angle = torch.where(small, torch.ones_like(square), square).sqrt()
    a = torch.where(
        small, _series(square, (1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1.0)), angle.sin() / angle
    )
    half_sine = (angle / 2).sin() / angle
    b = torch.where(
        small, _series(square, (1 / 3628800, -1 / 40320, 1 / 720, -1 / 24, 0.5)), 2 * half_sine**2
    )
    return torch.eye(3).to(cross) + a * cross + b * (cross @ cross)


def axis_angle_from_matrix(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """Turn rotation matrices into axis-angle vectors of length [0, π].

    Goes by way of the unit quaternion, whose largest component is chosen as pivot, so that half turns are
    exact.
    """
    quaternion = _quaternion_from_matrix(rotation)  # (*b, 4) w x y z, w >= 0
    vector = quaternion[..., 1:]
    sine = vector.norm(dim=-1, keepdim=True)
    angle = 2 * torch.atan2(sine, quaternion[..., :1])
    tiny = sine < 1e-7
    return vector * torch.where(tiny, torch.full_like(sine, 2.0), angle / sine.clamp_min(1e-12))


def matrix_from_angles(angles_rad: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Compose head rotations from yaw, pitch and roll.

    R = Rz(roll) Ry(-yaw) Rx(pitch), head to view (docs/conventions.md).

    Args:
        angles_rad: (yaw, pitch, roll), rad. Concretely, ``angles_rad[..., 1]`` lowers the chin.

    Example:
        >>> nose = torch.tensor([0.0, 0.0, 1.0])
        >>> turned = matrix_from_angles(torch.tensor([0.5, 0.0, 0.0])) @ nose
        >>> bool(turned[0] < 0)  # yaw > 0 turns the nose to the image's left
        True
    """
    yaw, pitch, roll = angles_rad.unbind(-1)
    zero = torch.zeros_like(yaw)
    about_x = matrix_from_axis_angle(torch.stack([pitch, zero, zero], -1))
    about_y = matrix_from_axis_angle(torch.stack([zero, -yaw, zero], -1))
    about_z = matrix_from_axis_angle(torch.stack([zero, zero, roll], -1))
    return about_z @ about_y @ about_x


def angles_from_matrix(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """Decompose head rotations into (yaw, pitch, roll), rad: inverts `matrix_from_angles` for |yaw| < 90°."""
    yaw = torch.asin(rotation[..., 2, 0].clamp(-1, 1))
    pitch = torch.atan2(rotation[..., 2, 1], rotation[..., 2, 2])
    roll = torch.atan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return torch.stack([yaw, pitch, roll], -1)


def image_turn_rad(start: Float[Tensor, "*#b 3 3"], end: Float[Tensor, "*#b 3 3"]) -> Float[Tensor, "..."]:
    """The turn in the image plane that comes nearest to the one from a pose to another, x to y, y down.

    Example:
        >>> import math
        >>> upright = torch.eye(3)
        >>> tilted = matrix_from_axis_angle(torch.tensor([0.0, 0.0, math.pi / 6]))
        >>> round(math.degrees(image_turn_rad(upright, tilted)))
        -30
    """
    turn = end @ start.mT
    # The view frame's y points up, so a turn from x to y there is one from y to x in the image.
    return -torch.atan2(turn[..., 1, 0] - turn[..., 0, 1], turn[..., 0, 0] + turn[..., 1, 1])


def _series(x: Float[Tensor, "*b"], coefficients: tuple[float, ...]) -> Float[Tensor, "*b"]:
    """Evaluate a polynomial, the highest power first."""
    value = torch.zeros_like(x)
    for coefficient in coefficients:
        value = value * x + coefficient
    return value


def _cross_matrix(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    x, y, z = vector.unbind(-1)
    zero = torch.zeros_like(x)
    return torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))


def _quaternion_from_matrix(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 4"]:
    r = rotation
    diagonal = r.diagonal(dim1=-2, dim2=-1)
    trace = diagonal.sum(-1)
    squares = torch.stack([trace, *(2 * diagonal - trace[..., None]).unbind(-1)], -1)  # (*b, 4) of 4 q² - 1
    candidates = torch.stack(
        [
            torch.stack(
                [
                    1 + trace,
                    r[..., 2, 1] - r[..., 1, 2],
                    r[..., 0, 2] - r[..., 2, 0],
                    r[..., 1, 0] - r[..., 0, 1],
                ],
                -1,
            ),
            torch.stack(
                [
                    r[..., 2, 1] - r[..., 1, 2],
                    1 + squares[..., 1],
                    r[..., 0, 1] + r[..., 1, 0],
                    r[..., 0, 2] + r[..., 2, 0],
                ],
                -1,
            ),
            torch.stack(
                [
                    r[..., 0, 2] - r[..., 2, 0],
                    r[..., 0, 1] + r[..., 1, 0],
                    1 + squares[..., 2],
                    r[..., 1, 2] + r[..., 2, 1],
                ],
                -1,
            ),
            torch.stack(
                [
                    r[..., 1, 0] - r[..., 0, 1],
                    r[..., 0, 2] + r[..., 2, 0],
                    r[..., 1, 2] + r[..., 2, 1],
                    1 + squares[..., 3],
                ],
                -1,
            ),
        ],
        -2,
    )  # (*b, 4, 4): row k is 4 q_k q
    pivot = squares.argmax(-1)[..., None, None].expand(*squares.shape[:-1], 1, 4)
    quaternion = torch.nn.functional.normalize(candidates.gather(-2, pivot).squeeze(-2), dim=-1)
    return torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)
