"""Adversarial losses on the logits of one or several discriminator scales."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Kind = Literal["hinge", "least_squares"]


def discriminator_loss(
    real: Sequence[Tensor], generated: Sequence[Tensor], kind: Kind = "hinge"
) -> tuple[Tensor, Tensor]:
    """What the discriminator pays for real and for generated pictures, each the mean over scales.

    Hinge: max(0, 1 - D(x)) and max(0, 1 + D(x̃)) [lim2017geometric]; least squares: (D(x) - 1)² and D(x̃)²
    [mao2017lsgan].

    Args:
        real: Logits of each scale for real pictures.
        generated: Logits of each scale for generated pictures.
        kind: Which loss.

    Example:
        >>> real, generated = discriminator_loss([torch.tensor([2.0])], [torch.tensor([0.5])])
        >>> float(real), float(generated)
        (0.0, 1.5)
    """
    if kind == "hinge":
        return _mean([functional.relu(1 - logits) for logits in real]), _mean(
            [functional.relu(1 + logits) for logits in generated]
        )
    return _mean([(logits - 1) ** 2 for logits in real]), _mean([logits**2 for logits in generated])


def generator_loss(generated: Sequence[Tensor], kind: Kind = "hinge") -> Tensor:
    """What the generator pays: -D(x̃), or (D(x̃) - 1)² for least squares; the mean over scales."""
    if kind == "hinge":
        return _mean([-logits for logits in generated])
    return _mean([(logits - 1) ** 2 for logits in generated])


def _mean(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack([term.mean() for term in terms]).mean()
