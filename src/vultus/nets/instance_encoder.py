"""HeadGAN's encoder: a wide convolution, then halvings [doukas2021headgan, suppl. Table 1]."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.spectral import spectral


class InstanceEncoder(nn.Module):
    """Picture to features at full, half and quarter size; channels grow fourfold at each step."""

    FIRST_KERNEL = 7

    def __init__(self, channels_in: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        first = nn.Conv2d(channels_in, widths[0], self.FIRST_KERNEL, bias=False)
        pairs = pairwise(widths)
        halving = (nn.Conv2d(*pair, 3, stride=2, padding=1, bias=False) for pair in pairs)
        self.convs = nn.ModuleList(spectral(conv) for conv in (first, *halving))
        self.norms = nn.ModuleList(nn.InstanceNorm2d(width, affine=True) for width in widths)

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Features, full size first."""
        x = functional.pad(x, (self.FIRST_KERNEL // 2,) * 4, mode="reflect")
        features = []
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = functional.relu(norm(conv(x)))
            features.append(x)
        return features
