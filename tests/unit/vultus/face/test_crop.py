import cv2
import numpy as np
import pytest

from vultus.face.crop import SquareCrop, head_crop


def test_matrices_are_each_others_inverse():
    crop = SquareCrop(left_px=-7, top_px=12, side_px=90)
    there, back = crop.to_crop(64), crop.to_picture(64)
    points = np.random.default_rng(0).uniform(-50, 200, (20, 2))
    in_crop = points @ there[:, :2].T + there[:, 2]
    np.testing.assert_allclose(in_crop @ back[:, :2].T + back[:, 2], points, atol=1e-12)


def test_corners_of_the_crop_are_corners_of_its_picture():
    crop = SquareCrop(left_px=10, top_px=20, side_px=100)
    np.testing.assert_allclose(crop.to_crop(50) @ [[10, 110], [20, 120], [1, 1]], [[0, 50], [0, 50]])


def test_the_picture_is_mirrored_beyond_its_border():
    picture = np.random.default_rng(0).integers(0, 256, (8, 10, 3), np.uint8)
    cut = SquareCrop(left_px=-3, top_px=-2, side_px=14).cut(picture)
    padded = cv2.copyMakeBorder(picture, 2, 4, 3, 1, cv2.BORDER_REFLECT)
    np.testing.assert_array_equal(cut, padded)


def test_halving_averages_two_by_two():
    picture = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    small = SquareCrop(0, 0, 16).resample(picture, 8)
    mean = picture.reshape(8, 2, 8, 2, 3).mean(axis=(1, 3))
    assert np.abs(small - mean).max() <= 0.5


def test_inside_covers_what_crop_and_picture_share():
    rows, columns = SquareCrop(left_px=-5, top_px=3, side_px=10).inside((8, 20))
    assert (rows, columns) == (slice(3, 8), slice(0, 5))


@pytest.mark.parametrize("size_px", [(400, 600), (150, 600), (80, 90)])
def test_the_head_lies_in_its_crop(size_px):
    head = np.array([[20.0, 10.0], [60.0, 70.0]])
    crop = head_crop(head, size_px)
    low = crop.to_crop(1) @ [20, 10, 1]
    high = crop.to_crop(1) @ [60, 70, 1]
    assert low.min() >= 0
    assert high.max() <= 1


def test_the_crop_stays_in_the_picture_where_it_can():
    crop = head_crop(np.array([[0.0, 0.0], [50.0, 60.0]]), (300, 300))
    assert crop.left_px == 0
    assert crop.top_px == 0
