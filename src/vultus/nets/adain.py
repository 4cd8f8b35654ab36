"""AdaIN: normalisation whose scale and shift come from a vector [huang2017adain]."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.spectral import spectral


class AdaIn(nn.Module):
    """n(x) (1 + γ(h)) + β(h), instance normalisation."""

    def __init__(self, channels: int, style_count: int) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(channels, affine=False)
        self.fc = nn.Linear(style_count, 2 * channels)

    def forward(self, x: Float[Tensor, "b c h w"], style: Float[Tensor, "b s"]) -> Tensor:
        """Normalise `x` and modulate each channel by the style."""
        gamma, beta = self.fc(style)[:, :, None, None].chunk(2, dim=1)
        return torch.addcmul(beta, self.norm(x), 1 + gamma)


class AdaInBlock(nn.Module):
    """Two AdaIN layers, each followed by LeakyReLU and a 3×3 convolution; no shortcut."""

    SLOPE = 0.2

    def __init__(self, channels: int, style_count: int) -> None:
        super().__init__()
        self.norm1 = AdaIn(channels, style_count)
        self.conv1 = spectral(nn.Conv2d(channels, channels, 3, padding=1))
        self.norm2 = AdaIn(channels, style_count)
        self.conv2 = spectral(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Float[Tensor, "b c h w"], style: Float[Tensor, "b s"]) -> Tensor:
        """Features of the same size and count."""
        x = self.conv1(functional.leaky_relu(self.norm1(x, style), self.SLOPE))
        return self.conv2(functional.leaky_relu(self.norm2(x, style), self.SLOPE))
