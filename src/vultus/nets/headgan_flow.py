"""HeadGAN's dense flow network F [doukas2021headgan, suppl. Table 1]."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.instance_encoder import InstanceEncoder
from vultus.nets.spade import SpadeBlock, SpadeConfig
from vultus.nets.warping import warp_px


class Flow(NamedTuple):
    """What F estimates."""

    flow_px: Float[Tensor, "b 2 h w"]
    """From each pixel of the driving view to the reference, (x, y), y down."""

    mask: Float[Tensor, "b 1 h w"]
    """Share of the flow that is used, [0, 1]; all ones without the mask head."""


class FlowNetwork(nn.Module):
    """Reference picture and its 3D face, and the driving 3D faces, to a flow at full size."""

    def __init__(self, widths: tuple[int, ...], frame_count: int, spade: SpadeConfig, masked: bool) -> None:
        super().__init__()
        guide_channels = 3 * frame_count
        self.encoder = InstanceEncoder(6, widths)
        self.residual = nn.ModuleList(
            SpadeBlock(widths[-1], widths[-1], guide_channels, spade) for _ in range(2)
        )
        self.main = nn.ModuleList(
            SpadeBlock(width, width, guide_channels, spade) for width in reversed(widths[1:])
        )
        self.flow = _head(widths[0], 2)
        self.mask = _head(widths[0], 1) if masked else None

    def encode(
        self, reference_nmfc: Float[Tensor, "b 3 h w"], reference: Float[Tensor, "b 3 h w"]
    ) -> list[Tensor]:
        """Features of the reference at each level, full size first; they do not depend on the motion."""
        return self.encoder(torch.cat([reference_nmfc, reference], dim=1))

    def forward(self, features: list[Tensor], nmfc: Float[Tensor, "b n h w"]) -> Flow:
        """Flow of encoded features.

        Args:
            features: Of `encode`.
            nmfc: 3D faces of the past frames and the current one, oldest first, [0, 1].
        """
        x = features[-1]
        for block in self.residual:
            x = block(x, nmfc)
        for block in self.main:
            x = functional.pixel_shuffle(block(x, nmfc), 2)
        flow = self.flow(x)
        if self.mask is None:
            return Flow(flow, torch.ones_like(flow[:, :1]))
        mask = (torch.tanh(self.mask(x)) + 1) / 2
        return Flow(flow * mask, mask)


def warped_levels(features: list[Tensor], flow_px: Float[Tensor, "b 2 h w"]) -> list[Tensor]:
    """The features of each level warped by the flow, shrunk and scaled to it."""
    warped = []
    for feature in features:
        warped.append(warp_px(feature, flow_px))
        flow_px = functional.avg_pool2d(flow_px, 2) / 2
    return warped


def _head(channels_in: int, channels_out: int) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 7, padding=3, padding_mode="reflect")
