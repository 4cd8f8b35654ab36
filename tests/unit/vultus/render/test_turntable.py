import pytest
import torch

from vultus.render.turntable import expression_sheet, framing_camera, identity_sheet, turntable_sheet


@pytest.mark.parametrize("size_px", [(64, 64), (40, 90)])
def test_the_camera_frames_the_head_from_every_side(ball, size_px):
    generator = torch.Generator().manual_seed(0)
    angles = (torch.rand(20, 3, generator=generator) - 0.5) * torch.tensor([6.0, 1.5, 1.0])
    points = framing_camera(ball, angles, size_px).project(ball.mean.expand(20, -1, -1))
    assert (points[..., 0] > 0).all()
    assert (points[..., 0] < size_px[1]).all()
    assert (points[..., 1] > 0).all()
    assert (points[..., 1] < size_px[0]).all()
    middle = (points.amax(1) + points.amin(1))[:, :2] / 2
    torch.testing.assert_close(
        middle, torch.tensor([size_px[1] / 2, size_px[0] / 2]).expand(20, 2), atol=0.3, rtol=0
    )


def test_the_camera_can_look_at_a_part(ball):
    side = torch.tensor([[1.57, 0.0, 0.0]])
    part = framing_camera(ball, side, (64, 64), "face").project(ball.mean[None, ball.regions["face"]])
    middle = (part.amax(1) + part.amin(1))[0, :2] / 2
    torch.testing.assert_close(middle, torch.tensor([32.0, 32.0]), atol=0.1, rtol=0)


def test_a_part_that_is_not_there_means_the_whole(ball):
    front = torch.zeros(1, 3)
    whole = framing_camera(ball, front, (64, 64), "no such part")
    assert torch.equal(whole.scale, framing_camera(ball, front, (64, 64)).scale)


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
