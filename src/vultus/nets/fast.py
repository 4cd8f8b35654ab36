"""Networks made fast for inference: folded, in half the bits, channels last."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vultus.nets.adain import AdaInBlock
from vultus.nets.fast_layers import (
    FastAdaInBlock,
    FastConv,
    FastInstanceNorm,
    FastSpadeBlock,
    WideConv,
    parts,
    scaled,
    statistics,
)
from vultus.nets.fast_words import READINESS
from vultus.nets.gdpw import SLOPE, ConvBlock
from vultus.nets.instance_encoder import InstanceEncoder
from vultus.nets.spade import SpadeBlock
from vultus.nets.speed import Speed

M = TypeVar("M", bound=nn.Module)


def folded(network: M) -> M:
    """Replace layers by faster ones that compute the same as in `eval` mode; in place.

    Spectral and batch normalisation become part of the weights, and the two convolutions that paint scale and
    shift in a SPADE layer one. Convolutions that answer positions or colours stay float32 for good.
    """
    network.eval().requires_grad_(False)
    _replace(network)
    return network


def accelerated(network: M, speed: Speed) -> M:
    """Fold a network and convert its layers; in place.

    Inputs and outputs stay float32, and so do positions between layers: in bfloat16 half a pixel of 256 is
    lost.
    """
    folded(network)
    dtype = precision(speed)
    loops = dtype == torch.bfloat16 and not has_matrix_units()
    if loops:
        READINESS.begin()
    for module in network.modules():
        if isinstance(module, FastConv):
            module.to(dtype=dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
            if loops:
                module.spread()
    return network


@runtime_checkable
class Generator(Protocol):
    """A network that encodes a source once and decodes frames of it."""

    def encode(self, source: Float[Tensor, "1 3 h w"], guide: Float[Tensor, "1 g gh gw"]) -> list[Tensor]:
        """What does not depend on the motion."""
        ...

    def decode(self, source: Tensor, encoded: list[Tensor], *guides: Any) -> Any:
        """Frames, in the field `image` of what it answers."""
        ...


class FastForward:
    """The forward pass of a generator.

    Args:
        generator: A `Generator` and module; it is changed.
        speed: How it runs.
    """

    def __init__(self, generator: nn.Module, speed: Speed) -> None:
        if not isinstance(generator, Generator):
            raise TypeError(f"{type(generator).__name__} has no encode and decode")
        self._generator: Generator = accelerated(generator, speed)

    @torch.inference_mode()
    def encode(self, source: Float[Tensor, "1 3 h w"], guide: Float[Tensor, "1 g gh gw"]) -> list[Tensor]:
        """Features of a source, float32: they are sampled, and their type decides that of positions."""
        return [feature.float() for feature in self._generator.encode(source, guide)]

    @torch.inference_mode()
    def decode(
        self,
        source: Float[Tensor, "1 3 h w"],
        encoded: list[Tensor],
        guide: Float[Tensor, "b g gh gw"],
        *more: Tensor | None,
    ) -> Any:
        """What the generator answers for an encoded source, pictures in `image`; one for each guide."""
        source, *features = (tensor.expand(len(guide), -1, -1, -1) for tensor in (source, *encoded))
        return self._generator.decode(source, features, guide, *more)


def precision(speed: Speed) -> torch.dtype:
    """The type that convolutions compute in."""
    if speed.precision == "auto":
        return torch.bfloat16 if has_bfloat16() else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[speed.precision]


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by instructions of its own."""
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16") or known.get("bf16"))


def has_matrix_units() -> bool:
    """Whether the processor multiplies tiles of bfloat16 at once."""
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def _replace(network: nn.Module) -> None:
    for name, module in network.named_children():
        fast = _fast(module)
        if fast is None:
            _replace(module)
        else:
            setattr(network, name, fast)


def _fast(module: nn.Module) -> nn.Module | None:
    """The faster twin of a layer; None where its children are to be looked at."""
    if isinstance(module, InstanceEncoder):
        convs = (conv for conv in module.convs if isinstance(conv, nn.Conv2d))
        module.convs = nn.ModuleList(FastConv(*parts(conv), conv) for conv in convs)
    found = (twin for kind, twin in _TWINS.items() if isinstance(module, kind))
    return next((twin(module) for twin in found), None)


def _fast_block(block: ConvBlock) -> FastConv:
    gain, offset = statistics(block.norm)
    weight, bias = parts(block.conv)
    return FastConv(scaled(weight, gain), bias * gain + offset, block.conv, SLOPE)


_TWINS: dict[type[nn.Module], Callable[[Any], nn.Module]] = {
    ConvBlock: _fast_block,
    SpadeBlock: FastSpadeBlock,
    AdaInBlock: FastAdaInBlock,
    nn.InstanceNorm2d: FastInstanceNorm,
    nn.Conv2d: lambda conv: WideConv(*parts(conv), conv),
}
