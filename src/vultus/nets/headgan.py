"""HeadGAN's generator: a flow network and a rendering network [doukas2021headgan, suppl. §2]."""

from dataclasses import dataclass
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from vultus.nets.headgan_flow import FlowNetwork, warped_levels
from vultus.nets.headgan_rendering import RenderingNetwork
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

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each level, full size first."""
        return tuple(self.width << 2 * level for level in range(self.halvings + 1))


RELEASED = HeadGanConfig(residual=True, masked=True)
"""The variant of the authors' code and checkpoints."""


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
    """The reference features warped at each level, full size first."""


class HeadGanGenerator(nn.Module):
    """Reference picture, 3D faces and sound to the picture in the driving pose.

    `encode` needs the reference alone, so that a portrait is encoded once for all its frames.
    """

    def __init__(self, config: HeadGanConfig = HeadGanConfig()) -> None:
        super().__init__()
        self.config = config
        spade = SpadeConfig(norm="instance", hidden=config.hidden, residual=config.residual)
        frames = config.past_frames + 1
        self.flow = FlowNetwork(config.widths, frames, spade, config.masked)
        self.rendering = RenderingNetwork(config.widths, frames, config.audio_count, spade)

    def forward(
        self,
        reference: Float[Tensor, "b 3 h w"],
        reference_nmfc: Float[Tensor, "b 3 h w"],
        nmfc: Float[Tensor, "b n h w"],
        audio: Float[Tensor, "b a"],
    ) -> HeadGanOutput:
        """Animate.

        Args:
            reference: Picture, RGB [-1, 1].
            reference_nmfc: Its 3D face, [0, 1], black where there is none.
            nmfc: 3D faces of the past frames and the current one, oldest first, three channels each.
            audio: h_t; zeros where there is no sound.
        """
        return self.decode(reference, self.encode(reference, reference_nmfc), nmfc, audio)

    def encode(
        self, reference: Float[Tensor, "b 3 h w"], reference_nmfc: Float[Tensor, "b 3 h w"]
    ) -> list[Tensor]:
        """Reference features at each level, full size first."""
        return self.flow.encode(reference_nmfc, reference)

    def decode(
        self,
        reference: Float[Tensor, "b 3 h w"],
        encoded: list[Tensor],
        nmfc: Float[Tensor, "b n h w"],
        audio: Float[Tensor, "b a"],
    ) -> HeadGanOutput:
        """Frames of an encoded reference; arguments as in `forward`."""
        flow = self.flow(encoded, nmfc)
        warped = warp_px(reference, flow.flow_px)
        features = warped_levels(encoded, flow.flow_px)
        image = self.rendering(nmfc, warped, features, audio)
        return HeadGanOutput(image, warped, flow.flow_px, flow.mask, features)
