"""Convolutions that begin as constants, so that a network starts where it is right already."""

import torch
from torch import nn


def start_at(conv: nn.Conv2d, value: float, channels: slice = slice(None)) -> None:
    """Let channels of a fresh convolution answer one value until they have learned better.

    Args:
        conv: With a bias.
        value: What they answer.
        channels: Which; all by default.

    Example:
        >>> conv = nn.Conv2d(1, 2, 1)
        >>> start_at(conv, 3.0)
        >>> conv(torch.ones(1, 1, 1, 1)).flatten().tolist()
        [3.0, 3.0]
    """
    assert conv.bias is not None  # noqa: S101
    with torch.no_grad():
        conv.weight[channels] = 0.0
        conv.bias[channels] = value
