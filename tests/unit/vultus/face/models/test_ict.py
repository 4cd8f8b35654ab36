import numpy as np
import pytest
import torch

from vultus.errors import AssetMissingError, InputError
from vultus.face.builtin.anchor import load_anchor
from vultus.face.landmarks import ibug68
from vultus.face.models import load_morphable
from vultus.face.models.ict import arkit_name, read_folder


@pytest.fixture(scope="module")
def stored(shared):
    with np.load(shared / "ict" / "ict_facekit.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file}


def test_reads_the_compact_file(ict, stored):
    np.testing.assert_array_equal(ict.mean, stored["vertices"])
    assert ict.faces.shape == (2 * 25836 + 548, 3)
    np.testing.assert_array_equal(ict.identity_basis[..., 7], stored["identity_deltas"][7])
    np.testing.assert_array_equal(ict.expression_basis[..., 20], stored["expression_deltas"][20])
    found = ict.landmarks["ibug68"].on(ict.mean[None], ict.faces)[0]
    np.testing.assert_array_equal(found, stored["vertices"][stored["landmarks_68"]])
    assert (ict.unit_mm, ict.licence) == (10.0, "MIT")


def test_names_are_arkits(ict):
    assert {"jawOpen", "mouthSmileLeft", "eyeBlinkRight", "browInnerUpLeft"} <= set(ict.expression_names)
    assert arkit_name("PupilDilate_L") == "pupilDilateLeft"
    smile = ict.expression_basis[..., ict.expression_names.index("mouthSmileLeft")].norm(dim=-1)
    assert float(ict.mean[smile.argmax(), 0]) > 0  # the subject's left


def test_triangles_face_outwards(ict):
    corners = ict.mean[ict.faces]
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    on_face = (ict.faces < 4000).all(1)
    assert float((normals[on_face, 2] > 0).float().mean()) > 0.8


def test_dense_landmarks_meet_the_sparse_ones_and_are_symmetric(ict):
    dense = ict.landmarks["mediapipe468"].on(ict.mean[None], ict.faces)[0]
    sparse = ict.landmarks["ibug68"].on(ict.mean[None], ict.faces)[0]
    distance_mm = 10 * (ibug68(dense) - sparse).norm(dim=-1)
    assert float(distance_mm[17:].mean()) < 1
    assert float(distance_mm.max()) < 4
    mirrored = dense[torch.from_numpy(load_anchor()[1])] * torch.tensor([-1.0, 1, 1])
    assert 10 * float((mirrored - dense).norm(dim=-1).mean()) < 2


def test_eyes_turn_about_their_centres(ict):
    still = ict.shape(torch.zeros(1, 100), torch.zeros(1, 57))
    turn = {"eye_left": torch.tensor([[0.0, 0.3, 0.0]])}
    turned = ict.pose(torch.zeros(1, 100), torch.zeros(1, 57), turn)
    moved = (turned - still).norm(dim=-1)[0]
    assert set(moved.nonzero()[:, 0].tolist()) <= set(ict.regions["eye_left"].tolist())
    assert float(moved[ict.regions["eye_left"]].max()) > 0.2
    eye = ict.regions["eye_left"]
    torch.testing.assert_close(turned[0, eye].mean(0), still[0, eye].mean(0), atol=1e-4, rtol=0)


def test_reads_the_official_folder(shared, ict):
    names = ["jawOpen", "mouthSmile_L", "eyeBlink_R"]
    model = read_folder(shared / "ict" / "FaceXModel", ["identity000", "identity003"], names)
    torch.testing.assert_close(model.mean, ict.mean, atol=1e-4, rtol=0)
    assert torch.equal(model.faces, ict.faces)
    assert model.expression_names == ("jawOpen", "mouthSmileLeft", "eyeBlinkRight")
    expected = ict.identity_basis[..., [0, 3]]
    torch.testing.assert_close(model.identity_basis, expected, atol=1e-3, rtol=0)
    for number, name in enumerate(model.expression_names):
        expected = ict.expression_basis[..., ict.expression_names.index(name)]
        torch.testing.assert_close(model.expression_basis[..., number], expected, atol=2e-3, rtol=0)
    assert torch.equal(model.landmarks["ibug68"].face_index, ict.landmarks["ibug68"].face_index)


def test_a_folder_with_gaps_names_what_is_missing(shared):
    with pytest.raises(
        AssetMissingError, match=r"lacks 143 of its OBJ files: identity004, .*github\.com/ICT-VGL"
    ):
        load_morphable("ict", shared / "ict" / "FaceXModel")


def test_other_files_are_refused(tmp_path):
    (tmp_path / "wrong.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(InputError, match="not an ICT-FaceKit file"):
        load_morphable("ict", tmp_path / "wrong.npz")
    with pytest.raises(InputError, match=r"vertex_indices\.json"):
        load_morphable("ict", tmp_path)
    with pytest.raises(AssetMissingError, match="built-in head"):
        load_morphable("ict")
