"""CSIM and identity distance against scipy."""

import numpy as np
import pytest
from scipy.spatial import distance

from vultus.errors import InputError
from vultus.metrics import METRICS
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


def test_fomms_aed_is_a_sum_of_squares_without_a_root():
    a, b = np.random.default_rng(4).normal(size=(2, 6, 128))
    metric = METRICS["aed[embedding-openface-nn4]"]()
    metric.update(a, b)
    assert metric.compute() == pytest.approx(np.mean([sum((x - y) ** 2) for x, y in zip(a, b, strict=True)]))


def test_a_leak_is_positive_where_the_face_is_the_drivers():
    driver, source = np.eye(4)[0], np.eye(4)[1]
    faces = np.stack([driver, source, driver + source])
    metric = METRICS["identity_leak[arcface-irse50-five-points]"]()
    terms = metric.update(faces, np.stack([driver] * 3), np.stack([source] * 3))
    np.testing.assert_allclose(terms, [1, -1, 0], atol=1e-12)


@pytest.mark.parametrize("crop", ["five-points", "fixed-crop"])
def test_arcface_similarities_name_their_crop(crop):
    metric = METRICS[f"csim[arcface-irse50-{crop}]"]()
    metric.update(np.eye(3), np.eye(3))
    assert metric.compute() == pytest.approx(1)
    assert "IR-SE50" in metric.info.protocol
