import pickle

import numpy as np
import pytest
import scipy.sparse
import torch

from vultus.errors import AssetMissingError, InputError
from vultus.face.fitting import Fitter
from vultus.face.models import load_morphable
from vultus.face.models.flame import DynamicContour
from vultus.face.rotations import matrix_from_angles


@pytest.fixture(scope="module")
def arrays(face):
    """The arrays of generic_model.pkl, with our face for FLAME's."""
    vertices, faces, _ = face
    rng = np.random.default_rng(0)
    count = len(vertices)
    weights = np.eye(5)[np.ones(count, dtype=int)]
    weights[:40], weights[40:80] = np.eye(5)[3], np.eye(5)[4]
    return {
        "v_template": vertices / 1000.0,
        "shapedirs": rng.normal(size=(count, 3, 400)) * 1e-3,
        "posedirs": rng.normal(size=(count, 3, 36)) * 1e-3,
        "J_regressor": scipy.sparse.csc_matrix(np.full((5, count), 1 / count)),
        "weights": weights,
        "f": faces.astype(np.uint32),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]], dtype=np.uint32),
        "bs_style": "lbs",
    }


@pytest.fixture(scope="module")
def embedding(face):
    """The dictionary of landmark_embedding.npy; a triangle at each of 68 vertices."""
    _, faces, landmarks = face
    corner = np.array([np.flatnonzero((faces == vertex).any(1))[0] for vertex in landmarks])
    weights = (faces[corner] == landmarks[:, None]).astype(np.float64)
    rows, turns = corner[None, :17].repeat(79, 0), weights[None, :17].repeat(79, 0)
    return {
        "static_lmk_faces_idx": corner[17:].astype(np.uint32),
        "static_lmk_bary_coords": weights[17:],
        "dynamic_lmk_faces_idx": torch.from_numpy(rows),
        "dynamic_lmk_bary_coords": torch.from_numpy(turns),
        "full_lmk_faces_idx": corner[None],
        "full_lmk_bary_coords": weights[None],
    }


@pytest.fixture
def folder(tmp_path, arrays, embedding):
    (tmp_path / "generic_model.pkl").write_bytes(pickle.dumps(arrays, protocol=2))
    np.save(tmp_path / "landmark_embedding.npy", embedding, allow_pickle=True)
    return tmp_path


@pytest.mark.parametrize("name", ["flame2020", "flame2023"])
def test_reads_the_published_layout(folder, arrays, face, name):
    model = load_morphable(name, folder)
    vertices, faces, landmarks = face
    np.testing.assert_allclose(model.mean, vertices / 1000, atol=1e-7)
    np.testing.assert_array_equal(model.faces, faces)
    np.testing.assert_allclose(model.identity_basis, arrays["shapedirs"][..., :300].astype(np.float32))
    np.testing.assert_allclose(model.expression_basis, arrays["shapedirs"][..., 300:].astype(np.float32))
    assert model.skeleton is not None
    assert model.skeleton.parents == (-1, 0, 1, 1, 1)
    assert (model.unit_mm, len(model.regions["eye_left"])) == (1000.0, 40)
    found = model.landmarks["ibug68"].on(model.mean[None], model.faces)[0]
    np.testing.assert_allclose(found, vertices[landmarks] / 1000, atol=1e-6)


def test_dense_landmarks_are_where_the_heads_are(folder, head):
    model = load_morphable("flame2020", folder)
    found = 1000 * model.landmarks["mediapipe468"].on(model.mean[None], model.faces)
    expected = head.landmarks["mediapipe468"].on(head.mean[None], head.faces)
    distance_mm = (found - expected).norm(dim=-1)
    assert float(distance_mm.mean()) < 2
    assert float(distance_mm.max()) < 12


def test_it_can_be_fitted_and_posed(folder):
    model = load_morphable("flame2020", folder)
    points = (
        torch.tensor([300.0, -300.0, -300.0])
        * 3
        * model.landmarks["mediapipe468"].on(model.mean[None], model.faces)
    )
    fit = Fitter(model).fit(points + 100)
    assert float(fit.camera.scale) == pytest.approx(900, rel=1e-3)
    posed = model.pose(fit.identity.float(), fit.expression.float(), {"jaw": torch.tensor([[0.2, 0.0, 0.0]])})
    assert posed.isfinite().all()


def test_the_models_file_itself_may_be_named(folder):
    assert load_morphable("flame2020", folder / "generic_model.pkl").name == "flame2020"


def test_what_is_missing_is_named(folder):
    (folder / "landmark_embedding.npy").rename(folder / "other.npy")
    with pytest.raises(AssetMissingError, match="landmark_embedding"):
        load_morphable("flame2020", folder)
    with pytest.raises(AssetMissingError, match=r"flame\.is\.tue\.mpg\.de.*built-in head works without it"):
        load_morphable("flame2023", folder / "nowhere")
    with pytest.raises(AssetMissingError, match="FLAME 2020"):
        load_morphable("flame2020")


def test_missing_arrays_are_named(folder, arrays):
    (folder / "generic_model.pkl").write_bytes(
        pickle.dumps({k: v for k, v in arrays.items() if k != "posedirs"})
    )
    with pytest.raises(InputError, match="posedirs"):
        load_morphable("flame2020", folder)


def test_the_outline_follows_the_turn():
    contour = DynamicContour(torch.zeros(79, 17, dtype=torch.long), torch.zeros(79, 17, 3))
    yaw_deg = torch.tensor([0.0, -1.0, -20.4, -39.0, -80.0, 1.0, 20.4, 39.0, 80.0])
    angles = torch.stack([yaw_deg.deg2rad(), torch.zeros(9), torch.zeros(9)], -1)
    rows = contour.row(matrix_from_angles(angles))
    assert rows.tolist() == [0, 1, 20, 39, 39, 40, 59, 78, 78]
