"""HeadGAN's dense flow network F [doukas2021headgan, suppl. Table 1]."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.instance_encoder import InstanceEncoder
from vultus.nets.patches import grown
from vultus.nets.spade import SpadeBlock, SpadeConfig
from vultus.nets.starting import start_at
from vultus.nets.warping import warp_px

HELD_AT_FIRST = 4.0
"""Logit of the share of the displacement that holds, in a fresh network."""


class Flow(NamedTuple):
    """What F estimates."""

    flow_px: Float[Tensor, "b 2 h w"]
    """From each pixel of the driving view to the reference, (x, y), y down; pixels of F's own size."""

    mask: Float[Tensor, "b 1 h w"]
    """Share of the flow that is used, [0, 1]; all ones without the mask head."""

    held: Float[Tensor, "b 1 h w"] | None = None
    """Share of the displacement that holds, [0, 1]; None where the flow does not begin at it."""

    def over(self, displacement_px: Float[Tensor, "b 2 h w"] | None) -> Float[Tensor, "b 2 h w"]:
        """The flow, and what holds of the displacement beside it, both in pixels of the same size."""
        if self.held is None or displacement_px is None:
            return self.flow_px
        return torch.addcmul(self.flow_px, self.held, displacement_px)

    def grown(self, factor: int) -> "Flow":
        """The same for pictures `factor` times as large."""
        if factor == 1:
            return self
        held = None if self.held is None else grown(self.held, factor)
        return Flow(factor * grown(self.flow_px, factor), grown(self.mask, factor), held)


class FlowNetwork(nn.Module):
    """Reference picture and its 3D face, and the driving 3D faces, to a flow at full size.

    Args:
        widths: Channels of each level, full size first.
        frame_count: Driving faces.
        spade: Of its blocks.
        masked: Whether a head masks the flow.
        led: Whether flows begin at a displacement; then it guides too.
        squared: Pixels of a picture that share a feature.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        frame_count: int,
        spade: SpadeConfig,
        masked: bool,
        led: bool = False,
        squared: int = 1,
    ) -> None:
        super().__init__()
        guide_channels = 3 * frame_count + (2 if led else 0)
        self.encoder = InstanceEncoder(3 + 3 * squared, widths)
        self.residual = nn.ModuleList(
            SpadeBlock(widths[-1], widths[-1], guide_channels, spade) for _ in range(2)
        )
        self.main = nn.ModuleList(
            SpadeBlock(width, width, guide_channels, spade) for width in reversed(widths[1:])
        )
        self.flow = _head(widths[0], 2)
        self.mask = _head(widths[0], 1) if masked else None
        self.held = _head(widths[0], 1) if led else None
        if self.held is not None:  # at first, the displacement alone
            start_at(self.flow, 0.0)
            start_at(self.held, HELD_AT_FIRST)

    def encode(
        self, reference_nmfc: Float[Tensor, "b 3 h w"], reference: Float[Tensor, "b c h w"]
    ) -> list[Tensor]:
        """Features of the reference at each level, full size first; they do not depend on the motion."""
        return self.encoder(torch.cat([reference_nmfc, reference], dim=1))

    def forward(self, features: list[Tensor], nmfc: Float[Tensor, "b n h w"]) -> Flow:
        """Flow of encoded features.

        Args:
            features: Of `encode`.
            nmfc: 3D faces of the past frames and the current one, oldest first, [0, 1]; behind them, where
                flows begin at it, the displacement.
        """
        x = features[-1]
        for block in self.residual:
            x = block(x, nmfc)
        for block in self.main:
            x = functional.pixel_shuffle(block(x, nmfc), 2)
        flow = self.flow(x).to(self.flow.weight)  # places need more digits than features
        held = None if self.held is None else torch.sigmoid(self.held(x).to(flow))
        if self.mask is None:
            return Flow(flow, torch.ones_like(flow[:, :1]), held)
        mask = (torch.tanh(self.mask(x)) + 1) / 2
        return Flow(flow * mask, mask, held)


def warped_levels(features: list[Tensor], flow_px: Float[Tensor, "b 2 h w"]) -> list[Tensor]:
    """The features of each level warped by the flow, shrunk and scaled to it."""
    warped = []
    for feature in features:
        warped.append(warp_px(feature, flow_px))
        flow_px = functional.avg_pool2d(flow_px, 2) / 2
    return warped


def _head(channels_in: int, channels_out: int) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 7, padding=3, padding_mode="reflect")
