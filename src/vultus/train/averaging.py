"""The running average of a network's weights [karras2018progressive, §A.1]."""

import copy

import torch
from torch import nn


class RunningAverage:
    """θ̄ ← d θ̄ + (1 - d) θ after each step; buffers are copied.

    Early on the decay is smaller, (1 + n) / (10 + n), so that the first weights are soon forgotten.

    Args:
        network: What is averaged; stays untouched.
        decay: d, [0, 1).
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self._decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after `step` steps."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for mean, weight in zip(self.network.parameters(), network.parameters(), strict=True):
            mean.lerp_(weight, 1 - decay)
        for kept, buffer in zip(self.network.buffers(), network.buffers(), strict=True):
            kept.copy_(buffer)
