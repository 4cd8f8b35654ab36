import pytest
import torch

from vultus.render.shading import Lamp, Lighting, PreviewConfig, shaded_preview

SIZE_PX = (40, 44)
FLIP = torch.tensor([1.0, -1.0, -1.0])


def in_view(model):
    return (model.mean * 1.6 * FLIP + torch.tensor([22.0, 20.0, 0.0]))[None]


def test_background_and_range(ball):
    picture = shaded_preview(
        in_view(ball), ball.faces, SIZE_PX, config=PreviewConfig(background=(0.2, 0.4, 0.6))
    )
    assert picture.shape == (1, 3, *SIZE_PX)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert picture[0, :, 0, 0].tolist() == pytest.approx([0.2, 0.4, 0.6], abs=1e-6)


@pytest.mark.parametrize(
    ("towards", "bright", "dark"),
    [
        ((-1.0, 0.0, 0.5), (20, 15), (20, 29)),
        ((1.0, 0.0, 0.5), (20, 29), (20, 15)),
        ((0.0, 1.0, 0.5), (9, 22), (31, 22)),
    ],
)
def test_the_side_towards_the_lamp_is_brighter(ball, towards, bright, dark):
    lighting = Lighting(lamps=(Lamp(towards, 0.7),))
    picture = shaded_preview(in_view(ball), ball.faces, SIZE_PX, config=PreviewConfig(lighting))[0]
    assert picture[0, bright[0], bright[1]] > picture[0, dark[0], dark[1]] + 0.2


def test_a_surface_facing_the_lamp_shows_lamberts_law():
    square = torch.tensor([[[0.0, 0, 0], [0, 8, 0], [8, 8, 0], [8, 0, 0]]])
    lighting = Lighting(lamps=(Lamp((0.0, 0.0, 1.0), 0.5),), sky=0.0, ground=0.0, gloss=0.0)
    picture = shaded_preview(
        square, torch.tensor([[0, 1, 2], [0, 2, 3]]), (8, 8), torch.ones(4, 3), PreviewConfig(lighting)
    )
    srgb_of_half = 1.055 * 0.5 ** (1 / 2.4) - 0.055
    torch.testing.assert_close(picture, torch.full((1, 3, 8, 8), srgb_of_half))


def test_colours_come_through(ball):
    blue = torch.tensor([0.1, 0.1, 0.9]).expand(len(ball.mean), 3)
    picture = shaded_preview(in_view(ball), ball.faces, SIZE_PX, blue)[0, :, 20, 22]
    assert picture[2] > 2 * picture[0]


def test_supersampling_smooths_the_silhouette(ball):
    def shades(samples: int) -> int:
        lighting = Lighting(lamps=(Lamp((0.0, 0.0, 1.0), 0.0),), sky=0.0, ground=0.0, gloss=0.0)
        config = PreviewConfig(lighting, supersampling=samples)
        return len(shaded_preview(in_view(ball), ball.faces, SIZE_PX, config=config).unique())

    assert shades(1) == 2
    assert shades(3) == 10  # a pixel is covered by 0 to 9 ninths


def test_the_inside_of_an_open_surface_is_lit(ball):
    back = ball.faces[ball.mean[ball.faces][..., 2].mean(1) < 0]
    picture = shaded_preview(in_view(ball), back, SIZE_PX)[0, :, 20, 22]
    assert (picture > 0.3).all()
