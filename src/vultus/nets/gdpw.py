"""GDPW's generator: an encoder, then warping modules from coarse to fine [zhong2022gdpw, §3.3]."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.errors import InputError
from vultus.nets.patches import grown, means
from vultus.nets.shrinking import shrink
from vultus.nets.spade import SpadeBlock, SpadeConfig
from vultus.nets.spectral import fold_spectral, spectral
from vultus.nets.starting import start_at
from vultus.nets.warping import Grid, warp_ndc, warp_px

Guidance = Literal["codes", "displacement", "both", "nmfc"]

GUIDE_CHANNELS = {"displacement": 2, "nmfc": 3}
"""Channels of the guides that do not depend on the number of codes."""

SLOPE = 0.1
"""Of every LeakyReLU."""

LED_PX = 16.0
"""Pixels of the guide, halved, in which the displacement is shown where it leads, at any size of pictures."""

LED_MOST = 0.5
"""Most of it that is shown; turns far beyond those of training would drive guided features to any size."""

ADDED_MOST = 0.06
"""Most that a network that is led adds to the displacement, where each side of the picture is 2 long."""

HELD_AT_FIRST = 2.0
"""Logit of the share of the displacement that holds in a fresh network."""

LEAST_LIGHT = 0.02
"""What is generated begins as the warped source no nearer to black and white than this."""


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

    smooth_codes: bool = False
    """Whether fresh codes are waves over the mean face instead of noise, which coarse levels cannot see."""

    grid: Grid = "centres"
    """Where pixels lie when they are warped; the published weights need "corners"."""

    spectral: bool = True
    """Whether convolutions are spectrally normalised, which steadies learning against an adversary."""

    patch: int = 1
    """Side of the squares of pixels that share a feature: with 2, a picture costs what half its side does."""

    finishing: bool = False
    """Whether a guided block finishes the features at full size; all others are guided anyway."""

    led: bool = False
    """Whether flows begin at the displacement: the network says where how much of it holds, and adds to it.

    The displacement has to guide too, and to reach beyond the face (`vultus.methods.surroundings`)."""

    compared: bool = False
    """Whether codes also guide by their difference to the source's codes where the displacement points.

    It is 0 where the source shows the same, and so tells mouths that open and cheeks that turn up."""

    blended: bool = False
    """Whether the picture is the warped source where the network trusts that, and generated elsewhere.

    What is generated then begins as the warped source, too."""

    def __post_init__(self) -> None:
        if self.led and self.guidance not in ("displacement", "both"):
            raise InputError(
                f"flows cannot begin at the displacement where only {self.guidance} guide",
                remedy='set guidance to "both" or "displacement", or led to false',
            )
        if self.compared and self.guidance != "both":
            raise InputError(
                f"codes cannot be compared where only {self.guidance} guide",
                remedy='set guidance to "both", or compared to false',
            )

    @property
    def guide_channels(self) -> int:
        """Channels of the guide on the driving mesh."""
        if self.guidance == "both":
            return self.code_count + GUIDE_CHANNELS["displacement"]
        return GUIDE_CHANNELS.get(self.guidance, self.code_count)

    @property
    def shown_channels(self) -> int:
        """Channels that SPADE layers see: the guide, and the difference of codes."""
        return self.guide_channels + (self.code_count if self.compared else 0)

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
    """Share of the warped source in the picture, [0, 1]; means nothing where the network does not blend."""

    generated: Float[Tensor, "b 3 h w"]
    """What the picture would be without blending, [0, 1]."""

    warped_source: Float[Tensor, "b 3 h w"]
    """The source picture warped by the finest flow."""

    flows: tuple[Float[Tensor, "b 2 _ _"], ...]
    """Flow into each level's features, coarse to fine, (x, y) where each side is 2 long."""

    flow_px: Float[Tensor, "b 2 h w"]
    """The finest flow at the picture's size, px."""


