import json

import pytest
import torch

from vultus.face.builtin.anchor import load_anchor
from vultus.face.landmarks import (
    EYE_CORNERS,
    IBUG68_FROM_MEDIAPIPE,
    IBUG68_MIRROR,
    IRIS_LEFT,
    IRIS_RIGHT,
    ibug68,
    interocular_distance,
)

GROUPS = {
    "jaw": range(17),
    "right brow": range(17, 22),
    "left brow": range(22, 27),
    "right eye": range(36, 42),
    "left eye": range(42, 48),
    "outer lips": range(48, 60),
    "inner lips": range(60, 68),
}


@pytest.fixture(scope="module")
def face() -> torch.Tensor:
    """The mean face's 68 points, head frame."""
    return ibug68(torch.from_numpy(load_anchor()[0]))


def test_no_point_is_named_twice():
    assert len(set(IBUG68_FROM_MEDIAPIPE)) == 68


def test_the_tables_mirror_is_the_meshs():
    mirror = load_anchor()[1]
    for point, partner in enumerate(IBUG68_MIRROR):
        assert mirror[IBUG68_FROM_MEDIAPIPE[point]] == IBUG68_FROM_MEDIAPIPE[partner]
        assert IBUG68_MIRROR[partner] == point


def test_points_lie_where_the_set_says(face):
    x, y = face[:, 0], face[:, 1]
    assert (x[:8] < 0).all()  # the subject's right comes first
    assert (x[:17].diff() > 0).all()
    assert (y[:9].diff() < 0).all()
    assert (x[17:27].diff() > 0).all()
    assert (x[36:42] < 0).all()
    assert (x[42:48] > 0).all()
    assert (face[27:31, 1].diff() < 0).all()  # down the bridge
    assert y[GROUPS["right brow"]].mean() > y[GROUPS["right eye"]].mean() > y[33] > y[48:60].mean() > y[8]
    assert face[30, 2] == face[:, 2].max()


@pytest.mark.parametrize(
    ("upper", "lower"), [((37, 38), (41, 40)), ((43, 44), (47, 46)), ((61, 62, 63), (67, 66, 65))]
)
def test_upper_and_lower_points_face_each_other(face, upper, lower):
    for above, below in zip(upper, lower, strict=True):
        assert face[above, 1] >= face[below, 1]
        assert abs(face[above, 0] - face[below, 0]) < 5


def test_interocular_distance_is_the_same_in_every_set():
    points = torch.from_numpy(load_anchor()[0])
    dense = interocular_distance(points)
    torch.testing.assert_close(interocular_distance(ibug68(points), "ibug68"), dense)
    assert 80 < float(dense) < 110  # mm
    assert set(EYE_CORNERS) == {"ibug68", "mediapipe468", "mediapipe478"}


def test_irises_are_the_ten_last_points():
    assert (*IRIS_RIGHT, *IRIS_LEFT) == tuple(range(468, 478))


def test_the_right_iris_is_the_one_at_the_images_left(shared):
    item = json.loads((shared / "media" / "reference.json").read_text())["items"][0]
    points = torch.tensor(item["mediapipe"][0])
    assert points[IRIS_RIGHT[0], 0] < points[IRIS_LEFT[0], 0]
