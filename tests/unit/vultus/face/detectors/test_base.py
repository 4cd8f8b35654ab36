import numpy as np
import pytest

from vultus.errors import FaceNotFoundError, InputError
from vultus.face.detectors import DETECTORS, DetectedFace, box_overlap, choose_face


def face(left, top, side):
    corners = np.array([[0, 0, 0], [1, 1, 0]]) * side + [left, top, 0]
    return DetectedFace.from_points(np.resize(corners, (478, 3)).astype(float), (100, 200))


def test_a_face_has_the_box_of_its_points():
    assert face(10, 20, 30).box_px == (10.0, 20.0, 40.0, 50.0)
    assert face(10, 20, 30).area_px == 900.0


def test_confidence_is_the_share_of_points_inside():
    assert face(10, 20, 30).confidence == 1.0
    assert face(180, 20, 30).confidence == 0.5


def test_the_largest_face_is_chosen_or_one_counted_from_the_left():
    faces = [face(100, 0, 20), face(10, 0, 30), face(60, 0, 10)]
    assert choose_face(faces) is faces[1]
    assert [choose_face(faces, number) for number in range(3)] == [faces[1], faces[2], faces[0]]


def test_no_face_and_too_few_faces_are_told_apart():
    with pytest.raises(FaceNotFoundError, match="no face"):
        choose_face([])
    with pytest.raises(InputError, match="only 1") as error:
        choose_face([face(0, 0, 10)], 3)
    assert error.value.metadata == {"face": "3", "faces": "1"}


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1.0),
        ((0, 0, 2, 2), (2, 0, 4, 2), 0.0),
        ((0, 0, 2, 2), (1, 1, 3, 3), 1 / 7),
    ],
)
def test_overlap_is_intersection_over_union(first, second, overlap):
    one, other = tuple(map(float, first)), tuple(map(float, second))
    assert box_overlap(one, other) == pytest.approx(overlap)
    assert box_overlap(other, one) == pytest.approx(overlap)


def test_an_unknown_detector_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'mediapipe'"):
        DETECTORS["mediapip"]
