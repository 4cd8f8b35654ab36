"""Spectral normalisation: live in training, folded into the weights for inference, read from old files."""

import re
from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

M = TypeVar("M", bound=nn.Module)

_HOOK = re.compile(r"^(?P<layer>.*\.)?weight_(?P<part>orig|u|v)$")
_PARAMETRIZED = {
    "orig": "parametrizations.weight.original",
    "u": "parametrizations.weight.0._u",
    "v": "parametrizations.weight.0._v",
}


def spectral(layer: M, normalised: bool = True) -> M:
    """Divide the layer's weight by its largest singular value [miyato2018spectral], one power step a forward.

    Args:
        layer: A convolution or a linear layer.
        normalised: False leaves the layer as it is, so that a network can be built already folded.
    """
    if normalised:
        parametrizations.spectral_norm(layer)
    return layer


def fold_spectral(network: M) -> M:
    """Make every normalised weight a plain one, in place; the network computes the same in `eval` mode."""
    network.eval()
    for module in network.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
    return network


def from_hooks(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the entries of torch's old hook-style spectral norm (`weight_orig`, `weight_u`, `weight_v`).

    Example:
        >>> import torch
        >>> list(from_hooks({"a.weight_u": torch.ones(1), "a.bias": torch.ones(1)}))
        ['a.parametrizations.weight.0._u', 'a.bias']
    """
    return {_renamed(key): value for key, value in state.items()}


def _renamed(key: str) -> str:
    found = _HOOK.match(key)
    return f"{found['layer'] or ''}{_PARAMETRIZED[found['part']]}" if found else key
