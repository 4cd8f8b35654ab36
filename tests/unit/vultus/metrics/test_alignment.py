"""Face crops."""

import numpy as np
import pytest
from skimage.transform import SimilarityTransform

from vultus.errors import InputError
from vultus.metrics.alignment import (
    ARCFACE_POINTS_PX,
    five_point_crop,
    five_points,
    similarity_2d,
    warp_onto,
)


def test_the_similarity_agrees_with_scikit_image():
    rng = np.random.default_rng(4)
    for _ in range(5):
        target, points = rng.normal(size=(2, 7, 2)) * 30
        expected = SimilarityTransform.from_estimate(points, target).params[:2]
        np.testing.assert_allclose(similarity_2d(target, points), expected, atol=1e-9)


def test_a_face_that_lies_right_is_cut_without_change():
    picture = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    np.testing.assert_array_equal(five_point_crop(picture, ARCFACE_POINTS_PX + 0.5), picture)


def test_a_shifted_face_is_cut_where_it_is():
    picture = np.random.default_rng(0).integers(0, 256, (150, 140, 3), dtype=np.uint8)
    crop = five_point_crop(picture, ARCFACE_POINTS_PX + 0.5 + [20, 11])
    np.testing.assert_array_equal(crop, picture[11:123, 20:132])


def test_a_turned_and_larger_face_comes_back():
    y, x = np.mgrid[0:64, 0:64]
    picture = np.stack([3 * x, 3 * y, x + y], axis=-1).astype(np.uint8)
    points = np.array([[20.0, 20], [44, 22], [32, 34], [24, 46], [41, 45]])
    turn = np.array([[0.0, -1], [1, 0]])
    there = (points - 32) @ turn.T * 2 + 64  # a quarter turn and twice the size
    back = warp_onto(warp_onto(picture, points, there, (128, 128)), there, points, (64, 64))
    np.testing.assert_allclose(back[4:-4, 4:-4].astype(int), picture[4:-4, 4:-4], atol=2)


def test_five_points_are_eyes_nose_and_mouth():
    landmarks = np.arange(136, dtype=float).reshape(68, 2)
    points = five_points(landmarks)
    np.testing.assert_allclose(points[0], landmarks[36:42].mean(0))
    np.testing.assert_array_equal(points[2:], landmarks[[30, 48, 54]])
    np.testing.assert_allclose(points[1], landmarks[42:48].mean(0))


@pytest.mark.parametrize("points", [np.full((5, 2), np.nan), np.full((5, 2), 7.0)])
def test_points_that_make_no_face_are_refused(points):
    with pytest.raises(InputError, match="no face"):
        five_point_crop(np.zeros((10, 10, 3), np.uint8), points)
