import numpy as np
import pytest
import torch

from vultus.face.gaze import GazeConfig, eye_openness, gaze
from vultus.face.rotations import matrix_from_angles

CORNERS = {"left": (362, 263), "right": (33, 133)}
LIDS = {"left": ((385, 380), (386, 374), (387, 373)), "right": ((160, 144), (159, 145), (158, 153))}
IRIS = {"left": 473, "right": 468}


def face(side_deg=0.0, up_deg=0.0, opening_mm=10.0, angles_deg=(0.0, 0.0, 0.0), px_per_mm=2.0):
    """Landmarks of two eyeballs that look somewhere, of a head in a pose, image frame."""
    c = GazeConfig()
    points = np.zeros((478, 3))
    side, up = np.radians([side_deg, up_deg])
    ahead = np.array([np.sin(side) * np.cos(up), np.sin(up), np.cos(side) * np.cos(up)])
    for eye, middle in (("left", 32.0), ("right", -32.0)):
        centre = np.array([middle, 0, 0])
        half = np.array([0, opening_mm / 2, 0])
        points[list(CORNERS[eye])] = centre + np.array([[-15, 0, 0], [15, 0, 0]])
        for upper, lower in LIDS[eye]:
            points[upper], points[lower] = centre + half, centre - half
        eyeball = centre + np.array([0, c.centre_height_mm, -c.centre_depth_mm])
        points[IRIS[eye]] = eyeball + c.iris_radius_mm * ahead
    rotation = matrix_from_angles(torch.tensor(np.radians(angles_deg))).numpy()
    return px_per_mm * points @ rotation.T * (1, -1, -1) + [100, 120, 0], rotation


@pytest.mark.parametrize("pose", [(0.0, 0.0, 0.0), (25.0, -10.0, 8.0)])
@pytest.mark.parametrize(("side_deg", "up_deg"), [(0.0, 0.0), (15.0, 0.0), (-10.0, 8.0), (0.0, -12.0)])
def test_known_gaze_is_found_in_any_pose(pose, side_deg, up_deg):
    points, rotation = face(side_deg, up_deg, angles_deg=pose)
    eyes = gaze(points, rotation, 2.0, GazeConfig(gain=1.0))
    np.testing.assert_allclose(np.degrees(eyes[0]), [-up_deg, side_deg, 0.0], atol=1e-6)
    np.testing.assert_array_equal(eyes[0], eyes[1])


def test_axis_angle_turns_the_eye_where_it_looks():
    points, rotation = face(side_deg=12.0)
    vector = gaze(points, rotation, 2.0)[0]
    assert np.cross(vector, [0, 0, 1])[0] > 0  # the pupil moves to the subject's left


def test_shut_eyes_look_straight():
    points, rotation = face(side_deg=20.0, opening_mm=1.5)
    assert not gaze(points, rotation, 2.0).any()


def test_gaze_fades_as_the_lids_fall():
    turns = [gaze(*face(15.0, opening_mm=opening), 2.0)[0, 1] for opening in (6.0, 5.0, 4.2, 3.4, 2.9)]
    assert turns == sorted(turns, reverse=True)
    assert turns[-1] == 0.0


def test_an_impossible_iris_is_limited():
    points, rotation = face()
    points[[468, 473], 0] += 300
    eyes = gaze(points, rotation, 2.0)
    assert np.isfinite(eyes).all()
    assert np.abs(eyes).max() <= GazeConfig().limit_rad[0]


def test_openness_is_relative_to_the_width():
    points, _ = face(opening_mm=6.0)
    np.testing.assert_allclose(eye_openness(points), [0.2, 0.2])
