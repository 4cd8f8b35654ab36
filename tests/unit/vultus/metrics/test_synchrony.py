"""SyncNet's scores from streams whose lag is known."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.metrics import METRICS
from vultus.metrics.synchrony import sync_curve, sync_drift

SCORES = ["sync_offset[syncnet-v2]", "lse-d[syncnet-v2]", "lse-c[syncnet-v2]"]


def streams(count, lag, noise=0.2, seed=0):
    """(visual, audio) of 64 values; the sound shows `lag(t)` frames late what the lips show."""
    rng = np.random.default_rng(seed)
    times = np.arange(-80, count + 80)
    knots = rng.normal(size=(len(times), 64))

    def at(time):
        whole = int(np.floor(time))
        part = time - whole
        return (1 - part) * knots[whole + 80] + part * knots[whole + 81]

    visual = np.stack([at(t) for t in range(count)])
    audio = np.stack([at(t - lag(t)) for t in range(count)])
    return visual, audio + noise * rng.normal(size=audio.shape)


def textbook(visual, audio, reach):
    """Frame by frame and shift by shift."""
    count, size = visual.shape
    means = []
    for shift in range(-reach, reach + 1):
        total = 0.0
        for t in range(count):
            other = audio[t + shift] if 0 <= t + shift < count else np.zeros(size)
            total += np.sqrt(((visual[t] - other + 1e-6) ** 2).sum())
        means.append(total / count)
    return np.array(means)


def test_agrees_with_the_loop():
    visual, audio = streams(30, lambda t: 2)
    np.testing.assert_allclose(sync_curve(visual, audio, 5).mean, textbook(visual, audio, 5), rtol=1e-12)


@pytest.mark.parametrize("lag", [-4, 0, 7])
def test_a_late_sound_has_a_negative_offset(lag):
    curve = sync_curve(*streams(120, lambda t: lag))
    assert curve.offset_frames == -lag
    assert curve.confidence > 3
    assert np.median(curve.frame_confidence) == pytest.approx(curve.confidence, rel=0.2)


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_means_over_clips(name):
    clips = [streams(60, lambda t: 1, seed=1), streams(80, lambda t: 3, seed=2)]
    both = METRICS[name]()
    own = []
    for clip in clips:
        both.update(*clip)
        metric = METRICS[name]()
        metric.update(*clip)
        own.append(metric.compute())
    assert both.compute() == pytest.approx(np.mean(own))
    assert both.frame_count == 2


def test_drift_is_measured_in_milliseconds():
    drift = sync_drift(*streams(500, lambda t: 2 + 4 * t / 500))
    assert drift.drift_ms == pytest.approx(160, abs=12)
    assert drift.offset_ms == pytest.approx(160, abs=8)
    steady = sync_drift(*streams(500, lambda t: -3))
    assert steady.drift_ms == pytest.approx(0, abs=3)
    assert steady.offset_ms == pytest.approx(-120, abs=3)


def test_a_silent_sound_has_no_confidence_and_no_drift():
    visual, _ = streams(200, lambda t: 0)
    silent = np.ones((200, 64))
    curve = sync_curve(visual, silent)
    assert 0 <= curve.confidence < 1
    assert np.isfinite(curve.frame_confidence).all()
    with pytest.raises(InputError, match="nowhere in sync"):
        sync_drift(np.ones((200, 64)), silent)


def test_one_frame_has_scores():
    visual, audio = streams(1, lambda t: 0)
    curve = sync_curve(visual, audio)
    assert curve.offset_frames == 0
    assert np.isfinite([curve.confidence, curve.least_distance]).all()


def test_lengths_that_differ_and_values_that_are_not_finite_are_refused():
    visual, audio = streams(20, lambda t: 0)
    with pytest.raises(IncompatibleError, match=r"20 visual.*19"):
        sync_curve(visual, audio[:19])
    with pytest.raises(InputError, match="not finite"):
        sync_curve(visual, np.where(audio > 3, np.nan, audio) * np.nan)
    with pytest.raises(InputError, match="60 frames are too few"):
        sync_drift(*streams(60, lambda t: 0))
