"""Curves over time: smoothing, delays, springs and wandering."""

import math

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d
from scipy.signal import bilinear, butter, lfilter, lfilter_zi, sosfilt

CURVE_HZ = 100
"""Values in a second of every curve here, as of an utterance's prosody."""

Curve = Float[np.ndarray, " n"]


def smooth(curve: Curve, deviation_s: float) -> Curve:
    """Gaussian smoothing; the ends are continued as they are."""
    return gaussian_filter1d(np.asarray(curve, dtype=np.float64), deviation_s * CURVE_HZ, mode="nearest")


def delay(curve: Curve, lag_s: float) -> Curve:
    """The curve `lag_s` later, or earlier where it is below 0; the ends are continued as they are."""
    at = np.arange(len(curve), dtype=np.float64)
    return np.interp(at - lag_s * CURVE_HZ, at, curve)


def follow(wanted: Curve, natural_hz: float, damping: float) -> Curve:
    """Where a damped spring is that is pulled to `wanted` and begins at rest there.

    x'' = w² (u - x) - 2 ζ w x' with w = 2π f, by the bilinear transform.

    Args:
        wanted: u.
        natural_hz: f, Hz.
        damping: ζ; overshoots below 1.

    Example:
        >>> step = np.concatenate([np.zeros(50), np.ones(150)])
        >>> float(follow(step, 2.0, 1.0)[-1].round(3))
        1.0
    """
    angular = 2 * np.pi * natural_hz
    numerator, denominator = bilinear([angular**2], [1.0, 2 * damping * angular, angular**2], fs=CURVE_HZ)
    start = lfilter_zi(numerator, denominator) * wanted[0]
    return np.asarray(lfilter(numerator, denominator, wanted, zi=start)[0])


def wander(count: int, deviation: float, memory_s: float, random: np.random.Generator) -> Curve:
    """A stationary Ornstein-Uhlenbeck process: mean 0, correlation exp(-t / `memory_s`)."""
    kept = np.exp(-1.0 / (memory_s * CURVE_HZ))
    steps = random.standard_normal(count) * np.sqrt(1.0 - kept**2)
    start = [kept * random.standard_normal()]
    return deviation * np.asarray(lfilter([1.0], [1.0, -kept], steps, zi=start)[0])


def tremble(count: int, deviation: float, band_hz: tuple[float, float], random: np.random.Generator) -> Curve:
    """Noise of one band of frequencies with a standard deviation."""
    sections = butter(2, band_hz, "bandpass", fs=CURVE_HZ, output="sos")
    settling = CURVE_HZ
    impulse = np.zeros(4 * CURVE_HZ)
    impulse[0] = 1.0
    gain = np.sqrt((sosfilt(sections, impulse) ** 2).sum())
    noise = random.standard_normal(count + settling)
    return deviation / gain * sosfilt(sections, noise)[settling:]


def limited(curve: Curve, limit: float) -> Curve:
    """The curve pressed smoothly into ±`limit`; small values keep their size."""
    return limit * np.tanh(curve / limit)


def least_jerk(part: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    """0 to 1 with the least jerk [flash1985]; constant outside."""
    part = np.clip(part, 0.0, 1.0)
    return np.asarray(part**3 * (10 - 15 * part + 6 * part**2))


def stairs(start: float, steps: list[tuple[float, float]], transition_s: float, count: int) -> Curve:
    """A curve that goes to a new level at each step and stays there.

    Args:
        start: Level before the first step.
        steps: (moment in s, level), in order.
        transition_s: How long each step takes.
        count: Length of the curve.
    """
    curve, level = np.full(count, float(start)), float(start)
    ends = [at_s for at_s, _ in steps[1:]] + [math.inf] * bool(steps)
    # A step that begins before the last one has ended sets out from where the curve is then.
    for (at_s, wanted), until_s in zip(steps, ends, strict=True):
        where = span(at_s, min(until_s, count / CURVE_HZ), count)
        part = (np.arange(where.start, where.stop) / CURVE_HZ - at_s) / transition_s
        curve[where] = level + (wanted - level) * least_jerk(part)
        level += (wanted - level) * float(least_jerk(np.array((until_s - at_s) / transition_s)))
    return curve


def span(start_s: float, end_s: float, count: int) -> slice:
    """The values of a curve of a length that lie in [start, end)."""
    first, last = (min(max(math.ceil(moment * CURVE_HZ), 0), count) for moment in (start_s, end_s))
    return slice(first, last)


def moments(
    rate_hz: float, duration_s: float, least_apart_s: float, random: np.random.Generator
) -> list[float]:
    """Random moments, exponentially apart beyond a least distance, on average `rate_hz` a second."""
    beyond_s = max(1.0 / rate_hz - least_apart_s, 0.1)
    found: list[float] = []
    # The first may come at once: the person did not begin to live with the clip.
    now_s = random.exponential(beyond_s) + random.uniform(0.0, least_apart_s)
    while now_s < duration_s:
        found.append(float(now_s))
        now_s += least_apart_s + random.exponential(beyond_s)
    return found
