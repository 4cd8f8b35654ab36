import torch

from vultus.face.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from vultus.methods.limits import MotionLimits, limited, soft_limit


def test_small_motion_passes_and_large_motion_never_reaches_the_limit():
    length = torch.linspace(0, 9, 400, dtype=torch.float64)
    eased = soft_limit(length, 2.0)
    torch.testing.assert_close(eased[length <= 1], length[length <= 1])
    assert (eased.diff() >= 0).all()
    assert float(eased.max()) <= 2.0


def test_the_slope_has_no_jump():
    length = torch.linspace(0.9, 1.1, 2001, dtype=torch.float64)
    slope = soft_limit(length, 2.0).diff() / length.diff()
    assert float(slope.diff().abs().max()) < 1e-3


def test_the_portraits_own_pose_passes(still):
    eased = limited(still, still, 100.0)
    for name in ("rotation_rad", "translation_px", "scale"):
        assert torch.equal(getattr(eased, name), getattr(still, name))


def test_no_pose_goes_beyond_the_limits(still):
    limits = MotionLimits()
    wild = still.replace(
        rotation_rad=torch.tensor([[0.0, 2.5, 0.0]]),
        translation_px=torch.tensor([[4000.0, -500.0]]),
        scale=still.scale * 30,
    )
    eased = limited(wild, still, 100.0, limits)
    origin = matrix_from_axis_angle(still.rotation_rad)
    turn = axis_angle_from_matrix(matrix_from_axis_angle(eased.rotation_rad) @ origin.mT)
    assert float(turn.norm()) <= limits.turn_rad + 1e-5
    assert float((eased.translation_px - still.translation_px).norm()) <= 100 * limits.shift + 1e-3
    assert float((eased.scale / still.scale).log()) <= limits.zoom + 1e-5
