"""Layers for inference: spectral and batch normalisation folded into plain convolutions."""

from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets import fast_words as words
from vultus.nets.adain import AdaInBlock
from vultus.nets.spade import Spade, SpadeBlock

Affine = tuple[Float[Tensor, "b c"], Float[Tensor, "b c"]]
"""Gain and offset of each picture's channels."""

LEAST_CHANNELS, LEAST_PIXELS = 32, 16
"""From where on minimal filtering is faster than the sum over the window."""


class FastConv(nn.Module):
    """A convolution whose weights hold all that is linear after it, and its activation.

    It computes in the type of its weights, whatever its input has.

    Args:
        weight: (o, i, k, k).
        bias: (o,).
        like: Whose stride and padding it has.
        slope: Of the LeakyReLU behind it; 1 for none.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, bias: Tensor, like: nn.Conv2d, slope: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("weight", weight.detach().clone())
        self.register_buffer("bias", bias.detach().clone())
        self._stride, self._slope = like.stride, slope
        zeros = like.padding_mode == "zeros"
        self._padding = like.padding if zeros else 0
        self._reflected = None if zeros else like._reversed_padding_repeated_twice
        self._spreads = False
        self._spread: tuple[Tensor, Tensor] | None = None

    def spread(self) -> None:
        """Use F(2×2, 3×3) where that can pay; weights are prepared when it is, behind the first frame."""
        plain = self.weight.shape[2:] == (3, 3) and self._stride == (1, 1) and self._padding == (1, 1)
        self._spreads = plain and min(self.weight.shape[:2]) >= LEAST_CHANNELS

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o h2 w2"]:
        """Features, activated."""
        x = x.to(self.weight.dtype)
        if self._spreads and len(x) * x.shape[2] * x.shape[3] >= LEAST_PIXELS and in_words(x):
            if self._spread is None:
                self._spread = words.transformed(self.weight), self.bias.float()
            return words.winograd(x, *self._spread, self._slope)
        if self._reflected is not None:
            x = functional.pad(x, self._reflected, mode="reflect")
        y = functional.conv2d(x, self.weight, self.bias, self._stride, self._padding)
        return activated(y, self._slope)


class WideConv(FastConv):
    """A convolution that stays float32: what it answers are positions or colours."""

    def _apply(self, fn: object, recurse: bool = True) -> "WideConv":
        """Keep the type when the network around is converted."""
        super()._apply(fn, recurse)
        self.weight, self.bias = self.weight.float(), self.bias.float()
        return self


class FastInstanceNorm(nn.Module):
    """Zero mean and unit variance of each picture's channels, then a gain and an offset for each channel.

    Sums are float32.
    """

    weight: Tensor | None
    bias: Tensor | None

    def __init__(self, norm: nn.InstanceNorm2d) -> None:
        super().__init__()
        self._eps = norm.eps
        for name in ("weight", "bias"):
            value = getattr(norm, name)
            self.register_buffer(name, None if value is None else value.detach().clone())

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Normalised, in the type of `x`."""
        return modulated(x, self.affine(x), None, 1.0)

    def affine(self, x: Float[Tensor, "b c h w"]) -> Affine:
        """Gain and offset of each picture's channels."""
        if in_words(x):
            gain, offset = words.normalised(x, self._eps)
        else:
            variance, mean = torch.var_mean(x.float(), dim=(2, 3), correction=0)
            gain = (variance + self._eps).rsqrt()
            offset = -mean * gain
        if self.weight is None or self.bias is None:
            return gain, offset
        return gain * self.weight, offset * self.weight + self.bias