class GdpwGenerator(nn.Module):
    """Source picture and guides to the picture in the driving pose.

    `encode` needs the source alone, so that a portrait is encoded once for all its frames; `decode` makes
    frames of what it kept.
    """

    def __init__(self, config: GdpwConfig = GdpwConfig()) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        squared = config.patch**2
        inputs = (3 * squared + config.source_guide_channels, *widths[:-1])
        self.down = nn.ModuleList(map(ConvBlock, inputs, widths))
        self.shortcuts = nn.ModuleList(map(ConvBlock, widths[:-1], widths[:-1]))
        self.warpings = nn.ModuleList(
            ProgressiveWarping(widths[level], widths[level - 1], config)
            for level in range(config.halvings, 0, -1)
        )
        self.finishing = _guided(widths[0], config) if config.finishing else None
        self.output = nn.Conv2d(widths[0] * (1 if config.finishing else 2), 4 * squared, 3, padding=1)
        if not config.spectral:
            fold_spectral(self).train()
        if config.blended:  # at first, the warped source alone
            start_at(self.output, 0.0)

    def forward(
        self,
        source: Float[Tensor, "b 3 h w"],
        source_guide: Float[Tensor, "b s gh gw"],
        guide: Float[Tensor, "b g gh gw"],
    ) -> GdpwOutput:
        """Animate; sides of guides are those of the pictures over `patch`.

        Args:
            source: Picture, RGB [0, 1].
            source_guide: Codes (or NMFC) rendered on the source mesh; no channels with "displacement".
            guide: Rendered on the driving mesh: codes, displacement (source minus driving, where each side
                of the picture is 2 long), codes then displacement, or NMFC.
        """
        return self.decode(source, self.encode(source, source_guide), guide)

    def encode(
        self, source: Float[Tensor, "b 3 h w"], source_guide: Float[Tensor, "b s gh gw"]
    ) -> list[Tensor]:
        """Shortcut features of each level, full size first, and the features at the coarsest one.

        Where codes are compared, those of the source follow.
        """
        patches = functional.pixel_unshuffle(source, self.config.patch)
        x = self.down[0](torch.cat([patches, source_guide], dim=1))
        kept = []
        for shortcut, down in zip(self.shortcuts, self.down[1:], strict=True):
            kept.append(shortcut(x))
            x = functional.avg_pool2d(down(x), 2)
        return [*kept, x, source_guide] if self.config.compared else [*kept, x]

    def decode(
        self, source: Float[Tensor, "b 3 h w"], encoded: list[Tensor], guide: Float[Tensor, "b g gh gw"]
    ) -> GdpwOutput:
        """Frames of an encoded source; arguments as in `forward`."""
        shown = self._shown(guide, encoded[-1])
        *kept, coarsest = encoded[:-1] if self.config.compared else encoded
        x = torch.cat([coarsest, self._aligned(coarsest, guide)], dim=1)
        flows: list[Tensor] = []
        levels = zip(range(len(kept), 0, -1), self.warpings, reversed(kept), strict=True)
        for level, module, shortcut in levels:
            x, steering = module(x, shrink(shown, 1 << level))
            flows.append(steering.flow(means(guide[:, -2:], 1 << level - 1)))
            x = torch.cat([x, warp_ndc(shortcut, flows[-1], self.config.grid)], dim=1)
        if self.finishing is not None:
            x = self.finishing(x, shown)
        finest = grown(flows[-1], self.config.patch)
        flow_px = finest * finest.new_tensor([source.shape[-1] / 2, source.shape[-2] / 2])[:, None, None]
        warped = (  # sharply where the warp itself is shown
            warp_px(source, flow_px, sharp=True)
            if self.config.blended
            else warp_ndc(source, finest, self.config.grid)
        )
        return GdpwOutput(*self._painted(self.output(x), warped), warped, tuple(flows), flow_px)

    def _shown(self, guide: Tensor, source_guide: Tensor) -> Tensor:
        """The guide as SPADE layers see it; `source_guide` means nothing where codes are not compared."""
        if not (self.config.led or self.config.compared):
            return guide
        codes, displacement = guide[:, :-2], guide[:, -2:]
        parts = [codes]
        if self.config.compared:
            parts.append(codes - warp_ndc(source_guide, displacement, self.config.grid))
        if self.config.led:
            displacement = (displacement * (guide.shape[-1] / LED_PX)).clamp(-LED_MOST, LED_MOST)
        return torch.cat([*parts, displacement], dim=1)

    def _aligned(self, coarsest: Tensor, guide: Tensor) -> Tensor:
        """The first warp: by the displacement where it guides alone or too, else none."""
        displacement = guide.new_zeros(len(guide), 2, *coarsest.shape[-2:])
        if self.config.guidance in ("displacement", "both"):
            displacement = shrink(guide[:, -2:], 1 << self.config.halvings)
        return warp_ndc(coarsest, displacement, self.config.grid)

    def _painted(self, logits: Tensor, warped: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The picture, the share of the warped source in it, and what is generated."""
        painted = functional.pixel_shuffle(logits.to(warped), self.config.patch)
        if not self.config.blended:
            generated, alpha = torch.sigmoid(painted).split((3, 1), dim=1)
            return generated, alpha, generated
        generated = torch.sigmoid(painted[:, :3] + torch.logit(warped, LEAST_LIGHT))
        alpha = torch.sigmoid(painted[:, 3:])
        return torch.lerp(generated, warped, alpha).clamp(0, 1), alpha, generated


class Steering(NamedTuple):
    """What a warping module says of the next level's flow."""

    added: Float[Tensor, "b 2 h w"]
    """(x, y), where each side of the picture is 2 long."""

    held: Float[Tensor, "b 1 h w"] | None
    """Share of the displacement that holds, [0, 1]; None where flows do not begin at it."""

    def flow(self, displacement: Float[Tensor, "b 2 h w"]) -> Float[Tensor, "b 2 h w"]:
        """What is added, and what holds of the displacement."""
        return self.added if self.held is None else torch.addcmul(self.added, self.held, displacement)


class ProgressiveWarping(nn.Module):
    """One module: guide the features, steer the flow, prepare the next, finer level."""

    def __init__(self, width: int, finer_width: int, config: GdpwConfig) -> None:
        super().__init__()
        self.spade = _guided(width, config)
        self.flow = nn.Conv2d(width, 3 if config.led else 2, 3, padding=1)
        if config.led:  # at first, the displacement alone
            start_at(self.flow, 0.0)
            start_at(self.flow, HELD_AT_FIRST, slice(2, 3))
        self.up = ConvBlock(width, finer_width)

    def forward(
        self, x: Float[Tensor, "b c h w"], guide: Float[Tensor, "b g h w"]
    ) -> tuple[Tensor, Steering]:
        """Features and the steering of the flow, both twice as large as `x`."""
        x = self.spade(x, guide)
        head = grown(self.flow(x).to(self.flow.weight), 2)  # places need more digits than features
        height, width = head.shape[-2:]
        added = head[:, :2] * head.new_tensor([2 / (width - 1), 2 / (height - 1)])[:, None, None]
        led = head.shape[1] > 2
        if led:
            added = ADDED_MOST * torch.tanh(added / ADDED_MOST)
        steering = Steering(added, torch.sigmoid(head[:, 2:]) if led else None)
        return self.up(functional.interpolate(x, scale_factor=2, mode="nearest")), steering


def _guided(width: int, config: GdpwConfig) -> SpadeBlock:
    """A block that makes features of what came up and of warped ones."""
    spade = SpadeConfig(norm="batch", hidden=width, hidden_slope=SLOPE, slope=SLOPE, spectral_guide=True)
    return SpadeBlock(2 * width, width, config.shown_channels, spade)


class ConvBlock(nn.Module):
    """3×3 convolution, batch normalisation, LeakyReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = spectral(nn.Conv2d(channels_in, channels_out, 3, padding=1))
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Features of the same size."""
        return functional.leaky_relu(self.norm(self.conv(x)), SLOPE)
