import numpy as np
import pytest

from vultus.methods.warp.alignment import landmark_offsets
from vultus.methods.warp.parts import head_parts


@pytest.fixture(scope="module")
def parts(head):
    return head_parts(head)


@pytest.fixture(scope="module")
def landmarks(head):
    embedding = head.landmarks["mediapipe468"]
    return head.faces[embedding.face_index].numpy(), embedding.barycentric.double().numpy()


def _spread(parts, head, landmarks, offset):
    return landmark_offsets(parts, len(head.mean), *landmarks, offset)


def test_landmarks_come_close_to_what_is_wanted(parts, head, landmarks):
    points = np.einsum("lkx,lk->lx", head.mean.double().numpy()[landmarks[0]], landmarks[1])
    wanted = np.stack([2 * np.sin(points[:, 1] / 40), np.cos(points[:, 0] / 30)], axis=-1)
    found = _spread(parts, head, landmarks, wanted)
    reached = np.einsum("lkx,lk->lx", found[landmarks[0]], landmarks[1])
    assert np.abs(reached - wanted).mean() < 0.15


def test_a_shift_takes_eyes_and_mouth_along(parts, head, landmarks):
    found = _spread(parts, head, landmarks, np.tile([3.0, -1.0], (len(landmarks[0]), 1)))
    for inside in (*parts.eyes, parts.mouth):
        np.testing.assert_allclose(found[inside], np.broadcast_to([3.0, -1.0], (len(inside), 2)), atol=0.2)


def test_no_offset_moves_nothing(parts, head, landmarks):
    assert not _spread(parts, head, landmarks, np.zeros((len(landmarks[0]), 2))).any()
