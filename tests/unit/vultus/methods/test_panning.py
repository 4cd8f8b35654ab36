import numpy as np
import pytest
import torch

from vultus.face.crop import SquareCrop
from vultus.face.models import load_morphable
from vultus.methods.panning import Panning, pans
from vultus.methods.rehearsal import neutral_track

CROP = SquareCrop(40, 30, 64)


@pytest.fixture
def portrait():
    rows, columns = np.mgrid[:160, :160]
    return np.stack([rows, columns, (rows + columns) // 2], axis=-1).astype(np.uint8)


def panned(portrait, pan):
    panning = Panning(portrait, CROP, 64)
    return panning.panned(CROP.cut(portrait), np.array(pan, float))


def test_no_pan_changes_nothing(portrait):
    np.testing.assert_array_equal(panned(portrait, [[1, 0, 0], [0, 1, 0]]), CROP.cut(portrait))


def test_what_lies_around_the_square_comes_into_it(portrait):
    seen = panned(portrait, [[1, 0, 8], [0, 1, -5]])
    expected = SquareCrop(CROP.left_px - 8, CROP.top_px + 5, 64).cut(portrait)
    np.testing.assert_allclose(seen.astype(int), expected, atol=1)


def test_zooming_in_keeps_the_middle(portrait):
    seen = panned(portrait, [[2, 0, -32], [0, 2, -32]])
    np.testing.assert_allclose(seen[31:33, 31:33].astype(int), CROP.cut(portrait)[31:33, 31:33], atol=1)
    assert np.ptp(seen[..., 0].astype(int)) < 0.6 * np.ptp(CROP.cut(portrait)[..., 0].astype(int))


def test_pans_take_the_near_head_to_the_far_one():
    head = load_morphable("builtin")
    near = neutral_track(head, 128)
    far = near.replace(
        scale=near.scale * 1.2, translation_px=near.translation_px + torch.tensor([[9.0, -4.0]])
    )
    (pan,) = pans(near, far)
    before, after = (
        track.camera.project(track.vertices(head))[0, ::500, :2].numpy() for track in (near, far)
    )
    np.testing.assert_allclose(before @ pan[:, :2].T + pan[:, 2], after, atol=1e-3)
