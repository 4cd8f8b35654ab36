import numpy as np
import pytest

from vultus.data.sets.stored import open_set
from vultus.face.models import load_morphable
from vultus.methods.base import Portrait
from vultus.methods.framing import WHOLE, head_frame
from vultus.methods.warp.parts import head_parts

SIDE = 200


@pytest.fixture(scope="module")
def framed(stored_once):
    """Frames a head whose square, before the picture is looked at, is `share` of it."""
    model = load_morphable("builtin")
    head = head_parts(model).head
    track = next(open_set(stored_once).clips()).track()[:1]

    def frame(share, size_px=(SIDE, SIDE)):
        zoom, rgb = 1.0, np.zeros((4_000, 4_000, 3), np.uint8)
        for _ in range(2):
            moved = track.replace(
                scale=track.scale * zoom, translation_px=track.translation_px * 0 + SIDE / 2
            )
            wide = head_frame(Portrait(rgb[:, :3_999], moved), model, head, 64).crop.side_px
            zoom *= share * SIDE / wide
        return head_frame(Portrait(rgb[: size_px[0], : size_px[1]], moved), model, head, 64)

    return frame


@pytest.mark.parametrize("share", [WHOLE + 0.05, 1.0, 1.6])
def test_a_picture_that_frames_the_head_is_taken_as_it_is(framed, share):
    crop = framed(share).crop
    assert (crop.left_px, crop.top_px, crop.side_px) == (0, 0, SIDE)


def test_a_small_head_is_cut_out(framed):
    assert framed(0.5).crop.side_px == pytest.approx(0.5 * SIDE, rel=0.05)


def test_a_picture_that_is_no_square_is_cut(framed):
    assert framed(1.0, (SIDE, SIDE - 2)).crop.side_px == pytest.approx(SIDE, rel=0.05)
