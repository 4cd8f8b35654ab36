"""ARD, ARE and APD against scipy's Euler angles."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vultus.errors import IncompatibleError, InputError
from vultus.face.rotations import angles_from_matrix
from vultus.metrics import METRICS
from vultus.metrics.pose import angle_distance_deg_update, angle_distance_rad_update


@pytest.fixture
def heads():
    angles = np.random.default_rng(1).uniform(-40, 40, (2, 9, 3))
    return tuple(Rotation.from_euler("ZYX", each, degrees=True) for each in angles)


def angles_rad(rotation):
    return angles_from_matrix(torch.from_numpy(rotation.as_matrix())).numpy()


def test_is_the_mean_absolute_difference_of_scipys_euler_degrees(heads):
    a, b = heads
    expected = np.abs(a.as_euler("ZYX", degrees=True) - b.as_euler("ZYX", degrees=True)).mean(axis=1)
    np.testing.assert_allclose(
        angle_distance_deg_update(angles_rad(a), angles_rad(b)).values, expected, rtol=1e-9
    )


def test_degrees_and_radians_differ_by_their_ratio(heads):
    a, b = map(angles_rad, heads)
    values = {}
    for name in ("ard[deg]", "apd[deg]", "apd[rad]"):
        metric = METRICS[name]()
        metric.update(a, b)
        values[name] = metric.compute()
    assert values["apd[deg]"] == values["ard[deg]"] == pytest.approx(np.rad2deg(values["apd[rad]"]))


def test_angles_are_compared_the_short_way_round():
    a, b = np.deg2rad([[0.0, 0.0, 179.0]]), np.deg2rad([[0.0, 0.0, -179.0]])
    assert angle_distance_deg_update(a, b).values[0] == pytest.approx(2 / 3)


def test_are_is_the_distance_from_the_frontal_pose():
    metric = METRICS["are[deg]"]()
    metric.update(np.deg2rad([[3.0, -6.0, 0.0], [0.0, 0.0, 0.0]]))
    assert metric.compute() == pytest.approx(1.5)


def test_a_constant_pose_has_distance_zero():
    still = np.full((5, 3), 0.3)
    assert (angle_distance_rad_update(still, still).values == 0).all()


def test_nan_and_unequal_lengths_are_refused():
    poses = np.zeros((4, 3))
    with pytest.raises(IncompatibleError, match="4 generated poses cannot be compared with 3"):
        angle_distance_rad_update(poses, poses[:3])
    poses[2, 1] = np.nan
    with pytest.raises(InputError, match="1 of 4 frames have no finite value, the first is 2"):
        angle_distance_rad_update(poses, np.zeros((4, 3)))
