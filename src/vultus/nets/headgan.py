"""HeadGAN's generator: a flow network and a rendering network [doukas2021headgan, suppl. §2]."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.errors import InputError
from vultus.nets.headgan_flow import FlowNetwork, warped_levels
from vultus.nets.headgan_rendering import RenderingNetwork
from vultus.nets.patches import grown, means
from vultus.nets.spade import SpadeConfig
from vultus.nets.warping import warp_px


@dataclass(frozen=True, kw_only=True)
class HeadGanConfig:
    """Sizes and variants; the defaults are the paper's."""

    width: int = 32
    """Channels at full size; they grow fourfold at each of the two halvings."""

    halvings: int = 2
    """How often the encoders halve the picture."""

    past_frames: int = 2
    """k, driving frames before the current one."""

    audio_count: int = 300
    """Length of h_t."""

    hidden: int = 256
    """Channels between a SPADE layer's guide and its scale and shift."""

    residual: bool = False
    """Whether SPADE blocks add their input; the released code does."""

    masked: bool = False
    """Whether a second head masks the flow; the released code's does."""

    patch: int = 1
    """Side of the squares of pixels that share a feature: with 2, a picture costs what half its side does."""

    led: bool = False
    """Whether flows begin at the displacement of the face: F says where how much of it holds, and adds to it.

    It has to reach beyond the face (`vultus.methods.surroundings`)."""

    blended: bool = False
    """Whether the picture is the warped reference where R trusts that, and painted elsewhere.

    What is painted is then added to a blurred warped reference, so that a fresh network paints no noise: it
    would trust the warped reference alone from the first steps on, and never learn to paint."""

    traced: bool = False
    """Whether 3D faces guide R at each size beside the warped features; else it sees them coarsely."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each level, full size first."""
        return tuple(self.width << 2 * level for level in range(self.halvings + 1))


RELEASED = HeadGanConfig(residual=True, masked=True)
"""The variant of the authors' code and checkpoints."""

BLUR_PX = 8
"""Squares whose means are what a blending network paints on."""

GUIDING_PX = 8.0
"""Displacement that is 1 in F's guide, px of F's own size."""


class HeadGanOutput(NamedTuple):
    """What one forward pass makes."""

    image: Float[Tensor, "b 3 h w"]
    """Generated picture, [-1, 1]."""

    warped: Float[Tensor, "b 3 h w"]
    """The reference picture warped by the flow."""

    flow_px: Float[Tensor, "b 2 h w"]
    """The flow, masked where the network has a mask."""

    mask: Float[Tensor, "b 1 h w"]
    """[0, 1]."""

    warped_features: list[Tensor]
    """The reference features warped at each level, finest first."""

    share: Float[Tensor, "b 1 h w"]
    """Share of the warped reference in the picture, [0, 1]; zeros where R does not blend."""

    painted: Float[Tensor, "b 3 h w"]
    """What is painted, before it is blended; the picture itself where R does not blend."""


class HeadGanGenerator(nn.Module):
    """Reference picture, 3D faces and sound to the picture in the driving pose.

    `encode` needs the reference alone, so that a portrait is encoded once for all its frames.
    """

    def __init__(self, config: HeadGanConfig = HeadGanConfig()) -> None:
        super().__init__()
        self.config = config
        spade = SpadeConfig(norm="instance", hidden=config.hidden, residual=config.residual)
        frames = config.past_frames + 1
        squared = config.patch**2
        self.flow = FlowNetwork(config.widths, frames, spade, config.masked, config.led, squared)
        self.rendering = RenderingNetwork(
            config.widths, frames, config.audio_count, spade, squared, config.blended, config.traced
        )

    def forward(
        self,
        reference: Float[Tensor, "b 3 h w"],
        reference_nmfc: Float[Tensor, "b 3 h w"],
        nmfc: Float[Tensor, "b n h w"],
        audio: Float[Tensor, "b a"],
        displacement: Float[Tensor, "b 2 h w"] | None = None,
    ) -> HeadGanOutput:
        """Animate.

        Args:
            reference: Picture, RGB [-1, 1].
            reference_nmfc: Its 3D face, [0, 1], black where there is none.
            nmfc: 3D faces of the past frames and the current one, oldest first, three channels each.
            audio: h_t; zeros where there is no sound.
            displacement: From the driving face to the reference's, (x, y), where each side of the picture is
                2 long, carried on beyond the face; not looked at unless flows begin at it.
        """
        return self.decode(reference, self.encode(reference, reference_nmfc), nmfc, audio, displacement)

    def encode(
        self, reference: Float[Tensor, "b 3 h w"], reference_nmfc: Float[Tensor, "b 3 h w"]
    ) -> list[Tensor]:
        """Reference features at each level, finest first."""
        patch = self.config.patch
        return self.flow.encode(means(reference_nmfc, patch), functional.pixel_unshuffle(reference, patch))

    def decode(
        self,
        reference: Float[Tensor, "b 3 h w"],
        encoded: list[Tensor],
        nmfc: Float[Tensor, "b n h w"],
        audio: Float[Tensor, "b a"],
        displacement: Float[Tensor, "b 2 h w"] | None = None,
    ) -> HeadGanOutput:
        """Frames of an encoded reference; arguments as in `forward`."""
        patch, (height, width) = self.config.patch, reference.shape[-2:]
        small, offset_px, small_px = means(nmfc, patch), None, None
        guide = small
        if self.config.led:
            if displacement is None:
                raise InputError("flows begin at a displacement, and there is none", remedy="give one")
            offset_px = displacement * displacement.new_tensor([width / 2, height / 2])[:, None, None]
            small_px = means(offset_px, patch) / patch
            guide = torch.cat([small, small_px / GUIDING_PX], dim=1)
        flow = self.flow(encoded, guide)
        features = warped_levels(encoded, flow.over(small_px))
        flow = flow.grown(patch)
        flow_px = flow.over(offset_px)
        warped = warp_px(reference, flow_px, sharp=self.config.blended)
        seen = torch.cat([warped, nmfc[:, -3:]], dim=1) if self.config.traced else warped
        painted = self.rendering(small, functional.pixel_unshuffle(seen, patch), features, audio)
        image, share, painted = self._picture(painted, warped)
        return HeadGanOutput(image, warped, flow_px, flow.mask, features, share, painted)

    def _picture(self, painted: Tensor, warped: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The picture, the share of the warped reference in it, and what is painted."""
        painted = functional.pixel_shuffle(painted.to(warped), self.config.patch)
        if not self.config.blended:
            image = torch.tanh(painted)
            return image, torch.zeros_like(image[:, :1]), image
        colours = painted[:, :3] + grown(means(warped, BLUR_PX), BLUR_PX)
        share = torch.sigmoid(painted[:, 3:])
        return torch.lerp(colours, warped, share).clamp(-1, 1), share, colours
