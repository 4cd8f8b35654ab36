"""Springs, wandering and steps, held against the equations that they solve."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from vultus.world.motion.curves import (
    CURVE_HZ,
    delay,
    follow,
    least_jerk,
    limited,
    moments,
    smooth,
    span,
    stairs,
    tremble,
    wander,
)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(2)


@pytest.mark.parametrize(("natural_hz", "damping"), [(1.0, 1.0), (2.5, 0.7), (1.5, 1.4)])
def test_spring_solves_its_equation(natural_hz, damping):
    time = np.arange(400) / CURVE_HZ
    wanted = 0.3 + smooth((time > 1) * 1.0 - 1.5 * (time > 2.2), 0.05)
    w = 2 * np.pi * natural_hz
    solution = solve_ivp(
        lambda t, x: [x[1], w**2 * (np.interp(t, time, wanted) - x[0]) - 2 * damping * w * x[1]],
        (0, time[-1]),
        [0.3, 0.0],
        t_eval=time,
        rtol=1e-8,
        max_step=0.01,
    )
    np.testing.assert_allclose(follow(wanted, natural_hz, damping), solution.y[0], atol=6e-3)


def test_spring_stays_where_it_is_wanted():
    np.testing.assert_allclose(follow(np.full(300, 0.7), 2.0, 0.6), 0.7, atol=1e-12)


def test_wandering_has_the_spread_and_the_memory_it_is_told(random):
    curve = wander(400_000, 0.2, 0.5, random)
    assert curve.std() == pytest.approx(0.2, rel=0.03)
    lag = round(0.5 * CURVE_HZ)
    assert np.corrcoef(curve[:-lag], curve[lag:])[0, 1] == pytest.approx(np.exp(-1), abs=0.03)


def test_wandering_is_stationary_from_the_start(random):
    first = [wander(2, 1.0, 2.0, random)[0] for _ in range(4000)]
    assert np.std(first) == pytest.approx(1.0, rel=0.05)


def test_trembling_keeps_to_its_band(random):
    curve = tremble(100_000, 0.1, (1.5, 4.0), random)
    assert curve.std() == pytest.approx(0.1, rel=0.05)
    power = np.abs(np.fft.rfft(curve)) ** 2
    hz = np.fft.rfftfreq(len(curve), 1 / CURVE_HZ)
    assert power[(hz > 1) & (hz < 6)].sum() > 0.93 * power.sum()


@pytest.mark.parametrize("lag_s", [0.1, -0.07])
def test_delay(lag_s):
    time = np.arange(100) / CURVE_HZ
    np.testing.assert_allclose(delay(time, lag_s)[20:80], (time - lag_s)[20:80], atol=1e-12)


def test_steps_arrive_and_interrupt_each_other():
    curve = stairs(1.0, [(0.5, 2.0), (1.0, 3.0), (1.05, 0.0)], 0.1, 200)
    assert curve[49] == 1.0
    np.testing.assert_allclose(curve[61:100], 2.0)
    np.testing.assert_allclose(curve[116:], 0.0, atol=1e-12)
    assert 2.4 < curve.max() < 2.6
    assert np.abs(np.diff(curve)).max() < 0.6


def test_steps_before_the_start_count():
    np.testing.assert_allclose(stairs(1.0, [(-1.0, 2.0)], 0.1, 10), 2.0)


def test_least_jerk_begins_and_ends_at_rest():
    part = np.linspace(-1, 2, 3001)
    curve = least_jerk(part)
    assert curve.min() == 0.0
    assert curve.max() == 1.0
    assert np.abs(np.gradient(curve, part)[[1000, 2000]]).max() < 1e-4


def test_limits_are_kept_and_small_values_too():
    np.testing.assert_array_less(np.abs(limited(np.linspace(-9, 9, 99), 0.5)), 0.5 + 1e-12)
    np.testing.assert_allclose(limited(np.array([0.05]), 0.5), 0.05, rtol=0.01)


def test_moments_come_at_their_rate_and_apart(random):
    found = np.array(moments(0.5, 4000.0, 0.8, random))
    assert len(found) / 4000 == pytest.approx(0.5, rel=0.1)
    assert np.diff(found).min() >= 0.8


def test_span_keeps_to_the_curve():
    assert span(-1.0, 0.055, 100) == slice(0, 6)
    assert span(0.5, 9.0, 100) == slice(50, 100)
