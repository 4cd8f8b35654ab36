"""Fields that are known on the face alone, carried on smoothly to the rest of the picture."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

_TRUSTED_FROM = 0.25
"""Share of a cell's pixels that are known from which on its mean is taken as it is."""


def extend(field: Float[Tensor, "b c h w"], known: Bool[Tensor, "b h w"]) -> Float[Tensor, "b c h w"]:
    """Fill what is not known from coarser and coarser means of what is.

    Pulls weighted means down a pyramid of halves, then pushes them back up to where nothing finer is known.

    Args:
        field: Any unit; values where it is not known do not matter.
        known: Where `field` means something; where nothing is known the result is 0.

    Example:
        >>> import torch
        >>> known = torch.tensor([[[True, False, False, False]]])
        >>> extend(torch.tensor([[[[3.0, 0.0, 0.0, 0.0]]]]), known)
        tensor([[[[3., 3., 3., 3.]]]])
    """
    weight = known[:, None].to(field)
    return _filled(field * weight, weight)


def _filled(total: Float[Tensor, "b c h w"], weight: Float[Tensor, "b 1 h w"]) -> Float[Tensor, "b c h w"]:
    """Weighted means where there is weight, coarser ones elsewhere."""
    mean = total / weight.clamp_min(1e-6)
    height, width = weight.shape[-2:]
    if max(height, width) == 1:
        return mean
    square = (min(2, height), min(2, width))
    halves = (functional.avg_pool2d(whole, square, ceil_mode=True) for whole in (total, weight))
    coarser = _filled(*halves)
    pushed = functional.interpolate(coarser, (height, width), mode="bilinear", align_corners=False)
    return torch.lerp(pushed, mean, (weight / _TRUSTED_FROM).clamp_max(1))
