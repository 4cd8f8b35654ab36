"""Kernel distance against a loop."""

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.metrics.kernel_distance import KidConfig, Reservoir, kid_compute, squared_discrepancy


def textbook(a: np.ndarray, b: np.ndarray) -> float:
    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return (float(x @ y) / len(x) + 1) ** 3

    n, m = len(a), len(b)
    within_a = sum(kernel(a[i], a[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within_b = sum(kernel(b[i], b[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return within_a + within_b - 2 * sum(kernel(x, y) for x in a for y in b) / (n * m)


@pytest.fixture
def sides():
    rng = np.random.default_rng(5)
    return rng.normal(size=(14, 6)), rng.normal(size=(9, 6)) * 1.2 + 0.2


def test_agrees_with_the_loop(sides):
    assert squared_discrepancy(*sides) == pytest.approx(textbook(*sides), rel=1e-12)
    value, interval = kid_compute(*sides)
    assert value == pytest.approx(textbook(*sides), rel=1e-12)
    assert interval is None


def test_is_unbiased_so_that_samples_of_one_source_are_on_both_sides_of_zero():
    rng = np.random.default_rng(6)
    values = [squared_discrepancy(rng.normal(size=(20, 4)), rng.normal(size=(20, 4))) for _ in range(300)]
    assert min(values) < 0 < max(values)
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(300)


def test_subsets_surround_the_value_of_all_and_depend_on_the_seed_alone():
    rng = np.random.default_rng(7)
    a, b = rng.normal(size=(300, 8)), rng.normal(size=(260, 8)) + 0.4
    config = KidConfig(subsets=60, subset_size=80)
    value, interval = kid_compute(a, b, config)
    assert interval is not None
    assert interval[0] < squared_discrepancy(a, b) < interval[1]
    assert kid_compute(a, b, config) == (value, interval)


def test_a_side_of_one_sample_is_refused(sides):
    with pytest.raises(InputError, match="14 and 1 samples"):
        kid_compute(sides[0], sides[1][:1])


def test_a_reservoir_keeps_the_same_samples_in_whatever_order_and_parts_they_come():
    samples = np.random.default_rng(8).normal(size=(200, 3)).astype(np.float32)
    one, first, second = Reservoir(50), Reservoir(50), Reservoir(50)
    one.add(samples)
    first.add(samples[150:])
    second.add(samples[:150][::-1])
    first.add(second.samples, second.seen)
    np.testing.assert_array_equal(one.samples, first.samples)
    assert one.seen == first.seen == 200
    assert len(one.samples) == 50


def test_a_picture_that_stands_still_counts_as_often_as_it_is_shown():
    still, moving = np.full((30, 4), 0.5), np.random.default_rng(0).normal(size=(30, 4))
    ours, theirs = Reservoir(100), Reservoir(100)
    ours.add(still)
    theirs.add(moving)
    assert len(ours.samples) == 30
    found, _ = kid_compute(ours.samples, theirs.samples)
    assert found == pytest.approx(squared_discrepancy(still, moving), rel=1e-6)


def test_copies_are_counted_across_parts_and_beyond_the_capacity():
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(20, 3)).repeat(7, axis=0)
    whole, first, second = Reservoir(50), Reservoir(50), Reservoir(50)
    whole.add(samples)
    shuffled = rng.permutation(samples)
    first.add(shuffled[:60])
    second.add(shuffled[60:])
    first.add(second.merging, second.seen)
    assert len(whole.samples) == 50
    np.testing.assert_array_equal(first.samples, whole.samples)
    assert first.seen == whole.seen == 140
