import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vultus.face.rotations import (
    angles_from_matrix,
    axis_angle_from_matrix,
    matrix_from_angles,
    matrix_from_axis_angle,
)

LENGTHS = (0.0, 1e-12, 1e-4, 0.0999, 0.1001, 1.0, 3.1, np.pi, 7.0)


@pytest.mark.parametrize("length", LENGTHS)
def test_matrices_are_scipys(length, rng):
    axis = torch.nn.functional.normalize(torch.randn(20, 3, generator=rng, dtype=torch.float64), dim=-1)
    expected = Rotation.from_rotvec((axis * length).numpy()).as_matrix()
    np.testing.assert_allclose(matrix_from_axis_angle(axis * length).numpy(), expected, atol=2e-15)


@pytest.mark.parametrize("length", [0.0, 1e-9, 1e-5, 0.5, 2.0, np.pi - 1e-6])
def test_axis_angle_survives_the_way_there_and_back(length, rng):
    axis = torch.nn.functional.normalize(torch.randn(20, 3, generator=rng, dtype=torch.float64), dim=-1)
    back = axis_angle_from_matrix(matrix_from_axis_angle(axis * length))
    torch.testing.assert_close(back, axis * length, atol=1e-9, rtol=0)


def test_axis_angle_of_any_rotation_is_scipys(rng):
    matrices = Rotation.random(200, random_state=3).as_matrix()
    expected = Rotation.from_matrix(matrices).as_rotvec()
    np.testing.assert_allclose(axis_angle_from_matrix(torch.from_numpy(matrices)), expected, atol=1e-9)


@pytest.mark.parametrize("axis", [(1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0), (0.6, 0, 0.8), (0.6, -0.8, 0)])
def test_half_turns_have_their_axis(axis):
    half = torch.tensor(axis, dtype=torch.float64) * torch.pi
    found = axis_angle_from_matrix(matrix_from_axis_angle(half))
    assert min((found - half).norm(), (found + half).norm()) < 1e-7


def test_float32_stays_a_rotation(rng):
    rotation = matrix_from_axis_angle(3 * torch.randn(500, 3, generator=rng))
    torch.testing.assert_close(rotation @ rotation.mT, torch.eye(3).expand(500, 3, 3), atol=2e-6, rtol=0)


@pytest.mark.parametrize("length", [0.0, 1e-5, 0.0999, 1.0, 3.0])
def test_gradients_of_the_matrix(length):
    vector = (torch.tensor([[0.36, -0.48, 0.8]], dtype=torch.float64) * length).requires_grad_()
    assert torch.autograd.gradcheck(matrix_from_axis_angle, vector)


def test_gradient_of_the_axis_angle_is_finite_at_rest():
    matrix = torch.eye(3, dtype=torch.float64)[None].requires_grad_()
    axis_angle_from_matrix(matrix).sum().backward()
    assert matrix.grad is not None
    assert matrix.grad.isfinite().all()


def test_head_angles_are_the_three_turns_of_the_conventions(rng):
    yaw, pitch, roll = angles = torch.tensor([0.4, -0.3, 0.2], dtype=torch.float64)
    expected = Rotation.from_euler("ZYX", [roll, -yaw, pitch]).as_matrix()
    np.testing.assert_allclose(matrix_from_angles(angles), expected, atol=1e-15)
    some = torch.rand(50, 3, generator=rng, dtype=torch.float64) * 2.8 - 1.4
    torch.testing.assert_close(angles_from_matrix(matrix_from_angles(some)), some)


@pytest.mark.parametrize(
    ("angles", "point", "axis", "sign"),
    [
        ((0.3, 0, 0), (0, 0, 1.0), 0, -1),  # yaw: the nose goes to the image's left
        ((0, 0.3, 0), (0, 0, 1.0), 1, -1),  # pitch: the nose, and the chin with it, goes down
        ((0, 0, 0.3), (1.0, 0, 0), 1, +1),  # roll: the subject's left eye rises
    ],
)
def test_signs(angles, point, axis, sign):
    moved = matrix_from_angles(torch.tensor(angles, dtype=torch.float64)) @ torch.tensor(point).double()
    assert float(moved[axis]) * sign > 0.2
