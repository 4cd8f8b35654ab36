"""The one door between pictures as files have them and pictures as networks want them."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor


def to_tensor(rgb: UInt8[np.ndarray, "h w 3"]) -> Float[Tensor, "3 h w"]:
    """A picture as float32 in [0, 1], channels first.

    Example:
        >>> to_tensor(np.full((1, 1, 3), 255, np.uint8)).flatten()
        tensor([1., 1., 1.])
    """
    return torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1))).float().div_(255)


def to_tensors(rgb: UInt8[np.ndarray, "t h w 3"]) -> Float[Tensor, "t 3 h w"]:
    """Pictures of one size as float32 in [0, 1], channels first."""
    return torch.from_numpy(np.ascontiguousarray(rgb.transpose(0, 3, 1, 2))).float().div_(255)


def to_picture(picture: Float[Tensor, "3 h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """A float picture as bytes: clipped to [0, 1] and rounded, so `to_tensor` is undone exactly."""
    return to_pictures(picture[None])[0]


def to_pictures(pictures: Float[Tensor, "t 3 h w"]) -> UInt8[np.ndarray, "t h w 3"]:
    """Float pictures as bytes: clipped to [0, 1] and rounded."""
    quantised = pictures.detach().clamp(0, 1).mul(255).round_().to(torch.uint8)
    return quantised.permute(0, 2, 3, 1).contiguous().cpu().numpy()
