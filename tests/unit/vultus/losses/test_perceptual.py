import pytest
import torch
from torch import nn

from vultus.losses.perceptual import Perceptual


class Squares(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return [self.gain * x, x**2]


def test_by_hand():
    loss = Perceptual(Squares(), weights=(1.0, 0.5), mean=(0.0,) * 3, std=(1.0,) * 3)
    generated, real = torch.full((1, 3, 8, 8), 0.5), torch.zeros(1, 3, 8, 8)
    torch.testing.assert_close(loss(generated, real), torch.tensor(0.5 + 0.5 * 0.25))
    torch.testing.assert_close(loss.terms(generated, real), torch.tensor([0.5, 0.125]))


def test_scales_add_up():
    generated, real = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
    one, two = (Perceptual(Squares(), (1.0, 1.0), scales=scales)(generated, real) for scales in (1, 2))
    assert two > one


def test_only_the_generated_picture_learns():
    loss = Perceptual(Squares(), (1.0, 1.0)).train()
    pictures = [torch.rand(1, 3, 8, 8, requires_grad=True) for _ in range(2)]
    loss(*pictures).backward()
    assert pictures[0].grad is not None
    assert pictures[1].grad is None
    assert loss.features.gain.grad is None
    assert not loss.features.training


@pytest.mark.parametrize("scales", [1, 3])
def test_equal_pictures_cost_nothing(scales):
    picture = torch.rand(1, 3, 16, 16)
    assert Perceptual(Squares(), (1.0, 1.0), scales=scales)(picture, picture) == 0
