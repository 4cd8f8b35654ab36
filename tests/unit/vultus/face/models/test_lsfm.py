import numpy as np
import pytest
from scipy.io import savemat

from vultus.errors import AssetMissingError
from vultus.face.models import load_morphable


@pytest.fixture
def path(tmp_path, face):
    """all_all_all.mat of our face in centimetres."""
    vertices, faces, _ = face
    rng = np.random.default_rng(0)
    savemat(
        tmp_path / "all_all_all.mat",
        {
            "mean": vertices.reshape(-1, 1) / 10,
            "components": np.linalg.qr(rng.normal(size=(vertices.size, 6)))[0],
            "eigenvalues": np.arange(6.0, 0, -1)[None],
            "trilist": faces,
            "n_training_samples": 100,
        },
    )
    return tmp_path / "all_all_all.mat"


def test_reads_the_published_layout(path, face):
    model = load_morphable("lsfm", path)
    vertices, faces, _ = face
    np.testing.assert_allclose(model.mean, vertices / 10, atol=1e-6)
    np.testing.assert_array_equal(model.faces, faces)
    deviations = model.identity_basis.flatten(0, 1).norm(dim=0)
    np.testing.assert_allclose(deviations, np.sqrt(np.arange(6.0, 0, -1)), rtol=1e-5)
    assert model.expression_count == 0


def test_unit_and_landmarks_are_found_by_registration(path, face):
    model = load_morphable("lsfm", path)
    vertices, _, landmarks = face
    assert model.unit_mm == pytest.approx(10, rel=0.1)
    found = 10 * model.landmarks["ibug68"].on(model.mean[None], model.faces)[0].numpy()
    assert np.linalg.norm(found - vertices[landmarks], axis=1).mean() < 4


def test_a_missing_file_says_where_to_get_it():
    with pytest.raises(AssetMissingError, match="LSFM"):
        load_morphable("lsfm")
