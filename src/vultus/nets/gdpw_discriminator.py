"""GDPW's discriminator: patches of one scale, without condition [zhong2022gdpw, §3.4]."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.spectral import spectral


class GdpwDiscriminator(nn.Module):
    """Picture to the features of four blocks and to one logit for each patch."""

    SLOPE = 0.1

    def __init__(self, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        widths = [3, *(width << level for level in range(blocks))]
        pairs = list(pairwise(widths))
        self.convs = nn.ModuleList(spectral(nn.Conv2d(*pair, 4, padding=2)) for pair in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(count) for count in widths[1:])
        self.logits = nn.Conv2d(widths[-1], 1, 4, padding=2)

    def forward(self, image: Float[Tensor, "b 3 h w"]) -> tuple[list[Tensor], Float[Tensor, "b 1 p q"]]:
        """Features of each block and the logits.

        Args:
            image: RGB [0, 1].
        """
        features = []
        for conv, norm in zip(self.convs, self.norms, strict=True):
            image = functional.avg_pool2d(functional.leaky_relu(norm(conv(image)), self.SLOPE), 2)
            features.append(image)
        return features, self.logits(image)
