import pytest
import torch
from torch.nn import functional

from vultus.nets.shrinking import gaussian_taps, shrink


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_equals_a_dense_strided_convolution(factor):
    picture = torch.rand(2, 3, 48, 64, dtype=torch.float64)
    taps = gaussian_taps(factor)
    kernel = torch.outer(taps, taps).expand(3, 1, -1, -1)
    dense = functional.conv2d(picture, kernel, stride=factor, padding=len(taps) // 2, groups=3)
    torch.testing.assert_close(shrink(picture, factor), dense)


def test_a_factor_of_one_changes_nothing():
    picture = torch.rand(1, 2, 8, 8)
    assert shrink(picture, 1) is picture


def test_a_constant_stays_away_from_the_border():
    inner = shrink(torch.ones(1, 1, 128, 128), 4)[..., 4:-4, 4:-4]
    torch.testing.assert_close(inner, torch.ones_like(inner))


def test_gradient():
    picture = torch.rand(1, 1, 8, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: shrink(x, 2), picture)
