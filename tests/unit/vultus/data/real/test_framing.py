import numpy as np
import pytest
from PIL import Image

from vultus.data.real.framing import cut_out, outside_px
from vultus.data.real.recipes import Recipe
from vultus.face.crop import SquareCrop


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(0, 256, (90, 120, 3), dtype=np.uint8)


def test_a_square_inside_is_cut_untouched_by_every_border(picture):
    crop = SquareCrop(20, 10, 64)
    for border in ("inside", "mirror", "blurred", "black"):
        recipe = Recipe(name="a", size_px=64, border=border)
        np.testing.assert_array_equal(cut_out(picture, crop, recipe), picture[10:74, 20:84])


@pytest.mark.parametrize("kind", ["bilinear", "cubic", "lanczos"])
def test_pillows_filters_are_pillows(picture, kind):
    recipe = Recipe(name="a", size_px=32, interpolation=kind, border="mirror")
    filters = {"bilinear": Image.BILINEAR, "cubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    expected = Image.fromarray(picture[:80, :80]).resize((32, 32), filters[kind])
    np.testing.assert_array_equal(cut_out(picture, SquareCrop(0, 0, 80), recipe), np.asarray(expected))


def test_distances_beyond_the_picture_grow_from_its_edge():
    found = outside_px(SquareCrop(-4, 0, 16), (16, 12), 8)
    np.testing.assert_allclose(found[0], [1.5, 0.5, 0, 0, 0, 0, 0, 0])
    assert outside_px(SquareCrop(-4, 0, 16), (16, 8), 8)[0, 7] == 1.5


def test_black_begins_where_the_picture_ends(picture):
    recipe = Recipe(name="a", size_px=64, border="black")
    cut = cut_out(picture, SquareCrop(-10, 0, 64), recipe)
    assert not cut[:, :10].any()
    np.testing.assert_array_equal(cut[:, 10:], picture[:64, :54])


def test_blur_grows_until_one_colour_is_left(picture):
    recipe = Recipe(name="a", size_px=100, border="blurred")
    cut = cut_out(picture, SquareCrop(-40, 0, 100), recipe)
    np.testing.assert_array_equal(cut[:90, 40:], picture[:90, :60])
    spread = [float(cut[:90, column].std(axis=0).mean()) for column in (39, 36, 30, 2)]
    assert spread[0] > spread[1] > spread[2] > spread[3] < 1
