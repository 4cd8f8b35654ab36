from dataclasses import dataclass

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.face.detectors import DetectedFace
from vultus.face.following import FaceFollower


@dataclass
class Frame:
    rgb: np.ndarray
    time_s: float


class BrightSquares:
    """A detector whose faces are the squares of one colour; red holds the number of the face."""

    built: list[dict[str, object]]

    def __init__(self, **options: object) -> None:
        self.options = options

    def detect(self, rgb: np.ndarray) -> list[DetectedFace]:
        faces = []
        for number in np.unique(rgb[..., 0])[1:]:
            rows, columns = np.nonzero(rgb[..., 0] == number)
            corners = np.array([[columns.min(), rows.min(), 0], [columns.max(), rows.max(), number]])
            faces.append(DetectedFace.from_points(np.resize(corners.astype(float), (478, 3)), rgb.shape[:2]))
        return faces[: self.options.get("face_count", 10)]

    def restart(self) -> None:
        pass

    def close(self) -> None:
        pass


def frame(time_s, *squares, ground=0):
    """A picture with squares (number, left, top, side) before a ground of some green."""
    rgb = np.zeros((60, 120, 3), np.uint8)
    rgb[..., 1] = ground
    for number, left, top, side in squares:
        rgb[top : top + side, left : left + side, 0] = number
    return Frame(rgb, time_s)


def numbers(sightings):
    return [None if one.face is None else int(one.face.points_image[:, 2].max()) for one in sightings]


def follow(frames, which="largest"):
    return list(FaceFollower(BrightSquares, which).follow(frames))


def test_the_chosen_face_is_followed_though_another_grows():
    clip = [frame(t / 10, (1, 5 + t, 5, 20), (2, 60, 5, 12 + 3 * t)) for t in range(8)]
    assert numbers(follow(clip)) == [1] * 8
    assert numbers(follow(clip, 1)) == [2] * 8


def test_faces_that_cross_are_not_exchanged():
    clip = [frame(t / 10, (1, 5 + 4 * t, 2, 20), (2, 70 - 4 * t, 30, 20)) for t in range(16)]
    assert numbers(follow(clip, 0)) == [1] * 16


def test_a_gap_is_reported_and_the_face_found_again():
    clip = [frame(0.0, (1, 5, 5, 20)), frame(0.1), frame(0.2), frame(0.3, (1, 80, 5, 20))]
    sightings = follow(clip)
    assert numbers(sightings) == [1, None, None, 1]
    assert [one.anew for one in sightings] == [True, False, False, False]


def test_a_cut_starts_again():
    clip = [frame(0.0, (1, 5, 5, 20)), frame(0.1, (1, 6, 5, 20)), frame(0.2, (2, 6, 5, 24), ground=90)]
    sightings = follow(clip)
    assert numbers(sightings) == [1, 1, 2]
    assert [one.anew for one in sightings] == [True, False, True]


def test_a_face_that_jumps_is_another():
    sightings = follow([frame(0.0, (1, 5, 5, 20)), frame(0.1, (1, 90, 5, 20))])
    assert [one.anew for one in sightings] == [True, True]


def test_frames_before_the_first_face_are_not_anew():
    sightings = follow([frame(0.0), frame(0.1), frame(0.2, (1, 5, 5, 20))])
    assert numbers(sightings) == [None, None, 1]
    assert [one.anew for one in sightings] == [False, False, True]
    assert [one.face_count for one in sightings] == [0, 0, 1]


def test_a_face_that_is_not_there_cannot_be_chosen():
    with pytest.raises(InputError, match="face 3 was asked for"):
        follow([frame(0.0, (1, 5, 5, 20))], 3)


def test_the_frame_s_size_and_time_are_kept():
    (sighting,) = follow([frame(7.5)])
    assert (sighting.time_s, sighting.size_px) == (7.5, (60, 120))
