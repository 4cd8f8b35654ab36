import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter1d

from vultus.face.camera_adaptation import MODES, adapt_camera


@pytest.fixture
def cameras(rng) -> tuple[torch.Tensor, ...]:
    return (
        1 + 0.2 * torch.rand(30, generator=rng, dtype=torch.float64),
        100 + 30 * torch.rand(30, 2, generator=rng, dtype=torch.float64),
        2 + 0.2 * torch.rand(20, generator=rng, dtype=torch.float64),
        150 + 10 * torch.rand(20, 2, generator=rng, dtype=torch.float64),
    )


@pytest.mark.parametrize("mode", MODES)
def test_scales_take_the_references_mean(cameras, mode):
    scale, _ = adapt_camera(*cameras, mode)
    expected = cameras[0].numpy() * float(cameras[2].mean() / cameras[0].mean())
    np.testing.assert_allclose(scale, uniform_filter1d(expected, 15, mode="nearest"))


def test_translations_are_shifted_in_units_of_the_head(cameras):
    driving_scale, driving, reference_scale, reference = (value.numpy() for value in cameras)
    scale, translation = adapt_camera(*cameras)
    place = driving / driving_scale[:, None]
    place = place - place.mean(0) + (reference / reference_scale[:, None]).mean(0)
    expected = uniform_filter1d(place, 15, axis=0, mode="nearest") * scale.numpy()[:, None]
    np.testing.assert_allclose(translation, expected)


def test_standardized_translations_have_the_references_spread(cameras):
    scale, translation = adapt_camera(*cameras, "standardized")
    plain_scale, plain = adapt_camera(*cameras)
    wanted = (cameras[3] / cameras[2][:, None]).std(0, correction=0)
    given = (cameras[1] / cameras[0][:, None]).std(0, correction=0)
    centre = (cameras[3] / cameras[2][:, None]).mean(0)
    expected = (plain / plain_scale[:, None] - centre) * wanted / given + centre
    torch.testing.assert_close(translation / scale[:, None], expected)


def test_scale_only_keeps_places(cameras):
    scale, translation = adapt_camera(*cameras, "scale_only")
    torch.testing.assert_close(translation / scale[:, None], cameras[1] / cameras[0][:, None])
