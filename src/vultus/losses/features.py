"""Feature matching: generated pictures shall look real to the discriminator [wang2018pix2pixhd]."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def feature_matching(generated: Sequence[Sequence[Tensor]], real: Sequence[Sequence[Tensor]]) -> Tensor:
    """Mean over scales of 4 / layers · Σ over layers of the mean absolute difference.

    The factor keeps the loss of a discriminator of four layers (and logits) what it was in pix2pixHD.

    Args:
        generated: For each scale its layers, the logits last; those are left out and count as a layer.
        real: The same of real pictures; no gradient passes.
    """
    scales = []
    for ours, theirs in zip(generated, real, strict=True):
        terms = [
            functional.l1_loss(mine, other.detach())
            for mine, other in zip(ours[:-1], theirs[:-1], strict=True)
        ]
        scales.append(torch.stack(terms).sum() * layer_weight(len(ours)))
    return torch.stack(scales).mean()


def layer_weight(layers: int) -> float:
    """Weight of each layer of a scale with so many outputs, logits included."""
    return 4.0 / layers
