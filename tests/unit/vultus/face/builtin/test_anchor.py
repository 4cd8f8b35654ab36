import numpy as np
import pytest

from vultus.face.builtin import anchor


def test_shipped_anchor_is_symmetric_and_sized() -> None:
    points, mirror, triangles = anchor.load_anchor()
    np.testing.assert_array_equal(mirror[mirror], np.arange(468))
    np.testing.assert_allclose(points[mirror] * [-1, 1, 1], points, atol=1e-4)
    assert points[[33, 133], 0].mean() < 0 < points[[362, 263], 0].mean()  # the subject's left is +x
    pupils = points[[33, 133]].mean(0) - points[[362, 263]].mean(0)
    assert np.linalg.norm(pupils) == pytest.approx(anchor.INTER_PUPILLARY_MM, abs=1)
    assert len(triangles) == 852


def test_triangles_face_outwards_and_agree_along_edges() -> None:
    points, mirror, triangles = anchor.load_anchor()
    directed = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)
    corner = points[triangles]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert (normal[:, 2] > 0).mean() > 0.98
    same = {tuple(sorted(t)) for t in triangles.tolist()}
    assert {tuple(sorted(t)) for t in mirror[triangles].tolist()} == same


def test_alignment_undoes_a_similarity() -> None:
    points = anchor.load_anchor()[0]
    turned = 1.7 * points @ anchor.Rotation.from_rotvec([0.2, -0.4, 0.1]).as_matrix().T + [3.0, -2.0, 8.0]
    np.testing.assert_allclose(anchor._align(points, turned), points, atol=1e-9)


def test_reference_file_makes_the_shipped_anchor(shared, tmp_path, monkeypatch) -> None:
    pytest.importorskip("mediapipe", reason="needs the table of edges in mediapipe's wheel")
    points, mirror, triangles = anchor.load_anchor()
    monkeypatch.setattr(anchor, "ANCHOR_PATH", tmp_path / "anchor.npz")
    anchor.make_anchor(shared / "media" / "reference.json")
    made_points, made_mirror, made_triangles = anchor.load_anchor()
    np.testing.assert_allclose(made_points, points, atol=1e-3)
    np.testing.assert_array_equal(made_mirror, mirror)
    assert {tuple(sorted(t)) for t in made_triangles.tolist()} == {
        tuple(sorted(t)) for t in triangles.tolist()
    }
