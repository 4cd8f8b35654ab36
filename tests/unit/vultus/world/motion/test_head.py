"""Heads follow speech in their own way, smoothly and within limits."""

import numpy as np
import pytest

from vultus.world.motion.curves import CURVE_HZ
from vultus.world.motion.head import LIMITS_RAD, head_angles
from vultus.world.motion.manner import draw_manner
from vultus.world.motion.prosody import Prosody, prosody_of

_HABITS = (
    *("sway_yaw_rad", "sway_pitch_rad", "sway_roll_rad", "tremor_rad", "turn_rad", "pause_pitch_rad"),
    *("pitch_per_octave_rad", "yaw_per_octave_rad", "yaw_per_energy_rad", "roll_per_energy_rad"),
    *("rest_yaw_rad", "rest_pitch_rad", "rest_roll_rad", "nod_rad", "nod_lag_s", "prosody_lag_s"),
)
_CALM = dict.fromkeys(_HABITS, 0.0)
_BREATHING_RAD = np.radians(0.3)


def _stressed(at_s: float, count: int = 400) -> Prosody:
    since = np.arange(count) / CURVE_HZ - at_s
    flat = np.zeros(count)
    return Prosody(flat, flat, np.exp(-0.5 * (since / 0.08) ** 2), flat, ())


def test_is_decided_by_its_seed(utter):
    prosody = prosody_of(utter(10.0, 1), 1000)
    manner = draw_manner(3)
    one, same, other = (head_angles(manner, prosody, 1000, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.01


@pytest.mark.parametrize("nod_rad", [0.1, -0.1])
def test_nods_at_a_stress_after_its_lag(nod_rad):
    manner = draw_manner(1).replace(**_CALM).replace(nod_rad=nod_rad, stiffness_hz=2.0, damping=0.8)
    early, late = (
        head_angles(manner.replace(nod_lag_s=lag_s), _stressed(2.0), 400, 0)[:, 1] for lag_s in (0.0, 0.15)
    )
    still = head_angles(manner.replace(nod_rad=0.0), _stressed(2.0), 400, 0)[:, 1]
    peaks = [int(np.argmax((curve - still) * np.sign(nod_rad))) for curve in (early, late)]
    assert peaks[1] - peaks[0] == 15
    assert 200 < peaks[0] < 230
    assert 0.4 < abs(early - still).max() / 0.1 < 1.1


@pytest.mark.parametrize(
    ("gain", "curve", "axis"),
    [
        ("pitch_per_octave_rad", "octaves", 1),
        ("yaw_per_octave_rad", "octaves", 0),
        ("yaw_per_energy_rad", "loudness", 0),
        ("roll_per_energy_rad", "loudness", 2),
        ("pause_pitch_rad", "pausing", 1),
    ],
)
def test_every_gain_moves_its_own_axis(gain, curve, axis):
    step = np.repeat([0.0, 1.0], 300)
    curves = {name: np.zeros(600) for name in ("octaves", "loudness", "stress", "pausing")} | {curve: step}
    prosody = Prosody(**curves, phrases_s=())
    manner = draw_manner(1).replace(**_CALM)
    moved = head_angles(manner.replace(**{gain: 0.1}), prosody, 600, 0) - head_angles(manner, prosody, 600, 0)
    assert moved[-1, axis] == pytest.approx(0.1, rel=0.1)
    assert np.abs(moved[:290]).max() < 1e-3
    others = [other for other in (0, 1) if other != axis]
    assert np.abs(moved[:, others]).max() < 1e-3


def test_turns_at_the_beginning_of_a_phrase_and_comes_back():
    flat = np.zeros(800)
    prosody = Prosody(flat, flat, flat, flat, ((2.0, 6.0),))
    yaw = head_angles(
        draw_manner(1).replace(**_CALM).replace(turn_rad=0.15, turn_switching=0.0), prosody, 800, 0
    )
    assert np.abs(yaw[:150, 0]).max() < 1e-3
    assert 0.06 < yaw[230:300, 0].max() < 0.2
    assert np.abs(yaw[700:, 0]).max() < 5e-3


def test_keeps_within_its_limits_whatever_the_manner():
    for seed in range(20):
        manner = draw_manner(seed).replace(rest_yaw_rad=0.6, nod_rad=1.0, roll_per_energy_rad=0.5)
        random = np.random.default_rng(seed)
        wild = {
            name: random.normal(size=500).cumsum() for name in ("octaves", "loudness", "stress", "pausing")
        }
        angles = head_angles(manner, Prosody(**wild, phrases_s=()), 500, seed)
        assert (np.abs(angles) <= LIMITS_RAD).all()


def test_speakers_have_the_range_of_people(utter):
    """Standard deviations and rates of tracked talkers: some degrees, tens of degrees a second at most."""
    deviations, rates, accelerations = [], [], []
    for seed in range(12):
        angles = np.degrees(head_angles(draw_manner(seed), prosody_of(utter(20.0, seed), 2000), 2000, seed))
        speed = np.gradient(angles, 1 / CURVE_HZ, axis=0)
        deviations.append(angles.std(axis=0))
        rates.append(np.sqrt((speed**2).mean(axis=0)))
        accelerations.append(np.sqrt((np.gradient(speed, 1 / CURVE_HZ, axis=0) ** 2).mean(axis=0)))
    assert (np.array([1.0, 1.0, 0.5]) < np.median(deviations, axis=0)).all()
    assert (np.max(deviations, axis=0) < np.array([9.0, 7.0, 5.0])).all()
    assert 3 < np.median(rates) < 16
    assert np.max(rates) < 35
    assert np.max(accelerations) < 450


def test_motion_has_hardly_any_power_where_only_jitter_is(utter):
    for seed in range(4):
        angles = head_angles(draw_manner(seed), prosody_of(utter(40.0, seed), 4000), 4000, seed)
        power = np.abs(np.fft.rfft(np.hanning(4000)[:, None] * (angles - angles.mean(axis=0)), axis=0)) ** 2
        hz = np.fft.rfftfreq(4000, 1 / CURVE_HZ)
        assert (power[hz > 7].sum(axis=0) < 2e-3 * power.sum(axis=0)).all()


def test_listeners_nod_now_and_then():
    manner = draw_manner(2).replace(**_CALM).replace(backchannel_hz=0.25)
    pitch = head_angles(manner, None, 6000, 1)[:, 1]
    assert pitch.max() > np.radians(1.5)
    assert np.median(np.abs(pitch)) < _BREATHING_RAD


def test_different_people_say_the_same_with_different_motion(utter):
    prosody = prosody_of(utter(20.0, 4), 2000)
    people = [head_angles(draw_manner(seed), prosody, 2000, 0) for seed in range(8)]
    axes = np.array([(angles - angles.mean(axis=0)).T for angles in people])
    between = [abs(np.corrcoef(axes[:, axis])[np.triu_indices(8, 1)]).mean() for axis in range(3)]
    assert max(between) < 0.7
