import numpy as np
import pytest
import torch

from vultus.face.models import load_morphable
from vultus.methods.faces import projected
from vultus.methods.rehearsal import neutral_track
from vultus.methods.surroundings import Surroundings, around

SIDE = 128


@pytest.fixture(scope="module")
def head():
    return load_morphable("builtin")


@pytest.fixture(scope="module")
def surroundings(head):
    return Surroundings(head)


@pytest.fixture(scope="module")
def still(head):
    return neutral_track(head, SIDE)


def view(surroundings, head, track):
    (found,) = surroundings.views(track, projected(track, head))
    return found


def in_px(field: torch.Tensor) -> np.ndarray:
    return field.permute(1, 2, 0).numpy() * SIDE / 2


def test_a_still_head_moves_nothing(surroundings, head, still):
    seen = view(surroundings, head, still)
    assert around(seen, seen, SIDE).abs().max() < 1e-5


def test_hair_goes_along_and_the_torso_stays(surroundings, head, still):
    moved = still.replace(translation_px=still.translation_px + torch.tensor([[6.0, 0.0]]))
    source, driven = view(surroundings, head, still), view(surroundings, head, moved)
    field = in_px(around(source, driven, SIDE))
    above, middle = int(driven.crown_px) - 4, round(float(driven.centre_px[0]))
    np.testing.assert_allclose(field[above, middle], [-6, 0], atol=1.6)  # fades away from the head
    assert np.abs(field[-4:]).max() < 0.1
    assert np.abs(field[0, 0]).max() < np.abs(field[above, middle]).max()


def test_beside_a_head_that_turns_hair_hardly_moves(surroundings, head, still):
    turned = still.replace(rotation_rad=torch.tensor([[0.0, 0.35, 0.0]]))
    source, driven = view(surroundings, head, still), view(surroundings, head, turned)
    mesh = projected(still, head)[0, :, 0] - projected(turned, head)[0, :, 0]
    row = round(float(driven.centre_px[1]))
    beside = round(float(driven.centre_px[0] - driven.outline_px.max() - 4))
    assert abs(in_px(around(source, driven, SIDE))[row, beside, 0]) < 0.4 * float(mesh.abs().max())


def test_what_is_known_is_kept(surroundings, head, still):
    moved = still.replace(translation_px=still.translation_px + torch.tensor([[6.0, 0.0]]))
    source, driven = view(surroundings, head, still), view(surroundings, head, moved)
    known = torch.zeros(1, SIDE, SIDE, dtype=torch.bool)
    known[:, 40:80, 40:80] = True
    field = torch.full((1, 2, SIDE, SIDE), 9.0)
    carried = surroundings.carried(field, known, source, [driven])
    assert torch.equal(carried[:, :, 40:80, 40:80], field[:, :, 40:80, 40:80])
    torch.testing.assert_close(carried[0, :, :40], around(source, driven, SIDE)[:, :40])
