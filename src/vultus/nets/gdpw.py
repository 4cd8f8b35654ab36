"""GDPW's generator: an encoder, then warping modules from coarse to fine [zhong2022gdpw, §3.3]."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.shrinking import shrink
from vultus.nets.spade import SpadeBlock, SpadeConfig
from vultus.nets.spectral import spectral
from vultus.nets.warping import Grid, warp_ndc

Guidance = Literal["codes", "displacement", "both", "nmfc"]

GUIDE_CHANNELS = {"displacement": 2, "nmfc": 3}
"""Channels of the guides that do not depend on the number of codes."""

SLOPE = 0.1
"""Of every LeakyReLU."""


@dataclass(frozen=True, kw_only=True)
class GdpwConfig:
    """Sizes of the generator; the defaults are the published ones."""

    guidance: Guidance = "codes"
    """What the SPADE layers see: posed neural codes, the geometric displacement field, both, or NMFC."""

    width: int = 32
    """Channels at full size; they double at each level."""

    halvings: int = 5
    """Pyramid levels of the paper: how often the encoder halves the picture."""

    widest: int = 1024
    """Most channels of a level."""

    code_count: int = 16
    """d, length of a vertex's code."""

    grid: Grid = "centres"
    """Where pixels lie when they are warped; the published weights need "corners"."""

    @property
    def guide_channels(self) -> int:
        """Channels of the guide on the driving mesh."""
        if self.guidance == "both":
            return self.code_count + GUIDE_CHANNELS["displacement"]
        return GUIDE_CHANNELS.get(self.guidance, self.code_count)

    @property
    def source_guide_channels(self) -> int:
        """Channels that join the source picture: its own codes or NMFC; none for the displacement alone."""
        return {"displacement": 0, "nmfc": GUIDE_CHANNELS["nmfc"]}.get(self.guidance, self.code_count)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each level, full size first."""
        return tuple(min(self.width << level, self.widest) for level in range(self.halvings + 1))


class GdpwOutput(NamedTuple):
    """What one forward pass makes."""

    image: Float[Tensor, "b 3 h w"]
    """Generated picture, [0, 1]."""

    alpha: Float[Tensor, "b 1 h w"]
    """The released network's fourth channel, [0, 1]; not used for blending."""

    warped_source: Float[Tensor, "b 3 h w"]
    """The source picture warped by the finest flow."""

    flows: tuple[Float[Tensor, "b 2 _ _"], ...]
    """Flow into each level, coarse to fine, (x, y) where each side is 2 long."""


class GdpwGenerator(nn.Module):
    """Source picture and guides to the picture in the driving pose.

    `encode` needs the source alone, so that a portrait is encoded once for all its frames; `decode` makes
    frames of what it kept.
    """

    def __init__(self, config: GdpwConfig = GdpwConfig()) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        inputs = (3 + config.source_guide_channels, *widths[:-1])
        self.down = nn.ModuleList(map(ConvBlock, inputs, widths))
        self.shortcuts = nn.ModuleList(map(ConvBlock, widths[:-1], widths[:-1]))
        self.warpings = nn.ModuleList(
            ProgressiveWarping(widths[level], widths[level - 1], config)
            for level in range(config.halvings, 0, -1)
        )
        self.output = nn.Conv2d(2 * widths[0], 4, 3, padding=1)

    def forward(
        self,
        source: Float[Tensor, "b 3 h w"],
        source_guide: Float[Tensor, "b s h w"],
        guide: Float[Tensor, "b g h w"],
    ) -> GdpwOutput:
        """Animate.

        Args:
            source: Picture, RGB [0, 1].
            source_guide: Codes (or NMFC) rendered on the source mesh; no channels with "displacement".
            guide: Rendered on the driving mesh: codes, displacement (source minus driving, where each side
                of the picture is 2 long), codes then displacement, or NMFC.
        """
        return self.decode(source, self.encode(source, source_guide), guide)

    def encode(
        self, source: Float[Tensor, "b 3 h w"], source_guide: Float[Tensor, "b s h w"]
    ) -> list[Tensor]:
        """Shortcut features of each level, full size first, and the features at the coarsest one."""
        x = self.down[0](torch.cat([source, source_guide], dim=1))
        kept = []
        for shortcut, down in zip(self.shortcuts, self.down[1:], strict=True):
            kept.append(shortcut(x))
            x = functional.avg_pool2d(down(x), 2)
        return [*kept, x]

    def decode(
        self, source: Float[Tensor, "b 3 h w"], encoded: list[Tensor], guide: Float[Tensor, "b g h w"]
    ) -> GdpwOutput:
        """Frames of an encoded source; arguments as in `forward`."""
        *kept, coarsest = encoded
        x = torch.cat([coarsest, self._aligned(coarsest, guide)], dim=1)
        flows: list[Tensor] = []
        levels = zip(range(len(kept), 0, -1), self.warpings, reversed(kept), strict=True)
        for level, module, shortcut in levels:
            x, flow = module(x, shrink(guide, 1 << level))
            x = torch.cat([x, warp_ndc(shortcut, flow, self.config.grid)], dim=1)
            flows.append(flow)
        image, alpha = torch.sigmoid(self.output(x)).split((3, 1), dim=1)
        return GdpwOutput(image, alpha, warp_ndc(source, flows[-1], self.config.grid), tuple(flows))

    def _aligned(self, coarsest: Tensor, guide: Tensor) -> Tensor:
        """The first warp: by the displacement where it guides alone or too, else none."""
        displacement = guide.new_zeros(len(guide), 2, *coarsest.shape[-2:])
        if self.config.guidance in ("displacement", "both"):
            displacement = shrink(guide[:, -2:], 1 << self.config.halvings)
        return warp_ndc(coarsest, displacement, self.config.grid)


class ProgressiveWarping(nn.Module):
    """One module: guide the features, estimate the flow, prepare the next, finer level."""

    def __init__(self, width: int, finer_width: int, config: GdpwConfig) -> None:
        super().__init__()
        spade = SpadeConfig(norm="batch", hidden=width, hidden_slope=SLOPE, slope=SLOPE, spectral_guide=True)
        self.spade = SpadeBlock(2 * width, width, config.guide_channels, spade)
        self.flow = nn.Conv2d(width, 2, 3, padding=1)
        self.up = ConvBlock(width, finer_width)

    def forward(self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g h w"]) -> tuple[Tensor, Tensor]:
        """Features and flow, both twice as large as `x`."""
        x = self.spade(x, guide)
        flow = functional.interpolate(self.flow(x), scale_factor=2, mode="bilinear", align_corners=False)
        height, width = flow.shape[-2:]
        flow = flow * flow.new_tensor([2 / (width - 1), 2 / (height - 1)])[:, None, None]
        return self.up(functional.interpolate(x, scale_factor=2, mode="nearest")), flow


class ConvBlock(nn.Module):
    """3×3 convolution, batch normalisation, LeakyReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = spectral(nn.Conv2d(channels_in, channels_out, 3, padding=1))
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Features of the same size."""
        return functional.leaky_relu(self.norm(self.conv(x)), SLOPE)
