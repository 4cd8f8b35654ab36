"""CSIM and identity distance against scipy."""

import numpy as np
import pytest
from scipy.spatial import distance

from vultus.errors import InputError
from vultus.metrics.likeness import csim_update, identity_distance_update


@pytest.fixture
def embeddings():
    rng = np.random.default_rng(9)
    return rng.normal(size=(5, 128)), rng.normal(size=(5, 128))


def test_cosine_and_distance_agree_with_scipy(embeddings):
    a, b = embeddings
    pairs = list(zip(a, b, strict=True))
    np.testing.assert_allclose(csim_update(a, b).values, [1 - distance.cosine(x, y) for x, y in pairs])
    np.testing.assert_allclose(
        identity_distance_update(a, b).values, [distance.euclidean(x, y) for x, y in pairs]
    )


def test_the_same_embedding_is_one_and_zero(embeddings):
    a, _ = embeddings
    np.testing.assert_allclose(csim_update(a, 3 * a).values, 1)
    assert (identity_distance_update(a, a).values == 0).all()


def test_an_embedding_of_length_zero_is_refused(embeddings):
    with pytest.raises(InputError, match="length zero"):
        csim_update(embeddings[0], np.zeros((5, 128)))
