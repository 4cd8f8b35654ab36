import pytest
import torch

from vultus.render import interpolate, rasterise, with_differentiable_barycentric


@pytest.fixture
def scene():
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(2, 12, 3, generator=generator, dtype=torch.float64) * 9 - 1
    faces = torch.randint(0, 12, (6, 3), generator=generator)
    return points, faces, rasterise(points, faces, (6, 7))


def attributes(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, generator=generator, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("shape", [(12, 4), (2, 12, 4)])
def test_matches_textbook_loop(scene, shape):
    _, faces, fragments = scene
    given = attributes(*shape)
    picture = interpolate(fragments, faces, given, background=-7.0)
    assert picture.shape == (2, 4, 6, 7)
    for b in range(2):
        table = given if given.ndim == 2 else given[b]
        for row in range(6):
            for column in range(7):
                index = int(fragments.face_index[b, row, column])
                expected = torch.full((4,), -7.0, dtype=torch.float64)
                if index >= 0:
                    weights = fragments.barycentric[b, row, column]
                    expected = sum(weights[k] * table[faces[index, k]] for k in range(3))
                torch.testing.assert_close(picture[b, :, row, column], expected)


@pytest.mark.parametrize("shape", [(12, 2), (2, 12, 2)])
def test_gradient_reaches_the_attributes(scene, shape):
    _, faces, fragments = scene
    assert torch.autograd.gradcheck(lambda given: interpolate(fragments, faces, given), attributes(*shape))


def test_gradient_reaches_the_points(scene):
    points, faces, fragments = scene
    given = attributes(2, 12, 2).detach()

    def picture(moved: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        again = with_differentiable_barycentric(fragments, moved, faces)
        return interpolate(again, faces, given), again.depth[fragments.mask]

    assert torch.autograd.gradcheck(picture, points.clone().requires_grad_())


def test_recomputed_coordinates_are_the_rasterisers(scene):
    points, faces, fragments = scene
    again = with_differentiable_barycentric(fragments, points, faces)
    torch.testing.assert_close(again.barycentric, fragments.barycentric)
    torch.testing.assert_close(again.depth, fragments.depth)


def test_positions_as_attributes_give_the_pixel_centres(scene):
    points, faces, fragments = scene
    picture = interpolate(fragments, faces, points[..., :2])
    columns, rows = torch.meshgrid(torch.arange(7) + 0.5, torch.arange(6) + 0.5, indexing="xy")
    centres = torch.stack([columns, rows]).double().expand(2, 2, 6, 7)
    seen = fragments.mask[:, None].expand_as(centres)
    torch.testing.assert_close(picture[seen], centres[seen])


def test_a_part_shows_what_its_pixels_show_in_the_whole(scene):
    points, faces, fragments = scene
    part = fragments[1:][:, 1::2, 2:5]
    whole = interpolate(fragments, faces, points[..., :2])
    assert part.mask.any()
    torch.testing.assert_close(interpolate(part, faces, points[1:, :, :2]), whole[1:, :, 1::2, 2:5])
    torch.testing.assert_close(part.depth, fragments.depth[1:, 1::2, 2:5])


def test_an_empty_picture_is_background():
    nothing = rasterise(torch.full((1, 3, 3), torch.nan), torch.tensor([[0, 1, 2]]), (4, 4))
    assert (interpolate(nothing, torch.tensor([[0, 1, 2]]), torch.ones(3, 2), background=0.5) == 0.5).all()
