"""Clips in parts, and frames without a face."""

import numpy as np
import pytest

from vultus.metrics import METRICS


@pytest.fixture
def pair():
    rng = np.random.default_rng(9)
    return tuple(rng.normal(size=(40, 68, 2)) * 10 + 100 for _ in range(2))


@pytest.mark.parametrize("sizes", [(40,), (1, 1, 1, 37), (5, 20, 15), (1,) * 40])
def test_any_cut_of_a_clip_gives_the_same_value(pair, sizes):
    metric = METRICS["jitter[acceleration-vs-driver]"]()
    terms, start = [], 0
    for size in sizes:
        terms.append(metric.update(*(side[start : start + size] for side in pair)))
        start += size
    whole = METRICS["jitter[acceleration-vs-driver]"]()
    expected = whole.update(*pair)
    np.testing.assert_allclose(np.concatenate(terms), expected)
    assert np.isnan(expected[:2]).all()
    assert metric.compute() == pytest.approx(whole.compute())
    assert metric.frame_count == 38


def test_frames_without_a_face_leave_out_every_term_that_needs_them(pair):
    generated, reference = pair
    generated = generated.copy()
    generated[10] = np.nan
    metric = METRICS["jitter[acceleration-vs-driver]"]()
    first = metric.update(generated[:11], reference[:11])
    second = metric.update(generated[11:], reference[11:])
    terms = np.concatenate([first, second])
    assert np.flatnonzero(np.isnan(terms)).tolist() == [0, 1, 10, 11, 12]
    whole = METRICS["jitter[acceleration-vs-driver]"]()
    np.testing.assert_allclose(whole.update(generated, reference), terms)


def test_a_cut_begins_another_clip(pair):
    metric = METRICS["jitter[acceleration-vs-driver]"]()
    metric.update(*(side[:20] for side in pair))
    metric.cut()
    assert np.isnan(metric.update(*(side[20:] for side in pair))[:2]).all()
    assert metric.frame_count == 36
    metric.reset()
    assert metric.frame_count == 0
