import numpy as np
import pytest

from vultus.data.media.orientation import EXIF_MATRICES, from_display_matrix, oriented


@pytest.mark.parametrize("matrix", EXIF_MATRICES.values())
def test_a_pixel_goes_where_the_matrix_says(matrix):
    pixels = np.arange(12).reshape(3, 4)
    shown = oriented(pixels, matrix)
    (xx, xy), (yx, yy) = matrix
    centre, centre_shown = (np.array(pixels.shape[::-1]) - 1) / 2, (np.array(shown.shape[::-1]) - 1) / 2
    for y, x in np.ndindex(pixels.shape):
        dx, dy = np.array([x, y]) - centre
        to_x, to_y = np.array([xx * dx + xy * dy, yx * dx + yy * dy]) + centre_shown
        assert shown[int(to_y), int(to_x)] == pixels[y, x]


@pytest.mark.parametrize("matrix", EXIF_MATRICES.values())
def test_display_matrices_are_read_back(matrix):
    (xx, xy), (yx, yy) = matrix
    stored = np.array([xx, yx, 0, xy, yy, 0, 0, 0, 1 << 14], np.int32) * 65536
    assert from_display_matrix(stored.tobytes()) == matrix


def test_a_slight_tilt_is_no_turn():
    tilt = np.deg2rad(10)
    stored = np.array([np.cos(tilt), np.sin(tilt), 0, -np.sin(tilt), np.cos(tilt), 0, 0, 0, 1]) * 65536
    assert from_display_matrix(stored.astype(np.int32).tobytes()) == ((1, 0), (0, 1))
