import numpy as np
import pytest

from vultus.world.seeds import generator


def test_the_same_key_gives_the_same_numbers_always():
    first = generator(3, "hair").random(4)
    generator(3, "skin").random(100)
    np.testing.assert_array_equal(generator(3, "hair").random(4), first)


@pytest.mark.parametrize("other", [(4, "hair"), (3, "skin"), ("3", "hair"), (3, "hair", 0)])
def test_other_keys_give_other_numbers(other):
    assert not np.array_equal(generator(*other).random(4), generator(3, "hair").random(4))


def test_streams_are_uncorrelated():
    draws = np.stack([generator(seed, "a").standard_normal(4_000) for seed in range(8)])
    off_diagonal = np.corrcoef(draws)[~np.eye(8, dtype=bool)]
    assert np.abs(off_diagonal).max() < 0.08
