"""Mean and scatter in parts."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.moments import moments_of


def test_parts_give_what_numpy_gives_of_all():
    samples = np.random.default_rng(1).normal(size=(50, 7)) + 1000.0
    together = moments_of(samples[:11]) + moments_of(samples[11:12]) + moments_of(samples[12:])
    assert together.count == 50
    np.testing.assert_allclose(together.mean, samples.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(together.covariance, np.cov(samples, rowvar=False), rtol=1e-8, atol=1e-10)


def test_nothing_added_changes_nothing():
    some, none = moments_of(np.ones((3, 2))), moments_of(np.zeros((0, 2)))
    assert (some + none).count == (none + some).count == 3


def test_one_sample_has_no_covariance():
    with pytest.raises(InputError, match="1 sample"):
        _ = moments_of(np.ones((1, 4))).covariance


def test_features_that_are_not_finite_are_refused():
    features = np.ones((3, 4))
    features[1, 2] = np.nan
    with pytest.raises(InputError, match=r"1 of 3 samples.*first is 1"):
        moments_of(features)


def test_dimensions_must_agree():
    with pytest.raises(IncompatibleError, match=r"3 and of 4"):
        _ = moments_of(np.ones((2, 3))) + moments_of(np.ones((2, 4)))
