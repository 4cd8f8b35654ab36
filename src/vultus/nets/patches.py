"""Pictures and features of different sizes, where squares of pixels share a feature."""

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def means(picture: Float[Tensor, "b c h w"], factor: int) -> Float[Tensor, "b c h2 w2"]:
    """Mean of each square of `factor` by `factor` pixels."""
    return picture if factor == 1 or not picture.shape[1] else functional.avg_pool2d(picture, factor)


def grown(picture: Float[Tensor, "b c h w"], factor: int) -> Float[Tensor, "b c h2 w2"]:
    """A picture `factor` times as large, bilinear."""
    if factor == 1:
        return picture
    return functional.interpolate(picture, scale_factor=factor, mode="bilinear", align_corners=False)
