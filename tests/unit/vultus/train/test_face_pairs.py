import pytest
import torch

from vultus.data.sets.stored import open_set
from vultus.errors import InputError
from vultus.face.models import load_morphable
from vultus.render.fragments import interpolate
from vultus.render.guides import nmfc_colours
from vultus.train.face_pairs import FacePairs, seen_fragments
from vultus.train.frame_bank import build_bank


@pytest.fixture(scope="module")
def bank(stored_once, tmp_path_factory):
    stored = open_set(stored_once)
    return build_bank(stored, None, 32, tmp_path_factory.mktemp("banks"))


@pytest.fixture(scope="module")
def head():
    return load_morphable("builtin")


def test_a_step_decides_its_batch(bank, head):
    pairs = FacePairs(bank, head, past_frames=2, seed=3)
    first, again, other = pairs.batch(5, 2), FacePairs(bank, head, 2, 3).batch(5, 2), pairs.batch(6, 2)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["driving"], other["driving"])
    assert not torch.equal(pairs.batch(5, 2, rank=1)["driving"], first["driving"])
    assert first["driving_face_index"].shape == (2, 3, 32, 32)


def test_faces_lie_where_the_pictures_show_them(bank, head):
    """The set's pictures are the faces' own NMFC, so the rasters must draw them again."""
    batch = FacePairs(bank, head).batch(0, 4)
    for which in ("source", "driving"):
        index, weights = batch[f"{which}_face_index"], batch[f"{which}_barycentric"]
        if which == "driving":
            index, weights = index[:, -1], weights[:, -1]
        drawn = interpolate(seen_fragments(index, weights), head.faces, nmfc_colours(head))
        inside = drawn.sum(1) > 0
        difference = (drawn - batch[which]).abs().mean(1)[inside]
        assert difference.mean() < 0.05


def test_the_displacement_leads_to_the_source(bank, head):
    batch = FacePairs(bank, head, seed=1).batch(2, 4)
    picture = batch["source"]
    rest = torch.nn.functional.affine_grid(
        torch.eye(2, 3).expand(4, 2, 3), list(picture.shape), align_corners=False
    )
    places = rest + batch["displacement"].movedim(1, -1)
    warped = torch.nn.functional.grid_sample(picture, places, align_corners=False)
    face = batch["driving_face_index"][:, -1] >= 0
    after = (warped - batch["driving"]).abs().mean(1)[face].mean()
    before = (picture - batch["driving"]).abs().mean(1)[face].mean()
    assert after < 0.6 * before


def test_clips_that_are_too_short_are_refused(bank, head):
    with pytest.raises(InputError, match="no clip has 102 frames"):
        FacePairs(bank, head, past_frames=100)


def test_the_carried_displacement_is_the_same_on_the_face_and_goes_on_beyond_it(bank, head):
    batch = FacePairs(bank, head, seed=1).batch(2, 4)
    face = (batch["driving_face_index"][:, -1] >= 0)[:, None]
    assert torch.equal(batch["carried"] * face, batch["displacement"])
    assert (batch["carried"] * ~face).abs().amax() > 0.01
