"""From the affine camera's picture to the lens's."""

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.world.rendering.stage import Lens

HEAD_MM = 240.0
"""A head size."""

_NEAREST = 0.4
"""Points come no nearer to the camera than this share of its distance."""


def bend(
    points_image: Float[Tensor, "t v 3"],
    centre_px: Float[Tensor, "t 2"],
    head_px: Float[Tensor, " t"],
    lens: Lens,
) -> Float[Tensor, "t v 3"]:
    """Move points of a scaled orthographic picture to where a pinhole camera sees them.

    The camera looks straight at the head's origin from d = `lens.distance_heads` head sizes:
    x' = c + (x - c) d / (d + z). Depths stay.

    Args:
        points_image: Image frame, px, depth 0 at the head's origin.
        centre_px: c, where the head's origin is seen.
        head_px: A head size in the picture.
        lens: An affine one changes nothing.

    Example:
        >>> near = torch.tensor([[[60.0, 50.0, -20.0]]])
        >>> bend(near, torch.tensor([[50.0, 50.0]]), torch.tensor([20.0]), Lens(2.0))
        tensor([[[ 70.,  50., -20.]]])
    """
    if lens.distance_heads is None:
        return points_image
    distance = (lens.distance_heads * head_px)[:, None, None]
    ahead = (distance + points_image[..., 2:]).clamp_min(_NEAREST * distance)
    centre = centre_px[:, None]
    seen = centre + (points_image[..., :2] - centre) * (distance / ahead)
    return torch.cat([seen, points_image[..., 2:]], dim=-1)
