"""Backward warping: each pixel of the result is taken from where its flow points."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Grid = Literal["centres", "corners"]


def warp_ndc(
    picture: Float[Tensor, "b c h w"], flow_ndc: Float[Tensor, "b 2 h w"], grid: Grid = "centres"
) -> Float[Tensor, "b c h w"]:
    """Sample `picture` bilinearly at each pixel's place plus its flow; 0 outside.

    Args:
        picture: What is warped.
        flow_ndc: (x, y), y down, where each side of the picture is 2 long.
        grid: Where pixels lie at rest. "centres" leaves the picture as it is where the flow is 0. "corners"
            puts the first and the last pixel on the border, as GDPW's released code does, and so shrinks
            the picture by a pixel even then.
    """
    height, width = picture.shape[-2:]
    rest = torch.stack(
        torch.meshgrid(_places(width, grid, picture), _places(height, grid, picture), indexing="xy"), -1
    )
    return functional.grid_sample(picture, rest + flow_ndc.movedim(1, -1), align_corners=False)


def warp_px(
    picture: Float[Tensor, "b c h w"], flow_px: Float[Tensor, "b 2 h w"], sharp: bool = False
) -> Float[Tensor, "b c h w"]:
    """Sample `picture` at each pixel's place plus its flow in pixels; the border goes on outside.

    Args:
        picture: What is warped.
        flow_px: (x, y), y down.
        sharp: Whether cubic curves lie through the pixels instead of straight lines: they keep the finest
            detail of what moves by parts of a pixel, and overshoot a little at edges.

    Example:
        >>> row = torch.tensor([[[[1.0, 2.0, 3.0]]]])
        >>> right = torch.tensor([1.0, 0.0])[None, :, None, None].expand(1, 2, 1, 3)
        >>> warp_px(row, right)
        tensor([[[[2., 3., 3.]]]])
    """
    height, width = picture.shape[-2:]
    ndc = flow_px * flow_px.new_tensor([2 / width, 2 / height])[:, None, None]
    across, down = _places(width, "centres", picture), _places(height, "centres", picture)
    rest = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)
    mode = "bicubic" if sharp else "bilinear"
    return functional.grid_sample(picture, rest + ndc.movedim(1, -1), mode, "border", align_corners=False)


def _places(count: int, grid: Grid, like: Tensor) -> Float[Tensor, " n"]:
    edge = 1.0 if grid == "corners" else 1 - 1 / count
    return torch.linspace(-edge, edge, count, device=like.device, dtype=like.dtype)
