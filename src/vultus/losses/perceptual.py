"""Perceptual loss: pictures shall look alike to a network that recognises things [johnson2016perceptual]."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.shrinking import shrink


class Perceptual(nn.Module):
    """Σ over scales and layers of w_layer times the mean absolute difference of features.

    GDPW's code takes four scales, equal weights and ImageNet's normalisation; HeadGAN's one scale, weights
    1/32 to 1, and pictures in [-1, 1].

    Args:
        features: Picture to its layers; frozen here.
        weights: w of each layer.
        scales: Pictures of 1, 1/2, 1/4 … of the size, blurred before they are shrunk [siarohin2019fomm].
        mean: Subtracted from RGB in [0, 1].
        std: Divides what is left.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        features: nn.Module,
        weights: Sequence[float],
        scales: int = 1,
        mean: Sequence[float] = (0.5, 0.5, 0.5),
        std: Sequence[float] = (0.5, 0.5, 0.5),
    ) -> None:
        super().__init__()
        self.features = features.eval().requires_grad_(False)
        self._weights, self._scales = tuple(weights), scales
        self.register_buffer("mean", torch.tensor(mean)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(std)[:, None, None], persistent=False)

    def forward(self, generated: Float[Tensor, "b 3 h w"], real: Float[Tensor, "b 3 h w"]) -> Tensor:
        """Loss of pictures, RGB [0, 1]; no gradient reaches `real`."""
        return self.terms(generated, real).sum()

    def terms(
        self, generated: Float[Tensor, "b 3 h w"], real: Float[Tensor, "b 3 h w"]
    ) -> Float[Tensor, " layers"]:
        """Each layer's share of the loss."""
        total = generated.new_zeros(len(self._weights))
        for scale in range(self._scales):
            ours = self._layers(shrink(generated, 1 << scale))
            with torch.no_grad():
                theirs = self._layers(shrink(real, 1 << scale))
            differences = [functional.l1_loss(mine, other) for mine, other in zip(ours, theirs, strict=True)]
            total = total + torch.stack(differences) * total.new_tensor(self._weights)
        return total

    def train(self, mode: bool = True) -> "Perceptual":
        """The features stay in `eval` mode."""
        super().train(mode)
        self.features.eval()
        return self

    def _layers(self, picture: Float[Tensor, "b 3 h w"]) -> list[Tensor]:
        return self.features((picture - self.mean) / self.std)
