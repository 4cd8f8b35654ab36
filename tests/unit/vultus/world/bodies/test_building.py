from dataclasses import replace

import numpy as np
import pytest
import torch

from vultus.errors import IncompatibleError
from vultus.face.builtin import build_head
from vultus.face.models import load_morphable
from vultus.render.raster import rasterise
from vultus.world.bodies import PART_INDEX, PARTS, build_body
from vultus.world.bodies.surface import HeadSurface
from vultus.world.bodies.template import likeness, skin_vertices
from vultus.world.people import BEARD_STYLES, CLOTHES_STYLES, HAIR_STYLES, draw_person

_WORN = ("hair", "beard", "brows", "glasses", "neck", "clothes")


def test_the_models_vertices_come_first(body, dressed):
    head = body.model
    shaped = head.shape(torch.tensor([dressed.identity]), torch.zeros(1, head.expression_count))[0]
    skin = head.regions["skin"]
    torch.testing.assert_close(body.rest[skin], shaped[skin], atol=1e-4, rtol=0)


def test_every_part_is_there(body):
    shown = {PARTS[index] for index in body.part.unique().tolist()}
    assert shown == set(PARTS) - {"background"}


def test_records_are_whole(body):
    count = len(body.rest)
    assert len(body.part) == len(body.faces)
    assert int(body.faces.max()) < count
    assert torch.isfinite(body.rest).all()
    assert ((body.albedo >= 0) & (body.albedo <= 1)).all()
    assert ((body.gloss >= 0) & (body.gloss <= 1)).all()
    assert ((body.torso >= 0) & (body.torso <= 1)).all()
    length = body.strand.norm(dim=-1)
    assert (((length - 1).abs() < 1e-3) | (length < 1e-3)).all()


def test_a_body_is_named_by_its_person(body, dressed):
    again = build_body(dressed, build_head())
    assert torch.equal(again.rest, body.rest)
    assert torch.equal(again.albedo, body.albedo)


def test_another_models_person_is_refused(dressed):
    with pytest.raises(IncompatibleError, match="2 coefficients"):
        build_body(replace(dressed, identity=(0.0, 1.0)), build_head())


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_hair_sits_on_the_head_and_leaves_the_face_free(style):
    person = draw_person(11)
    person = replace(person, hair=replace(person.hair, style=style))
    head = build_head()
    body = build_body(person, head)
    hair = body.faces[(body.part == PART_INDEX["hair"]) & (body.faces >= len(head.mean)).all(-1)].unique()
    alike = likeness(person.identity, head)
    surface = HeadSurface.of(alike.head, head.faces.numpy(), skin_vertices(head))
    points = (body.rest[hair].numpy() - alike.offset) @ np.linalg.inv(alike.matrix).T
    if style == "bald":
        assert not len(hair)
        return
    above = surface.distance(points)
    face = (points[:, 2] > -25) & (points[:, 1] < 50) & (np.abs(points[:, 0]) < 60)
    assert (above[face] < 0).all(), "hair hangs over the face"
    low = points[:, 1] < -20
    assert low.any() == (style in ("bob", "long_straight", "long_wavy", "ponytail", "afro", "curls", *_NAPE))
    assert above.max() < 120


_NAPE = ("buzz", "crop", "side_part", "quiff", "receding", "bun", "cap")


@pytest.mark.parametrize("style", [style for style in HAIR_STYLES if style != "bald"])
def test_no_scalp_shows_from_above(style):
    """Seen from above, the middle of the head is hair or cap."""
    person = draw_person(11)
    person = replace(person, hair=replace(person.hair, style=style, hairline_mm=0.0))
    body = build_body(person, build_head())
    x, y, z = body.rest.unbind(-1)
    points = torch.stack([x + 100, z + 200, -y], -1)[None]
    fragments = rasterise(points, body.faces.flip(-1), (240, 200))
    part = body.part[fragments.face_index[0].clamp_min(0)]
    crown = part[85:150, 70:130]
    grown = (crown == PART_INDEX["hair"]) | (crown == PART_INDEX["clothes"])
    assert grown.float().mean() > 0.99


@pytest.mark.parametrize("style", BEARD_STYLES)
def test_beards_leave_the_lips_free(style):
    person = draw_person(11)
    person = replace(person, beard=replace(person.beard, style=style, length_mm=8.0))
    head = build_head()
    body = build_body(person, head)
    lips, beard = (body.faces[body.part == PART_INDEX[part]].unique() for part in ("lips", "beard"))
    assert len(lips) > 60
    assert bool(len(beard)) == (style not in ("none", "stubble"))


@pytest.mark.parametrize("style", CLOTHES_STYLES)
def test_neck_and_clothes_meet(style):
    """No view of the front looks between neck and collar at the backdrop."""
    person = draw_person(11)
    person = replace(
        person, clothes=replace(person.clothes, style=style), hair=replace(person.hair, style="buzz")
    )
    body = build_body(person, build_head())
    x, y, z = body.rest.unbind(-1)
    points = torch.stack([x + 120, 150 - y, -z], -1)[None]
    fragments = rasterise(points, body.faces, (500, 240))
    covered = fragments.mask[0, 150:480, 90:150]
    assert covered.all()


def test_most_triangles_face_outwards(body):
    """Seen from the front, the nearest triangles are front-facing but for folded edges."""
    for part in _WORN:
        faces = body.faces[body.part == PART_INDEX[part]]
        corners = body.rest[faces]
        normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        middle = (
            corners.mean((0, 1)) if part in ("hair", "neck", "clothes") else torch.tensor([0.0, -10, -95])
        )
        outward = ((corners.mean(1) - middle) * normal).sum(-1)
        assert (outward * (outward.abs() > 0)).sum() > 0, part


@pytest.mark.slow
def test_other_models_are_dressed(shared):
    model = load_morphable("ict", shared / "ict" / "ict_facekit.npz")
    person = draw_person(39, model)
    assert person.morphable == "ict"
    body = build_body(person, model)
    assert {"skin", "lips", "eyes", "brows", "hair", "ears", "neck", "clothes"} <= {
        PARTS[index] for index in body.part.unique().tolist()
    }
    high = body.rest[body.faces[body.part == PART_INDEX["hair"]].unique(), 1].max()
    assert 0 < float(high - body.rest[: len(model.mean), 1].max()) * model.unit_mm < 60
