import pytest
import torch

from vultus.face.cameras import Camera
from vultus.face.rotations import matrix_from_angles
from vultus.render.fragments import interpolate
from vultus.render.guides import code_image, displacement_field, nmfc_colours, nmfc_image
from vultus.render.raster import rasterise

SIZE_PX = (48, 56)


def seen(model, yaw_rad=0.0, shift_px=(0.0, 0.0), scale=2.0):
    rotation = matrix_from_angles(torch.tensor([[yaw_rad, 0.1, 0.05]]))
    centre = torch.tensor([[28.0, 24.0]]) + torch.tensor([shift_px])
    return Camera(torch.tensor([scale]), rotation, centre).project(model.mean[None])


def test_nmfc_colours_span_the_unit_cube(ball):
    colours = nmfc_colours(ball)
    assert torch.equal(colours.amin(0), torch.zeros(3))
    assert torch.equal(colours.amax(0), torch.ones(3))
    assert torch.equal(colours[:, 1].argmax(), ball.mean[:, 1].argmax())


def test_nmfc_image_is_black_outside_and_grows_with_the_axes(ball):
    picture = nmfc_image(ball, seen(ball), SIZE_PX)[0]
    assert picture.shape == (3, *SIZE_PX)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert (picture[:, 0, 0] == 0).all()
    assert picture[0, 24, 36] > picture[0, 24, 20]  # the subject's left is the image's right
    assert picture[1, 14, 28] > picture[1, 34, 28]  # up
    assert picture[2, 24, 28] > 0.95  # the front is near


def test_nmfc_colours_stay_with_the_surface_when_the_head_turns(ball):
    for yaw in (0.0, 0.5):
        points = seen(ball, yaw)
        fragments = rasterise(points, ball.faces, SIZE_PX)
        here = interpolate(fragments, ball.faces, ball.mean)[0].movedim(0, -1)[fragments.mask[0]]
        low, high = ball.mean.amin(0), ball.mean.amax(0)
        colour = nmfc_image(ball, points, SIZE_PX)[0].movedim(0, -1)[fragments.mask[0]]
        torch.testing.assert_close(colour, (here - low) / (high - low), atol=1e-5, rtol=0)


def test_flat_colours_are_the_first_corners(ball):
    points = seen(ball)
    fragments = rasterise(points, ball.faces, SIZE_PX)
    picture = nmfc_image(ball, points, SIZE_PX, flat=True)[0].movedim(0, -1)
    first = ball.faces[fragments.face_index[0][fragments.mask[0]], 0]
    assert torch.equal(picture[fragments.mask[0]], nmfc_colours(ball)[first])


def test_displacement_points_from_driving_pixels_to_source_places(ball):
    source, driving = seen(ball, -0.2, (3.0, -2.0)), seen(ball, 0.3)
    fragments = rasterise(driving, ball.faces, SIZE_PX, cull_back=True)
    field = displacement_field(source, driving, ball.faces, SIZE_PX)
    place = interpolate(fragments, ball.faces, source)[:, :2]
    columns, rows = torch.meshgrid(torch.arange(56) + 0.5, torch.arange(48) + 0.5, indexing="xy")
    shown = fragments.mask[:, None].expand_as(field)
    torch.testing.assert_close((field + torch.stack([columns, rows]))[shown], place[shown], atol=1e-4, rtol=0)
    assert (field[~shown] == 0).all()


def test_displacement_units(ball):
    source, driving = seen(ball, shift_px=(5.0, 3.0)), seen(ball)
    field = displacement_field(source, driving, ball.faces, SIZE_PX)
    in_ndc = displacement_field(source, driving, ball.faces, SIZE_PX, unit="ndc")
    assert field.amax((0, 2, 3)).tolist() == pytest.approx([5, 3], abs=1e-4)
    assert in_ndc.amax((0, 2, 3)).tolist() == pytest.approx([5 * 2 / 56, 3 * 2 / 48], abs=1e-5)


def test_displacement_of_a_mesh_to_itself_is_nothing(ball):
    assert not displacement_field(seen(ball), seen(ball), ball.faces, SIZE_PX).any()


def test_displacement_takes_a_rasterised_mesh(ball):
    source, driving = seen(ball, 0.2), seen(ball)
    given = rasterise(driving, ball.faces, SIZE_PX, cull_back=True)
    expected = displacement_field(source, driving, ball.faces, SIZE_PX)
    assert torch.equal(displacement_field(source, driving, ball.faces, SIZE_PX, fragments=given), expected)


def test_back_faces_carry_no_displacement(ball):
    inside_out = ball.faces.flip(1)[ball.mean[ball.faces][..., 2].mean(1) > 0]  # front half, turned over
    assert not displacement_field(seen(ball, 0.3), seen(ball), inside_out, SIZE_PX).any()


@pytest.mark.parametrize("own", [False, True])
def test_gradients_reach_the_codes(ball, own):
    points = torch.cat([seen(ball, 0.1), seen(ball, -0.3)])
    codes = torch.rand((2, 576, 4) if own else (576, 4), generator=torch.Generator().manual_seed(2))
    codes.requires_grad_()
    picture = code_image(points, ball.faces, codes, SIZE_PX)
    picture.sum().backward()
    pixel_count = int(rasterise(points, ball.faces, SIZE_PX, cull_back=True).mask.sum())
    assert picture.shape == (2, 4, *SIZE_PX)
    assert codes.grad.sum() / 4 == pytest.approx(pixel_count, rel=1e-4)  # weights of a pixel sum to one
