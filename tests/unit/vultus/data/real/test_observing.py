from contextlib import closing

import numpy as np
import pytest

from vultus.data.media import VideoReader
from vultus.data.real.observing import Observer, PointFile
from vultus.face.crop import SquareCrop
from vultus.face.detectors import DETECTORS


def test_points_come_back_from_the_file():
    points = np.random.default_rng(0).normal(size=(5, 478, 3))
    file = PointFile()
    for row in points[:4]:
        file.append(row)
    file.append(None)
    np.testing.assert_array_equal(file.rows(1, 3), points[1:3].astype(np.float32))
    file.append(points[4])
    np.testing.assert_array_equal(file.rows(5, 6)[0], points[4].astype(np.float32))
    assert not file.rows(4, 5).any()
    file.close()


@pytest.fixture(scope="module")
def clip(film, tmp_path_factory):
    return film(tmp_path_factory.mktemp("clip") / "a.mp4", frames=30, blank=range(12, 18))


@pytest.fixture(scope="module")
def seen(clip):
    with closing(VideoReader(clip)) as reader:
        seen = Observer(DETECTORS["mediapipe"]).observe(reader)
    yield seen
    seen.points.close()


def test_faces_are_found_where_they_are_and_missing_where_they_are_not(seen):
    assert len(seen) == 30
    assert not seen.quality.found[13:17].any()
    assert seen.quality.found[[0, 5, 11, 20, 29]].all()
    assert seen.size_px == (320, 320)


def test_the_box_moves_with_the_window(seen):
    left = seen.quality.box_px[:, 0]
    assert left[11] - left[0] == pytest.approx(-5.5, abs=1.5)


def test_sightings_say_what_a_tracker_asks(seen):
    usable = seen.quality.found
    sightings = list(seen.sightings(10, 22, usable))
    assert [one.face is not None for one in sightings] == usable[10:22].tolist()
    assert [one.anew for one in sightings].count(True) == 1
    np.testing.assert_allclose(sightings[0].face.box_px, seen.quality.box_px[10], atol=0.01)


def test_a_region_gives_the_same_places_in_the_frame(clip, seen):
    region = SquareCrop(30, -10, 240)
    with closing(VideoReader(clip)) as reader:
        inside = Observer(DETECTORS["mediapipe"], region=region).observe(reader)
    inside.points.close()
    np.testing.assert_allclose(inside.quality.box_px[5], seen.quality.box_px[5], atol=4)
    assert inside.size_px == (320, 320)


def test_no_frames_give_no_rows():
    assert len(Observer(DETECTORS["mediapipe"]).observe([])) == 0
