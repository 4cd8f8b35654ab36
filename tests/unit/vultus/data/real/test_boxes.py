import numpy as np
import pytest

from vultus.data.real.boxes import boxes_around, drift, interpolated, longer_side, measured, overlaps
from vultus.data.real.recipes import Recipe
from vultus.face.detectors import box_overlap
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def _boxes(rng, count):
    low = rng.uniform(-20, 50, (count, 2))
    return np.concatenate([low, low + rng.uniform(1, 60, (count, 2))], axis=1)


@pytest.mark.parametrize(("region", "chosen"), [("mesh", range(468)), ("ibug68", IBUG68_FROM_MEDIAPIPE)])
def test_boxes_hold_the_regions_points_and_no_others(rng, region, chosen):
    points = rng.normal(size=(3, 478, 3))
    found = boxes_around(points, region)
    for frame, box in zip(points, found, strict=True):
        inside = [frame[index] for index in chosen]
        assert box[0] == min(point[0] for point in inside)
        assert box[3] == max(point[1] for point in inside)


def test_overlaps_agree_with_the_overlap_of_two(rng):
    boxes = _boxes(rng, 50)
    one_by_one = [box_overlap(tuple(boxes[0]), tuple(box)) for box in boxes]
    np.testing.assert_allclose(overlaps(boxes[0], boxes), one_by_one, atol=1e-12)


def test_drift_is_headgans_rule_written_as_a_loop(rng):
    boxes = _boxes(rng, 21)
    median = [sorted(column)[10] for column in boxes.T.tolist()]
    size = (median[2] - median[0] + median[3] - median[1]) / 2
    expected = [
        max(abs(edge - middle) for edge, middle in zip(box, median, strict=True)) / size for box in boxes
    ]
    np.testing.assert_allclose(drift(boxes), expected)


def test_drift_depends_neither_on_scale_nor_on_place(rng):
    boxes = _boxes(rng, 9)
    np.testing.assert_allclose(drift(3 * boxes + 7), drift(boxes))


def test_unknown_rows_lie_between_their_neighbours():
    values = np.array([[9.0], [0.0], [9.0], [9.0], [3.0], [9.0]])
    known = np.array([False, True, False, False, True, False])
    np.testing.assert_allclose(interpolated(values, known)[:, 0], [0, 0, 1, 2, 3, 3])


def test_sizes_of_a_box():
    box = np.array([[0.0, 10.0, 30.0, 20.0]])
    assert longer_side(box) == measured(box, Recipe(name="a")) == 30
    assert measured(box, Recipe(name="a", measure="mean")) == 20
