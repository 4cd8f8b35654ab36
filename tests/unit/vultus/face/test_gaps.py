import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from vultus.face.gaps import HeadState, Moment, blend, fill_gaps


def head(value):
    return HeadState(
        identity=np.array([1.0]),
        expression=np.array([value, 2 * value]),
        rotation=Rotation.from_rotvec([0.0, 0.1 * value, 0.05 * value]).as_matrix(),
        eyes_rad=np.full((2, 3), 0.01 * value),
        scale=2.0 + value,
        translation_px=np.array([10 * value, 5.0]),
        confidence=1.0,
    )


def clip(found, step_s=0.1):
    """Moments with a head where `found` has a value, none where it has None."""
    return [
        Moment(index * step_s, None if value is None else head(float(value)), value is not None)
        for index, value in enumerate(found)
    ]


def jaws(moments):
    return [round(float(moment.head.expression[0]), 6) for moment in moments]


def test_a_gap_is_interpolated_in_time():
    filled = list(fill_gaps(clip([0, None, None, None, 4])))
    assert jaws(filled) == [0, 1, 2, 3, 4]
    assert [moment.valid for moment in filled] == [True, False, False, False, True]
    assert [moment.head.confidence for moment in filled] == [1, 0, 0, 0, 1]


def test_uneven_times_are_respected():
    moments = clip([0, None, 4])
    moments[1] = Moment(0.05, None, False)
    assert jaws(fill_gaps(moments)) == [0, 1, 4]


def test_rotations_take_the_shortest_arc():
    first, second = head(-20.0), head(9.0)
    way = Slerp([0, 1], Rotation.from_matrix([first.rotation, second.rotation]))
    np.testing.assert_allclose(blend(first, second, 0.3).rotation, way(0.3).as_matrix(), atol=1e-12)


def test_ends_are_held():
    assert jaws(fill_gaps(clip([None, None, 3, 5, None, None]))) == [3, 3, 3, 5, 5, 5]


def test_a_long_gap_is_held_and_then_blended():
    filled = list(fill_gaps(clip([0, *[None] * 6, 4]), look_ahead=3))
    assert jaws(filled) == [0, 0, 0, 0, 1, 2, 3, 4]


@pytest.mark.parametrize("look_ahead", [1, 3, 10])
def test_no_more_than_the_look_ahead_is_waited_for(look_ahead):
    taken = 0

    def counting():
        nonlocal taken
        for moment in clip([0, *[None] * 40, 1]):
            taken += 1
            yield moment

    for given, _ in enumerate(fill_gaps(counting(), look_ahead), start=1):
        assert taken - given <= look_ahead + 1


def test_every_frame_comes_out_once_in_order():
    found = [None, 1, None, 2, *[None] * 9, 3, None]
    times = [moment.time_s for moment in fill_gaps(clip(found), look_ahead=4)]
    assert times == [moment.time_s for moment in clip(found)]


def test_without_any_head_nothing_comes_out():
    assert list(fill_gaps(clip([None, None]))) == []
