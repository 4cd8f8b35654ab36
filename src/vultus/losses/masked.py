"""Pixel losses on part of the picture."""

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

FACE_FROM = 0.01
"""Sum of a 3D face image's channels above which a pixel shows the face."""


def masked_l1(
    generated: Float[Tensor, "b c h w"], real: Float[Tensor, "b c h w"], nmfc: Float[Tensor, "b 3 h w"]
) -> Tensor:
    """Mean absolute difference where the 3D face image shows a face, spread over all pixels.

    As in HeadGAN's released code: pixels outside count as equal, so a small face weighs little.
    """
    mask = face_mask(nmfc).to(generated)
    return functional.l1_loss(generated * mask, real * mask)


def face_mask(nmfc: Float[Tensor, "b 3 h w"]) -> Bool[Tensor, "b 1 h w"]:
    """Where a 3D face image, black elsewhere, shows a face."""
    return nmfc.sum(1, keepdim=True) > FACE_FROM
