import cv2
import numpy as np
import pytest

from vultus.data.media import read_picture
from vultus.data.real.quality import FACE_PX, FrameQuality, look_of

BOX = (170.0, 50.0, 280.0, 190.0)


@pytest.fixture(scope="module")
def picture(portrait):
    return read_picture(portrait).rgb


def test_sharpness_is_the_laplacians_variance_over_the_greys():
    rgb = np.random.default_rng(1).integers(0, 256, (FACE_PX, FACE_PX, 3), dtype=np.uint8)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(float) / 255
    padded = np.pad(grey, 1, mode="reflect")
    edges = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:] - 4 * grey
    sharpness, brightness = look_of(rgb, (0.0, 0.0, float(FACE_PX), float(FACE_PX)))
    assert sharpness == pytest.approx(edges.var() / grey.var())
    assert brightness == pytest.approx(grey.mean())


def test_blur_lowers_sharpness_step_by_step(picture):
    found = [look_of(cv2.GaussianBlur(picture, (0, 0), sigma), BOX)[0] for sigma in (0.5, 1.0, 2.0, 4.0)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.1 * found[0]


def test_exposure_changes_brightness_but_hardly_sharpness(picture):
    dark = (picture * 0.5).astype(np.uint8)
    bright, dim = look_of(picture, BOX), look_of(dark, BOX)
    assert dim[1] == pytest.approx(bright[1] / 2, rel=0.02)
    assert dim[0] == pytest.approx(bright[0], rel=0.05)


def test_a_box_beyond_the_picture_has_no_look(picture):
    assert look_of(picture, (600.0, 600.0, 700.0, 700.0)) == (0.0, 0.0)
    assert look_of(picture, (-90.0, -90.0, -10.0, -10.0)) == (0.0, 0.0)


def test_a_blurred_frame_stands_out_from_its_clip():
    sharpness = np.array([0.2, 0.2, 0.02, 0.2])
    quality = FrameQuality(np.ones(4, bool), np.ones(4), np.zeros((4, 4)), sharpness, np.ones(4))
    np.testing.assert_allclose(quality.relative_sharpness, [1, 1, 0.1, 1])
    assert len(quality[1:3]) == 2
