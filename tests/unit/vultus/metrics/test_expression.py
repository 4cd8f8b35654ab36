"""AED against a loop."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError
from vultus.metrics import METRICS
from vultus.metrics.expression import expression_distance_update


def test_is_the_mean_absolute_difference_of_coefficients():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(5, 64)), rng.normal(size=(5, 64))
    expected = [sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 64 for p, q in zip(a, b, strict=True)]
    np.testing.assert_allclose(expression_distance_update(a, b).values, expected, rtol=1e-12)


def test_coefficients_of_different_models_are_refused():
    with pytest.raises(IncompatibleError, match=r"3 frames of 64.*3 of 50"):
        expression_distance_update(np.zeros((3, 64)), np.zeros((3, 50)))


def test_the_name_says_which_aed():
    assert METRICS["aed[expression]"].info.unit == "coefficient"
