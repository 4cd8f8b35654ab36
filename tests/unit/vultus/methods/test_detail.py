import numpy as np
import pytest
import torch

from vultus.methods.detail import Blend, FullSize

SMALL, LARGE = 32, 96


@pytest.fixture
def source():
    return np.random.default_rng(0).integers(0, 256, (LARGE, LARGE, 3)).astype(np.uint8)


def blend(share: float, right_px: float = 0.0) -> Blend:
    flow = torch.zeros(2, 2, SMALL, SMALL)
    flow[:, 0] = right_px
    return Blend(torch.full((2, 3, SMALL, SMALL), 0.5), torch.full((2, 1, SMALL, SMALL), share), flow)


def test_what_is_trusted_and_still_keeps_every_pixel(source):
    for picture in FullSize(source).pictures(blend(1.0)):
        np.testing.assert_array_equal(picture, source)


def test_what_is_not_trusted_is_painted(source):
    (picture, _) = FullSize(source).pictures(blend(0.0))
    assert np.abs(picture.astype(int) - 128).max() <= 1


def test_flows_are_in_pixels_of_the_networks_picture(source):
    (picture, _) = FullSize(source).pictures(blend(1.0, right_px=2.0))
    np.testing.assert_array_equal(picture[:, :-6], source[:, 6:])


def test_half_a_share_is_half_way(source):
    (picture, _) = FullSize(source).pictures(blend(0.5))
    np.testing.assert_allclose(picture, (source.astype(float) + 128) / 2, atol=1)
