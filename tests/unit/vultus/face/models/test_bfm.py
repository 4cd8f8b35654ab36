import h5py
import numpy as np
import pytest
from scipy.io import savemat

from vultus.errors import AssetMissingError, InputError
from vultus.face.models import load_morphable


@pytest.fixture
def front(tmp_path, face):
    """BFM_model_front.mat of our face: decimetres, indices from one."""
    vertices, faces, landmarks = face
    rng = np.random.default_rng(0)
    arrays = {
        "meanshape": vertices.reshape(1, -1) / 100 + 0.1,
        "idBase": rng.normal(size=(vertices.size, 80)),
        "exBase": rng.normal(size=(vertices.size, 64)),
        "meantex": np.full((1, vertices.size), 127.5),
        "tri": faces[:, ::-1] + 1.0,
        "keypoints": landmarks[None] + 1,
    }
    savemat(tmp_path / "BFM_model_front.mat", arrays)
    return tmp_path / "BFM_model_front.mat", arrays


def test_reads_the_front_cut_of_2009(front, face):
    path, arrays = front
    vertices, faces, landmarks = face
    model = load_morphable("bfm2009", path)
    assert (model.identity_count, model.expression_count, model.unit_mm) == (80, 64, 100.0)
    np.testing.assert_allclose(model.mean, (vertices - vertices.mean(0)) / 100, atol=1e-6)
    np.testing.assert_array_equal(model.faces, faces)  # turned to be counter-clockwise from outside
    np.testing.assert_allclose(model.identity_basis[5, 2], arrays["idBase"][17].astype(np.float32))
    found = model.landmarks["ibug68"].on(model.mean[None], model.faces)[0]
    np.testing.assert_allclose(found, model.mean[landmarks], atol=1e-6)
    assert model.colours is not None
    assert float(model.colours.mean()) == 0.5
    assert "mediapipe468" in model.landmarks


@pytest.fixture
def whole(tmp_path, face):
    """A file of the 2017 model's layout."""
    vertices, faces, _ = face
    rng = np.random.default_rng(0)
    path = tmp_path / "model2017-1_face12_nomouth.h5"
    with h5py.File(path, "w") as file:
        for part, count in (("shape", 7), ("expression", 5)):
            file[f"{part}/model/mean"] = vertices.ravel() if part == "shape" else np.full(vertices.size, 0.5)
            file[f"{part}/model/pcaBasis"] = rng.normal(size=(vertices.size, count))
            file[f"{part}/model/pcaVariance"] = np.arange(1.0, count + 1)
            file[f"{part}/representer/cells"] = faces.T
    return path


def test_reads_2017(whole, face, head):
    model = load_morphable("bfm2017", whole)
    vertices, faces, _ = face
    np.testing.assert_allclose(model.mean, vertices + 0.5, atol=1e-5)
    np.testing.assert_array_equal(model.faces, faces)
    assert (model.identity_count, model.expression_count, model.unit_mm) == (7, 5, 1.0)
    with h5py.File(whole) as file:
        np.testing.assert_allclose(
            model.identity_basis.flatten(0, 1),
            file["shape/model/pcaBasis"][:] * np.sqrt(np.arange(1, 8)),
            rtol=1e-6,
        )
    found = model.landmarks["ibug68"].on(model.mean[None] - 0.5, model.faces)
    expected = head.landmarks["ibug68"].on(head.mean[None], head.faces)
    assert float((found - expected).norm(dim=-1).mean()) < 4


@pytest.mark.parametrize("name", ["bfm2009", "bfm2017"])
def test_files_that_are_something_else(tmp_path, name):
    with pytest.raises(AssetMissingError, match=r"faces\.dmi\.unibas\.ch"):
        load_morphable(name)
    (tmp_path / "wrong").write_bytes(b"something else" * 100)
    with pytest.raises(InputError, match="wrong"):
        load_morphable(name, tmp_path / "wrong")


def test_missing_arrays_are_named(tmp_path):
    savemat(tmp_path / "half.mat", {"meanshape": np.zeros((1, 9))})
    with pytest.raises(InputError, match="idBase, exBase, tri, keypoints"):
        load_morphable("bfm2009", tmp_path / "half.mat")