class FastSpade(nn.Module):
    """n(x) (1 + γ(g)) + β(g), where γ and β are one convolution and a batch norm is part of it.

    With n(x) = a x + b the sum is x · a (1 + γ) + (β + b (1 + γ)), both of which are convolutions of what the
    guide is painted with.
    """

    def __init__(self, spade: Spade) -> None:
        super().__init__()
        weight, bias = parts(spade.gamma)
        shift_weight, shift_bias = parts(spade.beta)
        bias = bias + 1
        self.norm = FastInstanceNorm(spade.norm) if isinstance(spade.norm, nn.InstanceNorm2d) else None
        if self.norm is None:
            gain, offset = statistics(spade.norm)
            shift_weight, shift_bias = shift_weight + scaled(weight, offset), shift_bias + offset * bias
            weight, bias = scaled(weight, gain), gain * bias
        self.shared = FastConv(*parts(spade.shared), spade.shared, spade.hidden_slope)
        self.painted = FastConv(torch.cat([weight, shift_weight]), torch.cat([bias, shift_bias]), spade.gamma)

    def forward(self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g h w"], slope: float) -> Tensor:
        """Modulate `x` by the guide of the same size; a LeakyReLU of `slope` follows."""
        affine = None if self.norm is None else self.norm.affine(x)
        return modulated(x, affine, self.painted(self.shared(guide)), slope)


class FastSpadeBlock(nn.Module):
    """Two SPADE layers as `vultus.nets.spade.SpadeBlock` has them."""

    def __init__(self, block: SpadeBlock) -> None:
        super().__init__()
        self.spade1, self.spade2 = FastSpade(block.spade1), FastSpade(block.spade2)
        self.conv1, self.conv2 = (FastConv(*parts(conv), conv) for conv in (block.conv1, block.conv2))
        shortcut = block.shortcut
        self.shortcut = None if shortcut is None else FastConv(*parts(shortcut), shortcut)
        self._slope, self._residual = block.slope, block.residual

    def forward(self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g gh gw"]) -> Tensor:
        """Features of the same size; the guide is resized to them by the nearest pixel."""
        if guide.shape[-2:] != x.shape[-2:]:
            guide = functional.interpolate(guide, x.shape[-2:], mode="nearest")
        x, guide = x.to(self.conv1.weight.dtype), guide.to(self.conv1.weight.dtype)
        y = self.conv1(self.spade1(x, guide, self._slope))
        y = self.conv2(self.spade2(y, guide, self._slope))
        if not self._residual:
            return y
        return y + (x if self.shortcut is None else self.shortcut(x))


class FastAdaInBlock(nn.Module):
    """Two AdaIN layers as `vultus.nets.adain.AdaInBlock` has them."""

    def __init__(self, block: AdaInBlock) -> None:
        super().__init__()
        self.norms = nn.ModuleList(FastInstanceNorm(layer.norm) for layer in (block.norm1, block.norm2))
        self.styles = nn.ModuleList(layer.fc for layer in (block.norm1, block.norm2))
        self.convs = nn.ModuleList(FastConv(*parts(conv), conv) for conv in (block.conv1, block.conv2))
        self._slope = block.SLOPE

    def forward(self, x: Float[Tensor, "b c h w"], style: Float[Tensor, "b s"]) -> Tensor:
        """Features of the same size and count."""
        for norm, fc, conv in zip(self.norms, self.styles, self.convs, strict=True):
            gamma, beta = fc(style).chunk(2, dim=1)
            gain, offset = cast(FastInstanceNorm, norm).affine(x)
            x = conv(modulated(x, (gain * (1 + gamma), offset * (1 + gamma) + beta), None, self._slope))
        return x


def in_words(x: Tensor) -> bool:
    """Whether the compiled loops take it."""
    return x.dtype == torch.bfloat16 and x.device.type == "cpu" and words.READINESS.reached()


def modulated(
    x: Float[Tensor, "b c h w"], affine: Affine | None, painted: Float[Tensor, "b p h w"] | None, slope: float
) -> Float[Tensor, "b c h w"]:
    """LeakyReLU of (x gain + offset) p + q, where p and q are the two halves of what is painted."""
    if in_words(x):
        return words.modulate(x, affine, painted, slope)
    y = x
    if affine is not None:
        gain, offset = (part[:, :, None, None] for part in affine)
        y = torch.addcmul(offset, x.float(), gain).to(x.dtype)
    if painted is not None:
        scale, shift = painted.chunk(2, dim=1)
        y = torch.addcmul(shift, y, scale)
    return activated(y, slope)


def activated(x: Tensor, slope: float) -> Tensor:
    """LeakyReLU; nothing where its slope is 1."""
    return x if slope == 1.0 else functional.leaky_relu(x, slope)


def parts(layer: nn.Conv2d) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution; spectral normalisation, if any, as it is in `eval` mode."""
    weight = layer.weight.detach()
    return weight, weight.new_zeros(len(weight)) if layer.bias is None else layer.bias.detach()


def statistics(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """A batch normalisation in `eval` mode as a gain and an offset for each channel."""
    assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101 - the only other kind of Spade
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None and variance is not None  # noqa: S101, PT018 - ours always track them
    gain = (variance + norm.eps).rsqrt()
    if norm.affine:
        gain = gain * norm.weight.detach()
        return gain, norm.bias.detach() - mean * gain
    return gain, -mean * gain


def scaled(weight: Tensor, gain: Tensor) -> Tensor:
    """Each output channel's weights multiplied."""
    return weight * gain[:, None, None, None]
