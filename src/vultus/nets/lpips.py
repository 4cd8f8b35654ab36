"""LPIPS: distance of deep features, weighted by how much people notice them [zhang2018lpips]."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vultus.nets.vgg import alexnet_features, vgg16_features

Backbone = Literal["alex", "vgg"]

CHANNELS = {"alex": (64, 192, 384, 256, 256), "vgg": (64, 128, 256, 512, 512)}
"""Channels of each layer that is compared."""

SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)
"""ImageNet's normalisation of RGB in [0, 1], for pictures in [-1, 1]."""


class Lpips(nn.Module):
    """Version 0.1: a backbone and one non-negative weight for each channel.

    Args:
        backbone: AlexNet or VGG-16.
    """

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = alexnet_features() if backbone == "alex" else vgg16_features()
        self.heads = nn.ModuleList(nn.Conv2d(count, 1, 1, bias=False) for count in CHANNELS[backbone])
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None], persistent=False)
        self.register_buffer("scale", torch.tensor(SCALE)[:, None, None], persistent=False)

    def forward(self, a: Float[Tensor, "b 3 h w"], b: Float[Tensor, "b 3 h w"]) -> Float[Tensor, " b"]:
        """Distance of each pair, pictures in [-1, 1] [zhang2018lpips, Eq. 1]; both go through at once."""
        features = self.features(torch.cat([a, b]))
        return torch.stack(self.terms([f[: len(a)] for f in features], [f[len(a) :] for f in features])).sum(
            0
        )

    def features(self, picture: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b _ _ _"]]:
        """Features of each layer, every pixel's vector of length one."""
        shift, scale = self.get_buffer("shift"), self.get_buffer("scale")
        return [_unit(x) for x in self.backbone((picture - shift) / scale)]

    def terms(self, a: list[Tensor], b: list[Tensor]) -> list[Float[Tensor, " b"]]:
        """What each layer adds to the distance."""
        terms = []
        for weights, x, y in zip(self.heads.parameters(), a, b, strict=True):
            # The head weighs channels, so space is summed first, without a tensor of squares.
            squares = torch.linalg.vector_norm(x - y, dim=(2, 3)).square()  # (b, c)
            terms.append(squares @ weights.flatten() / (x.shape[2] * x.shape[3]))
        return terms


def _unit(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    # The root's own epsilon keeps the gradient finite where all channels are zero.
    length = torch.linalg.vector_norm(x, dim=1, keepdim=True).square().add(1e-9).sqrt()
    return x / (length + 1e-10)
