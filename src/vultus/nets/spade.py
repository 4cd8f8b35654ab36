"""SPADE: normalisation whose scale and shift are painted by a guiding image [park2019spade]."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.spectral import spectral


@dataclass(frozen=True, kw_only=True)
class SpadeConfig:
    """What GDPW's and HeadGAN's SPADE layers differ in."""

    norm: Literal["batch", "instance"]
    """Normalisation without scale and shift of its own."""

    hidden: int
    """Channels between the guide and its scale and shift."""

    hidden_slope: float = 0.0
    """Slope below 0 after the hidden convolution; 0 is ReLU."""

    slope: float = 0.2
    """Slope below 0 of the LeakyReLU between normalisation and convolution."""

    spectral_guide: bool = False
    """Whether the convolutions on the guide are spectrally normalised, as those on the features are."""

    residual: bool = True
    """Whether a block adds its input to its output."""


class Spade(nn.Module):
    """n(x) (1 + γ(g)) + β(g)."""

    def __init__(self, channels: int, guide_channels: int, config: SpadeConfig) -> None:
        super().__init__()
        kind = nn.BatchNorm2d if config.norm == "batch" else nn.InstanceNorm2d
        self.norm = kind(channels, affine=False)
        self.shared = self._painter(guide_channels, config.hidden, config)
        self.gamma = self._painter(config.hidden, channels, config)
        self.beta = self._painter(config.hidden, channels, config)
        self.hidden_slope = config.hidden_slope

    @staticmethod
    def _painter(channels_in: int, channels_out: int, config: SpadeConfig) -> nn.Conv2d:
        return spectral(nn.Conv2d(channels_in, channels_out, 3, padding=1), config.spectral_guide)

    def forward(self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g h w"]) -> Tensor:
        """Normalise `x` and modulate it by the guide of the same size."""
        hidden = functional.leaky_relu(self.shared(guide), self.hidden_slope)
        return torch.addcmul(self.beta(hidden), self.norm(x), 1 + self.gamma(hidden))


class SpadeBlock(nn.Module):
    """Two SPADE layers, each followed by LeakyReLU and a 3×3 convolution, with or without a shortcut.

    A change of channels gives the shortcut a 1×1 convolution.
    """

    def __init__(self, channels_in: int, channels_out: int, guide_channels: int, config: SpadeConfig) -> None:
        super().__init__()
        self.spade1 = Spade(channels_in, guide_channels, config)
        self.conv1 = spectral(nn.Conv2d(channels_in, channels_out, 3, padding=1))
        self.spade2 = Spade(channels_out, guide_channels, config)
        self.conv2 = spectral(nn.Conv2d(channels_out, channels_out, 3, padding=1))
        changes = config.residual and channels_in != channels_out
        self.shortcut = spectral(nn.Conv2d(channels_in, channels_out, 1)) if changes else None
        self.slope, self.residual = config.slope, config.residual

    def forward(self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g gh gw"]) -> Tensor:
        """Features of the same size; the guide is resized to them by the nearest pixel."""
        if guide.shape[-2:] != x.shape[-2:]:
            guide = functional.interpolate(guide, x.shape[-2:], mode="nearest")
        y = self.conv1(functional.leaky_relu(self.spade1(x, guide), self.slope))
        y = self.conv2(functional.leaky_relu(self.spade2(y, guide), self.slope))
        if not self.residual:
            return y
        return y + (x if self.shortcut is None else self.shortcut(x))
