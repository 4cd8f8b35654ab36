"""NME against a loop and by its invariants."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.metrics import METRICS
from vultus.metrics.landmarks import box_size_px, nme_update


@pytest.fixture
def faces():
    rng = np.random.default_rng(5)
    truth = rng.uniform(50, 200, (4, 68, 2))
    return truth + rng.normal(size=truth.shape), truth


def test_matches_a_loop(faces):
    predicted, truth = faces
    box = box_size_px(truth)
    expected = []
    for p, q, (width, height) in zip(predicted, truth, box, strict=True):
        errors = [((x0 - x1) ** 2 + (y0 - y1) ** 2) ** 0.5 for (x0, y0), (x1, y1) in zip(p, q, strict=True)]
        expected.append(1000 * sum(errors) / 68 / (width * height) ** 0.5)
    np.testing.assert_allclose(nme_update(predicted, truth, box).values, expected, rtol=1e-12)


def test_the_size_of_the_picture_does_not_matter(faces):
    predicted, truth = faces
    np.testing.assert_allclose(
        nme_update(predicted, truth, box_size_px(truth)).values,
        nme_update(2.5 * predicted, 2.5 * truth, box_size_px(2.5 * truth)).values,
    )


def test_a_box_without_area_is_refused(faces):
    predicted, truth = faces
    with pytest.raises(InputError, match="without an area"):
        nme_update(predicted, truth, np.zeros((4, 2)))


def test_akd_is_the_mean_over_single_coordinates():
    made, meant = np.random.default_rng(3).uniform(0, 255, (2, 5, 68, 2))
    expected = np.mean([np.abs(a - b).sum() / 136 for a, b in zip(made, meant, strict=True)])
    for name, more in (("akd[fomm]", ()), ("akd[frame-px]", (np.ones((5, 2)),))):
        metric = METRICS[name]()
        metric.update(made, meant, *more)
        assert metric.compute() == pytest.approx(expected)


def test_akd_of_identical_clips_is_zero_and_of_different_lengths_refused():
    points = np.random.default_rng(3).uniform(0, 255, (5, 68, 2))
    metric = METRICS["akd[fomm]"]()
    metric.update(points, points)
    assert metric.compute() == 0
    with pytest.raises(IncompatibleError, match=r"5x68.*4x68"):
        metric.update(points, points[:4])
