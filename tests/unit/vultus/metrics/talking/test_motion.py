"""Distances of head poses and face shapes, against loops."""

import numpy as np
import pytest

from vultus.data.real.poses import PoseStatistics
from vultus.errors import IncompatibleError
from vultus.metrics import METRICS


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def test_a_constant_pose_is_no_nan():
    constant = np.full((10, 6), 0.3)
    statistics = PoseStatistics.of([constant])
    assert (np.abs(statistics.normalise(constant)) < 1e-12).all()
    for name in ("l_pose[z-score]", "l_p-motion[z-score]"):
        metric = METRICS[name]()
        metric.update(statistics.normalise(constant), statistics.normalise(constant))
        assert metric.compute() == 0


def test_pose_distances_are_those_of_the_paper(rng):
    y, fake = rng.normal(size=(2, 8, 6))
    pose, motion = METRICS["l_pose[z-score]"](), METRICS["l_p-motion[z-score]"]()
    pose.update(fake, y)
    motion.update(fake[:3], y[:3])
    motion.update(fake[3:], y[3:])
    assert pose.compute() == pytest.approx(np.mean([np.linalg.norm(y[t] - fake[t]) ** 2 for t in range(8)]))
    steps = [np.linalg.norm((y[t] - y[t - 1]) - (fake[t] - fake[t - 1])) ** 2 for t in range(1, 8)]
    assert motion.compute() == pytest.approx(np.mean(steps))


def test_the_lower_face_counts_ten_times_the_difference(rng):
    v, f = rng.normal(size=(2, 5, 9, 3))
    lower = np.arange(9) > 5
    m = np.where(lower, 10.0, 1.0)
    shape = METRICS["l_shape[lower-face-x10]"](lower)
    motion = METRICS["l_s-motion[lower-face-x10]"](lower)
    shape.update(f, v)
    motion.update(f, v)
    expected = np.mean([[np.sum(((v[t, k] - f[t, k]) * m[k]) ** 2) for k in range(9)] for t in range(5)])
    assert shape.compute() == pytest.approx(expected)
    d = v - f
    expected = np.mean(
        [[np.sum(((d[t, k] - d[t - 1, k]) * m[k]) ** 2) for k in range(9)] for t in range(1, 5)]
    )
    assert motion.compute() == pytest.approx(expected)


def test_what_does_not_belong_together_is_refused(rng):
    metric = METRICS["l_pose[z-score]"]()
    with pytest.raises(IncompatibleError, match=r"\(5, 6\).*\(4, 6\)"):
        metric.update(np.zeros((5, 6)), np.zeros((4, 6)))
