import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from torch.nn import functional

from vultus.nets.warping import warp_ndc, warp_px


@pytest.fixture
def picture():
    return torch.rand(2, 3, 12, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_no_flow_changes_nothing(picture):
    still = picture.new_zeros(2, 2, 12, 20)
    torch.testing.assert_close(warp_ndc(picture, still), picture)
    torch.testing.assert_close(warp_px(picture, still), picture)


def test_corners_take_the_first_and_last_pixel_to_the_border(picture):
    still = picture.new_zeros(2, 2, 12, 20)
    corners = functional.affine_grid(
        torch.eye(2, 3).double().expand(2, 2, 3), [2, 3, 12, 20], align_corners=True
    )
    expected = functional.grid_sample(picture, corners, align_corners=False)
    torch.testing.assert_close(warp_ndc(picture, still, "corners"), expected)


def test_flow_in_pixels_agrees_with_scipy(picture):
    generator = torch.Generator().manual_seed(1)
    flow = 6 * torch.rand(2, 2, 12, 20, dtype=torch.float64, generator=generator) - 3
    found = warp_px(picture, flow).numpy()
    rows, columns = np.meshgrid(np.arange(12), np.arange(20), indexing="ij")
    for frame in range(2):
        places = [rows + flow[frame, 1].numpy(), columns + flow[frame, 0].numpy()]
        for channel in range(3):
            expected = map_coordinates(picture[frame, channel].numpy(), places, order=1, mode="nearest")
            np.testing.assert_allclose(found[frame, channel], expected, atol=1e-12)


def test_both_units_agree_inside(picture):
    flow = picture.new_tensor([1.5, -0.5])[None, :, None, None].expand(2, 2, 12, 20)
    ndc = flow * flow.new_tensor([2 / 20, 2 / 12])[:, None, None]
    torch.testing.assert_close(
        warp_ndc(picture, ndc)[..., 2:-2, 2:-2], warp_px(picture, flow)[..., 2:-2, 2:-2]
    )
