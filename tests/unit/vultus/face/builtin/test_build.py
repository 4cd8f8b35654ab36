import numpy as np

from vultus.face.builtin.anchor import load_anchor
from vultus.face.builtin.build import JOINTS, Arrays, build_arrays
from vultus.face.builtin.jaw import JAW_CENTRE


def test_building_twice_gives_the_same_bits(arrays: Arrays) -> None:
    again = build_arrays()
    assert arrays.keys() == again.keys()
    assert all(np.array_equal(arrays[key], again[key]) for key in arrays)


def test_mesh_is_symmetric(arrays: Arrays) -> None:
    mirror, mean = arrays["mirror"], arrays["mean"]
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(mirror)))
    np.testing.assert_allclose(mean[mirror] * [-1, 1, 1], mean, atol=1e-9)
    np.testing.assert_allclose(arrays["weights"][mirror][:, [0, 1, 2, 4, 3]], arrays["weights"], atol=1e-6)


def test_triangles_are_oriented_and_not_degenerate(arrays: Arrays) -> None:
    faces = arrays["faces"]
    assert 5_000 < len(faces) <= 12_000
    directed = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)
    corner = arrays["mean"][faces]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=-1) / 2
    assert area.min() > 1e-4
    assert set(np.unique(faces)) == set(range(len(arrays["mean"])))


def test_skin_closes_up_to_lids_lips_and_collar(arrays: Arrays) -> None:
    """Along the skin, only the neck's end and the inner rings behind lids and lips may be open."""
    skin = np.concatenate([arrays["region_skin"], arrays["region_eyelids"], arrays["region_mouth_interior"]])
    faces = arrays["faces"][np.isin(arrays["faces"], skin).all(1)]
    edges, uses = np.unique(
        np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], -1).reshape(-1, 2), axis=0, return_counts=True
    )
    assert uses.max() == 2
    open_ends = np.unique(edges[uses == 1])
    neck_end = arrays["mean"][open_ends, 1] < -100
    assert np.isin(open_ends[~neck_end], arrays["region_eyelids"]).all()


def test_anchor_points_come_first_and_lips_are_closed(arrays: Arrays) -> None:
    points = load_anchor()[0]
    distance = np.linalg.norm(arrays["mean"][:468] - points, axis=-1)
    assert distance.max() < 1.5  # only the lips' margins move, to meet
    assert (distance > 1e-3).sum() <= 18
    assert np.linalg.norm(arrays["mean"][13] - arrays["mean"][14]) < 0.2


def test_head_has_the_proportions_of_a_head(arrays: Arrays) -> None:
    skin = arrays["mean"][arrays["region_skin"]]
    breadth = np.ptp(skin[:, 0])
    above_collar = skin[skin[:, 1] > -60]
    length = np.ptp(above_collar[:, 2])
    height = skin[:, 1].max() - arrays["mean"][152, 1]
    assert 140 < breadth < 170
    assert 180 < length < 230  # nose included
    assert 205 < height < 260
    ears = arrays["mean"][arrays["region_ears"]]
    assert (
        arrays["mean"][2, 1] - 12 < ears[:, 1].min() < arrays["mean"][2, 1] + 12
    )  # lobes level with the nose's base
    assert (
        arrays["mean"][33, 1] < ears[:, 1].max() < arrays["mean"][105, 1] + 8
    )  # tops between eyes and brows


def test_teeth_and_eyes_lie_behind_the_skin(arrays: Arrays) -> None:
    """In front of every tooth vertex near the middle lies the skin of the closed lips."""
    mean = arrays["mean"]
    face = mean[arrays["region_face"]]
    for vertex in mean[arrays["region_teeth"]]:
        near = np.linalg.norm(face[:, :2] - vertex[:2], axis=-1) < 4
        assert face[near, 2].min() > vertex[2] - 1.0


def test_joints_lie_where_anatomy_has_them(arrays: Arrays) -> None:
    joints = dict(zip(JOINTS, arrays["regressor"] @ arrays["mean"], strict=True))
    np.testing.assert_allclose(joints["jaw"], JAW_CENTRE, atol=1e-6)
    np.testing.assert_allclose(joints["eye_left"] * [-1, 1, 1], joints["eye_right"], atol=1e-9)
    ball = arrays["mean"][arrays["region_eye_left"]] - joints["eye_left"]
    radius = np.linalg.norm(ball, axis=-1)
    assert 11.9 < radius.min() < 12.1 < radius.max() < 12.4
    np.testing.assert_allclose(arrays["weights"].sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(arrays["regressor"].sum(1), 1, atol=1e-6)
