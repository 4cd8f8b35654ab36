"""Flicker, jitter and background over time."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError
from vultus.face.smoothing import jitter as own_jitter
from vultus.metrics import METRICS
from vultus.metrics.temporal import background_change_update, flicker_update, jitter_update


def landmarks(count, seed=0, size=1.0):
    rng = np.random.default_rng(seed)
    face = rng.normal(size=(68, 2)) * 20 + 60
    drift = np.cumsum(rng.normal(size=(count, 1, 2)), axis=0)
    return (face + drift) * size


def test_a_clip_flickers_only_where_its_reference_does_not():
    reference = np.zeros((4, 6, 6, 3), np.uint8)
    reference[2:] = 50  # a light goes on in both
    generated = reference.copy()
    generated[1] += 8
    terms = flicker_update(generated, reference).values
    assert terms.tolist() == [8, 8, 0]
    assert flicker_update(reference, reference).values.tolist() == [0, 0, 0]


def test_jitter_is_a_float64_loop():
    generated, reference = landmarks(7, 1), landmarks(7, 2)
    terms = []
    for t in range(2, 7):
        parts = []
        for clip in (generated, reference):
            eyes = np.linalg.norm(clip[t - 1, 36] - clip[t - 1, 45])
            parts.append((clip[t] - 2 * clip[t - 1] + clip[t - 2]) / eyes)
        terms.append(np.mean([np.linalg.norm(p) for p in parts[0] - parts[1]]))
    np.testing.assert_allclose(jitter_update(generated, reference).values, terms, rtol=1e-12)


def test_jitter_does_not_see_steady_motion_nor_the_drivers_size():
    steady = landmarks(6)[:1] + np.arange(6)[:, None, None] * [3.0, 1.0]
    still = np.repeat(steady[:1], 6, axis=0)
    np.testing.assert_allclose(jitter_update(steady, still).values, 0, atol=1e-12)
    driver = landmarks(6, 3)
    np.testing.assert_allclose(jitter_update(driver * 2.5, driver).values, 0, atol=1e-12)


def test_jitter_against_a_still_driver_is_the_jitter_of_the_clip_alone():
    import torch  # noqa: PLC0415

    generated = landmarks(9, 4)
    still = np.repeat(generated[:1], 9, axis=0)
    expected = own_jitter(torch.from_numpy(generated), "ibug68")
    assert jitter_update(generated, still).values.mean() == pytest.approx(expected, rel=0.05)


def test_the_background_counts_where_both_frames_show_it():
    frames = np.zeros((3, 4, 4, 3), np.uint8)
    frames[1, 0] = 30
    background = np.ones((3, 4, 4), bool)
    assert background_change_update(frames, background).values.tolist() == [7.5, 7.5]
    background[1, 0] = False  # the head covers it
    assert background_change_update(frames, background).values.tolist() == [0, 0]
    assert background_change_update(frames, np.zeros_like(background)).values.tolist() == [0, 0]


def test_lengths_that_differ_are_refused():
    with pytest.raises(IncompatibleError, match=r"4x68.*3x68"):
        jitter_update(landmarks(4), landmarks(3))


@pytest.mark.parametrize("name", ["flicker[vs-reference]", "jitter[acceleration-vs-driver]"])
def test_one_frame_has_no_term(name):
    metric = METRICS[name]()
    inputs = [landmarks(1)] * 2 if "jitter" in name else [np.zeros((1, 8, 8, 3), np.uint8)] * 2
    assert np.isnan(metric.update(*inputs)).all()
    assert metric.frame_count == 0
