"""Multi-scale patch discriminator of pix2pixHD, as HeadGAN uses it [wang2018pix2pixhd, §3.2]."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.spectral import spectral


class PatchDiscriminator(nn.Module):
    """The same question asked at several sizes: condition and picture to features and logits."""

    def __init__(self, channels_in: int, width: int = 64, layers: int = 4, scales: int = 2) -> None:
        super().__init__()
        self.scales = nn.ModuleList(_OneScale(channels_in, width, layers) for _ in range(scales))

    def forward(
        self, condition: Float[Tensor, "b c h w"], image: Float[Tensor, "b 3 h w"]
    ) -> list[list[Tensor]]:
        """For each scale, full size first, the outputs of its layers; the last are the logits.

        Args:
            condition: What the picture shall belong to.
            image: RGB [-1, 1].
        """
        x = torch.cat([condition, image], dim=1)
        answers = []
        for scale in self.scales:
            answers.append(scale(x))
            x = functional.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
        return answers


class _OneScale(nn.Module):
    SLOPE = 0.2
    WIDEST = 512

    def __init__(self, channels_in: int, width: int, layers: int) -> None:
        super().__init__()
        widths = [min(width << level, self.WIDEST) for level in range(layers)]
        strides = [2] * (layers - 2) + [1]
        self.first = nn.Conv2d(channels_in, width, 4, stride=2, padding=2)
        self.convs = nn.ModuleList(
            spectral(nn.Conv2d(before, after, 4, stride=stride, padding=2, bias=False))
            for before, after, stride in zip(widths[:-1], widths[1:], strides, strict=True)
        )
        self.norms = nn.ModuleList(nn.InstanceNorm2d(after, affine=True) for after in widths[1:])
        self.logits = nn.Conv2d(widths[-1], 1, 4, padding=2)

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        outputs = [functional.leaky_relu(self.first(x), self.SLOPE)]
        for conv, norm in zip(self.convs, self.norms, strict=True):
            outputs.append(functional.leaky_relu(norm(conv(outputs[-1])), self.SLOPE))
        return [*outputs, self.logits(outputs[-1])]
