"""Anti-aliased shrinking by a whole factor: Gaussian blur, then every s-th pixel."""

from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor


def shrink(picture: Float[Tensor, "b c h w"], factor: int) -> Float[Tensor, "b c h2 w2"]:
    """Blur with σ = (s - 1) / 2 and keep every s-th pixel, beginning with the first; 0 outside.

    The kernel has 2 round(4 σ) + 1 taps, as in FOMM [siarohin2019fomm] and in GDPW's guidance. It is a
    product of two one-dimensional ones, so the whole step is two matrix products instead of a dense
    two-dimensional convolution.
    """
    if factor == 1:
        return picture
    height, width = picture.shape[-2:]
    down = _rows(height, factor).to(picture)
    across = _rows(width, factor).to(picture)
    return down @ picture @ across.mT


def gaussian_taps(factor: int) -> Float[Tensor, " k"]:
    """The kernel of `shrink`, sum 1."""
    sigma = (factor - 1) / 2
    reach = round(4 * sigma)
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float64) / sigma) ** 2)
    return taps / taps.sum()


@lru_cache(maxsize=64)
def _rows(count: int, factor: int) -> Float[Tensor, "m n"]:
    """Matrix that takes `count` pixels to every factor-th blurred one."""
    taps = gaussian_taps(factor)
    reach = len(taps) // 2
    kept = torch.arange(0, count, factor)
    offset = torch.arange(count) - kept[:, None]  # (m, n)
    inside = offset.abs() <= reach
    return torch.where(inside, taps[(offset + reach).clamp(0, 2 * reach)], 0.0)
