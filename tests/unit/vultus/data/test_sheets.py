import numpy as np
import pytest

from vultus.data.sheets import GAP_PX, contact_sheet


def frame(shade: int, height: int = 50, width: int = 80) -> np.ndarray:
    return np.full((height, width, 3), shade, np.uint8)


def test_pictures_lie_in_rows_unchanged():
    sheet = contact_sheet([frame(shade) for shade in (10, 20, 30)], columns=2)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * (50 + GAP_PX) + GAP_PX, 2 * (80 + GAP_PX) + GAP_PX, 3)
    for index, (top, left) in enumerate([(0, 0), (0, 1), (1, 0)]):
        y, x = GAP_PX + top * (50 + GAP_PX), GAP_PX + left * (80 + GAP_PX)
        assert (sheet[y : y + 50, x : x + 80] == 10 * (index + 1)).all()
    assert (sheet[-50 - GAP_PX :, -80 - GAP_PX :] == 255).all()  # the empty place


def test_captions_stand_below_their_pictures():
    sheet = contact_sheet([frame(200), frame(200)], 2, ["smile", ""])
    below = sheet[GAP_PX + 50 : -GAP_PX]
    assert (below[:, : 80 + GAP_PX] < 100).any()
    assert (below[:, 80 + GAP_PX :] > 250).all()
    assert below.shape[0] >= 11


def test_a_long_caption_stays_in_its_cell():
    sheet = contact_sheet([frame(255)] * 3, 3, ["", "a caption much longer than the picture is wide", ""])
    assert (sheet[:, : 80 + GAP_PX] == 255).all()
    assert (sheet[:, 2 * (80 + GAP_PX) + 1 :] == 255).all()
    assert (sheet < 100).any()


def test_smaller_pictures_are_centred():
    sheet = contact_sheet([frame(0, 50, 80), frame(0, 20, 30)], 1)
    dark = (sheet[50 + 2 * GAP_PX :] == 0).all(-1)
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    assert (rows[0], rows[-1]) == (15, 34)
    assert (columns[0], columns[-1]) == (GAP_PX + 25, GAP_PX + 54)


def test_no_wider_than_needed():
    assert contact_sheet([frame(0)], columns=8).shape[1] == 80 + 2 * GAP_PX


def test_as_many_captions_as_frames():
    with pytest.raises(ValueError, match="2 frames but 1 captions"):
        contact_sheet([frame(0), frame(0)], 2, ["only one"])


def test_accented_letters_are_drawn_as_letters():
    accented, plain = (contact_sheet([frame(255)], 1, [letter]) for letter in ("é", "e"))
    unknown = contact_sheet([frame(255)], 1, ["\ue000"])
    assert (accented != unknown).any()
    assert accented.mean() < plain.mean()  # the accent is more ink
