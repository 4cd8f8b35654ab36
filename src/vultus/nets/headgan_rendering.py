"""HeadGAN's rendering network R [doukas2021headgan, suppl. Table 2]."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.adain import AdaInBlock
from vultus.nets.instance_encoder import InstanceEncoder
from vultus.nets.patches import means
from vultus.nets.spade import SpadeBlock, SpadeConfig
from vultus.nets.starting import start_at

BLENDED_AT_FIRST = 1.0
"""Logit of the share of the warped reference, in a fresh network."""


class RenderingNetwork(nn.Module):
    """Driving 3D faces to a picture, guided by warped reference features and by sound.

    Args:
        widths: Channels of each level, full size first.
        frame_count: Driving faces.
        audio_count: Length of h_t.
        spade: Of its blocks.
        squared: Pixels of a picture that share a feature.
        blended: Whether it also says where the warped reference is better than what it paints.
        traced: Whether 3D faces guide its blocks beside the warped features.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        frame_count: int,
        audio_count: int,
        spade: SpadeConfig,
        squared: int = 1,
        blended: bool = False,
        traced: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = InstanceEncoder(3 * frame_count, widths)
        self.traced = traced
        faces = 3 * frame_count if traced else 0
        self.visual = nn.ModuleList(
            SpadeBlock(width, width, width + faces, spade) for width in reversed(widths)
        )
        self.audio = nn.ModuleList(AdaInBlock(width, audio_count) for width in reversed(widths))
        self.last = SpadeBlock(widths[0], widths[0], (6 if traced else 3) * squared, spade)
        channels = (4 if blended else 3) * squared
        self.image = nn.Conv2d(widths[0], channels, 7, padding=3, padding_mode="reflect")
        if blended:
            start_at(self.image, 0.0)
            start_at(self.image, BLENDED_AT_FIRST, slice(3 * squared, None))
        self._slope = spade.slope

    def forward(
        self,
        nmfc: Float[Tensor, "b n h w"],
        warped: Float[Tensor, "b c h w"],
        warped_features: list[Tensor],
        audio: Float[Tensor, "b a"],
    ) -> Float[Tensor, "b d h w"]:
        """What the picture is made of, before the last tanh: its channels, and behind them the shares.

        Args:
            nmfc: As in `FlowNetwork`.
            warped: The warped reference picture, and behind it the current 3D face where that is traced.
            warped_features: The warped reference features, full size first.
            audio: h_t.
        """
        x = self.encoder(nmfc)[-1]
        guides = reversed(self._guides(nmfc, warped_features))
        levels = zip(self.visual, self.audio, guides, strict=True)
        for level, (visual, audible, guide) in enumerate(levels):
            x = audible(visual(x if level == 0 else functional.pixel_shuffle(x, 2), guide), audio)
        return self.image(functional.leaky_relu(self.last(x, warped), self._slope))

    def _guides(self, nmfc: Tensor, warped_features: list[Tensor]) -> list[Tensor]:
        """What guides the blocks of each level, finest first."""
        if not self.traced:
            return warped_features
        return [
            torch.cat([features, means(nmfc, 1 << level)], dim=1)
            for level, features in enumerate(warped_features)
        ]
