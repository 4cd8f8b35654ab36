import math

import pytest
import torch

from vultus.errors import InputError
from vultus.face.editing import FaceEdit, edit_face
from vultus.face.models import load_morphable
from vultus.methods.rehearsal import neutral_track


@pytest.fixture(scope="module")
def head():
    return load_morphable()


@pytest.fixture
def turned(head):
    return neutral_track(head).replace(rotation_rad=torch.tensor([[0.1, 0.3, -0.05]]))


def _iris_px(track, head, side):
    """Where the middle of an iris is seen, image frame."""
    points = track.camera.project(track.vertices(head))[0]
    ball = points[head.regions[f"eye_{side}"]]
    rest = head.mean[head.regions[f"eye_{side}"]]
    return ball[rest[:, 2].argmax(), :2]


def test_nothing_asked_changes_nothing(turned):
    edited = edit_face(turned, FaceEdit())
    for name in turned.tensor_names():
        assert torch.equal(getattr(edited, name), getattr(turned, name))


def test_a_head_turns_to_the_camera(turned):
    edited = edit_face(turned, FaceEdit(frontal=True))
    torch.testing.assert_close(edited.camera.rotation, torch.eye(3)[None])
    assert torch.equal(edited.expression, turned.expression)


@pytest.mark.parametrize("side", ["left", "right"])
def test_eyes_look_to_the_images_left_and_down(head, side):
    still = neutral_track(head)
    before = _iris_px(still, head, side)
    left = _iris_px(edit_face(still, FaceEdit(gaze_yaw_rad=0.3)), head, side) - before
    down = _iris_px(edit_face(still, FaceEdit(gaze_pitch_rad=0.3)), head, side) - before
    assert left[0] < -0.2
    assert abs(left[1]) < abs(left[0]) / 4
    assert down[1] > 0.2
    assert abs(down[0]) < abs(down[1]) / 4


def test_a_shape_changes_by_standard_deviations(turned):
    edited = edit_face(turned, FaceEdit(shape={0: 1.5, 3: -1.0}))
    change = edited.identity - turned.identity
    assert change[0, 0] == 1.5
    assert change[0, 3] == -1.0
    assert change.count_nonzero() == 2


@pytest.mark.parametrize(
    "edit",
    [
        FaceEdit(gaze_yaw_rad=0.7),
        FaceEdit(gaze_pitch_rad=math.nan),
        FaceEdit(shape={10_000: 1.0}),
        FaceEdit(shape={0: 3.5}),
    ],
)
def test_what_cannot_be_is_refused(turned, edit):
    with pytest.raises(InputError):
        edit_face(turned, edit)
