"""Eyes stay with the listener, jump, and leave in pauses."""

import numpy as np
import pytest

from vultus.world.motion.gaze import EYE_LIMITS_RAD, axis_angles, eye_angles
from vultus.world.motion.manner import draw_manner
from vultus.world.motion.prosody import Prosody


def _phrases(count: int) -> Prosody:
    flat = np.zeros(count)
    starts = np.arange(0.5, count / 100 - 3, 3.0)
    return Prosody(flat, flat, flat, flat, tuple((float(s), float(s) + 2.2) for s in starts))


def test_eyes_make_good_what_the_head_turns():
    manner = draw_manner(1).replace(gaze_rad=0.0, gaze_hold=0.9, look_away=0.0)
    angles = np.zeros((500, 3))
    angles[:, 0], angles[:, 1] = 0.2, -0.1
    eyes = eye_angles(manner, _phrases(500), angles, 0)
    np.testing.assert_allclose(eyes, [[-0.18, 0.09]] * 500, rtol=0.06)


def test_limits_of_the_eyes_are_kept():
    angles = np.random.default_rng(0).normal(0, 1, (500, 3))
    eyes = eye_angles(draw_manner(1), None, angles, 0)
    assert (np.abs(eyes) <= EYE_LIMITS_RAD).all()


@pytest.mark.parametrize(("look_away", "least", "most"), [(0.0, 0.0, 0.0), (1.0, 0.15, 0.6)])
def test_eyes_leave_in_pauses(look_away, least, most):
    manner = draw_manner(1).replace(gaze_rad=0.01, away_yaw_rad=0.3, away_pitch_rad=0.0, look_away=look_away)
    eyes = eye_angles(manner, _phrases(3000), np.zeros((3000, 3)), 0)
    assert least <= (np.abs(eyes[:, 0]) > 0.12).mean() <= most


def test_eyes_rest_between_jumps():
    manner = draw_manner(3).replace(fixation_s=1.0)
    eyes = eye_angles(manner, None, np.zeros((3000, 3)), 1)
    still = np.abs(np.diff(eyes, axis=0)).max(axis=1) < 1e-12
    assert still.mean() > 0.85
    assert still.mean() < 0.99


def test_axis_angles_follow_the_conventions():
    """Down about x; to the subject's left about y, which is the other way than yaw."""
    np.testing.assert_allclose(axis_angles(np.array([[0.2, 0.1]])), [[0.1, -0.2, 0.0]])
