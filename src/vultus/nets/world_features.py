"""A small convolutional network that learns from the synthetic world what matters in pictures of faces."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (32, 48, 96, 160, 256)
"""Channels of the five answers; the first two have half the picture's side, the others 1/4, 1/8, 1/16."""

SIDE_PX = 112
"""Side of the pictures that it learns from, and of those whose pooled features are compared."""


class WorldFeatures(nn.Module):
    """Five answers of ever wider and coarser features; 1.6 million weights, 3.2 MB in half precision."""

    def __init__(self) -> None:
        super().__init__()
        blocks = [_layers(3, CHANNELS[0], kernel=5, stride=2), _layers(CHANNELS[0], CHANNELS[1])]
        blocks += [
            nn.Sequential(*_layers(before, after, stride=2), *_layers(after, after))
            for before, after in pairwise(CHANNELS[1:])
        ]
        self.blocks = nn.ModuleList(blocks)

    def forward(self, picture: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b _ _ _"]]:
        """Features after each block, >= 0.

        Args:
            picture: RGB, [-1, 1]; at least 16 x 16 px.
        """
        answers = []
        for block in self.blocks:
            picture = block(picture)
            answers.append(picture)
        return answers

    def pooled(self, picture: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 256"]:
        """Mean of the last features over the picture."""
        return self(picture)[-1].mean(dim=(2, 3))


class WorldLpips(nn.Module):
    """Distance of two pictures: squared differences of directions of features, weighted for each layer.

    The form is that of LPIPS [zhang2018lpips, Eq. 1] with a weight for a layer, not for a channel.

    Args:
        backbone: The features.
    """

    layer_weights: Tensor

    def __init__(self, backbone: WorldFeatures) -> None:
        super().__init__()
        self.backbone = backbone
        self.register_buffer("layer_weights", torch.full((len(CHANNELS),), 1 / len(CHANNELS)))

    def forward(self, a: Float[Tensor, "b 3 h w"], b: Float[Tensor, "b 3 h w"]) -> Float[Tensor, " b"]:
        """Distance of each pair, pictures in [-1, 1]; >= 0, 0 for equal ones."""
        return self.terms(a, b) @ self.layer_weights

    def terms(self, a: Float[Tensor, "b 3 h w"], b: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 5"]:
        """Unweighted distance of each layer, a mean over its pixels."""
        ours, theirs = self.backbone(a), self.backbone(b)
        squares = [
            (_direction(x) - _direction(y)).square().sum(dim=1).mean(dim=(1, 2))
            for x, y in zip(ours, theirs, strict=True)
        ]
        return torch.stack(squares, dim=1)


def _layers(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


def _direction(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    return functional.normalize(x, dim=1, eps=1e-5)
