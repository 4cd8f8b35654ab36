from dataclasses import replace

import pytest
import torch

from vultus.face.morphable import LandmarkEmbedding
from vultus.render.turntable import (
    REGION_COLOURS,
    expression_sheet,
    framing_camera,
    identity_sheet,
    preview_colours,
    turntable_sheet,
)


@pytest.mark.parametrize("size_px", [(64, 64), (40, 90)])
def test_the_camera_frames_the_head_from_every_side(ball, size_px):
    generator = torch.Generator().manual_seed(0)
    angles = (torch.rand(20, 3, generator=generator) - 0.5) * torch.tensor([6.0, 1.5, 1.0])
    off_centre = ball.mean + torch.tensor([3.0, -20.0, 5.0])
    points = framing_camera(off_centre, angles, size_px).project(off_centre.expand(20, -1, -1))
    assert (points[..., :2] > 0).all()
    assert (points[..., 0] < size_px[1]).all()
    assert (points[..., 1] < size_px[0]).all()
    middle = (points.amax(1) + points.amin(1))[:, :2] / 2
    expected = torch.tensor([size_px[1] / 2, size_px[0] / 2]).expand(20, 2)
    torch.testing.assert_close(middle, expected, atol=0.3, rtol=0)


def test_the_camera_fills_what_it_was_told(ball):
    points = framing_camera(ball.mean, torch.zeros(1, 3), (100, 200), 0.5).project(ball.mean[None])
    assert (points.amax(1) - points.amin(1))[0, 1] == pytest.approx(50, rel=1e-5)


def test_parts_without_colours_are_told_apart(ball):
    eye = torch.tensor([5, 6])
    colours = preview_colours(replace(ball, regions={"eye_left": eye}))
    assert torch.equal(colours[eye], torch.tensor(REGION_COLOURS["eye_left"]).expand(2, 3))
    assert len(colours.unique(dim=0)) == 2
    own = torch.rand(len(ball.mean), 3, generator=torch.Generator().manual_seed(0))
    assert preview_colours(replace(ball, colours=own)) is own


def test_expressions_are_shown_close(ball):
    foremost = ball.mean[ball.faces][..., 2].mean(1).topk(68).indices
    chosen = LandmarkEmbedding(foremost, torch.full((68, 3), 1 / 3))
    far = expression_sheet(ball, side_px=64, columns=3)
    near = expression_sheet(replace(ball, landmarks={"ibug68": chosen}), side_px=64, columns=3)
    assert (near < 240).sum() > 1.2 * (far < 240).sum()


def test_sheets_hold_every_picture(ball):
    turned = turntable_sheet(ball, (0.0, 90.0), (0.0,), side_px=64, columns=2)
    expressions = expression_sheet(ball, side_px=64, columns=3)
    people = identity_sheet(ball, count=4, side_px=64, columns=2)
    assert turned.shape[1] < expressions.shape[1]
    assert turned.shape[0] == expressions.shape[0]
    assert people.shape[0] > 1.8 * turned.shape[0] - 20
    assert all((sheet < 200).any() for sheet in (turned, expressions, people))


def test_people_are_the_same_for_the_same_seed(ball):
    first, again = (identity_sheet(ball, count=2, seed=3, side_px=48) for _ in range(2))
    assert (first == again).all()
    assert (first != identity_sheet(ball, count=2, seed=4, side_px=48)).any()
