import numpy as np

from vultus.methods.warp.tint import Tint, tint_of


def test_a_grey_picture_gives_grey_colours():
    grey = np.repeat(np.random.default_rng(0).integers(50, 200, (500, 1), np.uint8), 3, axis=1)
    colours = tint_of(grey)(np.array([[0.6, 0.2, 0.2]], np.float32))
    assert np.ptp(colours) < 1e-3


def test_a_dark_picture_gives_darker_colours():
    skin = np.tile(np.array([200, 150, 130], np.uint8), (100, 1))
    white = np.array([[0.9, 0.9, 0.9]], np.float32)
    assert tint_of(skin // 3)(white).mean() < 0.5 * tint_of(skin)(white).mean()


def test_no_pixels_leave_colours_as_they_are():
    assert tint_of(np.zeros((0, 3), np.uint8)) == Tint(1.0, 1.0)
