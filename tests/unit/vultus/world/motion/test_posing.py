"""Held poses, and one person's motion for another."""

import numpy as np
import pytest
import torch

from vultus.errors import IncompatibleError, InputError
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus.world.motion import Performer, hold, retarget

_ANGLES = np.radians([[0.0, 0.0, 0.0], [30.0, -10.0, 5.0], [-20.0, 8.0, -3.0]])


def test_a_held_pose_is_what_was_asked_for(person, head):
    track = hold(person(1), _ANGLES, head, (128, 128))
    found = angles_from_matrix(matrix_from_axis_angle(track.rotation_rad.double()))
    np.testing.assert_allclose(found, _ANGLES, atol=1e-6)
    assert not track.expression.any()
    assert len(track) == 3


def test_retargeting_changes_identity_alone(person, head):
    track = hold(person(1), _ANGLES, head, (128, 128))
    other = retarget(track, person(2), head)
    np.testing.assert_allclose(other.identity[2], person(2).identity, rtol=1e-6)
    for name in set(track.tensor_names()) - {"identity"}:
        torch.testing.assert_close(getattr(other, name), getattr(track, name), rtol=0.0, atol=0.0)


def test_people_are_performers(person):
    assert isinstance(person(1), Performer)


def test_people_of_another_model_are_refused(person, head):
    somebody = person(1)
    stranger = type(somebody)((0.0,) * 7, "flame", somebody.manner, somebody.voice)
    with pytest.raises(IncompatibleError, match="7 coefficients of identity of 'flame'"):
        hold(stranger, _ANGLES, head, (128, 128))
    with pytest.raises(IncompatibleError, match="flame"):
        retarget(hold(somebody, _ANGLES, head, (128, 128)), stranger, head)


def test_no_pose_is_no_track(person, head):
    with pytest.raises(InputError, match="at least one pose"):
        hold(person(1), np.zeros((0, 3)), head, (128, 128))
