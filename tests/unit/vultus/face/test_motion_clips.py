import numpy as np
import pytest

from vultus.errors import InputError
from vultus.face import motion_talk  # noqa: F401  it enters the motion that talks
from vultus.face.arkit import ARKIT_52
from vultus.face.motion_clips import MOTIONS, eased, lids, motion_of


def curves(motion):
    return np.column_stack(
        [motion.angles_rad, motion.eyes_rad, motion.lips_shut, *motion.expression.values()]
    )


def test_the_five_are_there():
    assert list(MOTIONS) == ["blink", "look-around", "nod", "talk", "turn"]


@pytest.mark.parametrize("name", list(MOTIONS))
def test_a_motion_is_the_same_every_time(name):
    np.testing.assert_array_equal(curves(motion_of(name, 25.0)), curves(motion_of(name, 25.0)))


@pytest.mark.parametrize("name", list(MOTIONS))
def test_a_motion_can_be_repeated_without_a_seam(name):
    once = curves(motion_of(name, 1000.0))
    step = np.abs(np.diff(once, axis=0)).max(axis=0)
    seam = np.abs(once[0] - once[-1])
    assert (seam <= 1.5 * step + 1e-3).all()
    np.testing.assert_allclose(once[0, :6], 0, atol=1e-6)


@pytest.mark.parametrize("name", list(MOTIONS))
def test_angles_and_coefficients_are_human(name):
    motion = motion_of(name, 100.0)
    assert np.degrees(np.abs(motion.angles_rad)).max() <= 20.0 + 1e-9
    assert np.degrees(np.abs(np.diff(motion.angles_rad, axis=0))).max() * 100 < 150  # degrees in a second
    assert np.degrees(np.abs(motion.eyes_rad)).max() < 35
    assert set(motion.expression) <= ARKIT_52
    for curve in motion.expression.values():
        assert curve.min() >= 0.0
        assert curve.max() <= 1.0 + 1e-12


def test_turn_and_nod_go_as_far_as_they_say():
    yaw_deg = np.degrees(motion_of("turn", 50.0).angles_rad[:, 0])
    pitch_deg = np.degrees(motion_of("nod", 50.0).angles_rad[:, 1])
    assert (yaw_deg.min(), yaw_deg.max()) == pytest.approx((-20, 20), abs=1e-3)
    assert (pitch_deg.min(), pitch_deg.max()) == pytest.approx((-12, 12), abs=0.05)


def test_talk_opens_the_jaw_at_the_rate_of_syllables():
    jaw = motion_of("talk", 100.0).expression["jawOpen"]
    peaks = (jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:]) & (jaw[1:-1] > 0.1)
    assert 2.5 < peaks.sum() / (len(jaw) / 100) < 6


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0])
def test_every_blink_is_shut_in_some_frame(fps):
    shut = motion_of("blink", fps).expression["eyeBlinkLeft"]
    starts = (shut[1:] > 0.99) & (shut[:-1] <= 0.99)
    assert starts.sum() == 3


def test_longer_motions_are_repetitions():
    once, thrice = motion_of("nod", 25.0, 3.2), motion_of("nod", 25.0, 9.6)
    assert len(thrice.angles_rad) == 240
    np.testing.assert_allclose(thrice.angles_rad[:80], once.angles_rad, atol=1e-9)
    np.testing.assert_allclose(thrice.angles_rad[160:], once.angles_rad, atol=1e-9)


def test_easing_rests_at_the_keys():
    moment = np.linspace(0, 1, 1001)
    curve = eased([(0.0, 0.0), (0.5, 2.0), (1.0, -1.0)], moment)
    slope = np.gradient(curve, moment)
    np.testing.assert_allclose(curve[[0, 500, 1000]], [0, 2, -1], atol=1e-12)
    np.testing.assert_allclose(slope[[0, 500, 1000]], 0, atol=0.02)


def test_a_blink_over_the_end_goes_on_at_the_beginning():
    moment = np.arange(100) / 100
    shut = lids(moment, 2.0, 1.9)["eyeBlinkLeft"]
    assert shut[0] == pytest.approx(1.0)
    assert shut[50] == 0.0


@pytest.mark.parametrize(
    ("fps", "duration_s"), [(0.0, 1.0), (25.0, 0.0), (25.0, float("nan")), (-25.0, -1.0)]
)
def test_motions_without_frames_are_refused(fps, duration_s):
    with pytest.raises(InputError, match="no frames"):
        motion_of("turn", fps, duration_s)


def test_an_unknown_motion_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'nod'"):
        motion_of("node", 25.0)
