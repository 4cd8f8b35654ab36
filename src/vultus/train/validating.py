"""How far training has come, on people that it does not learn from."""

import math

import torch
from torch import nn

from vultus.train.trainee import Batch, Batches, Trainee

ROUNDS, SIZE = 6, 4
"""Batches that are looked at, and their pairs."""


class Validation:
    """Measures a network on always the same pairs.

    Args:
        trainee: Knows what to do with a batch.
        network: The averaged network.
        batches: Of the split "val".
    """

    def __init__(self, trainee: Trainee, network: nn.Module, batches: Batches) -> None:
        self._trainee, self._network = trainee, network
        self._batches: list[Batch] = [batches.batch(step, SIZE) for step in range(ROUNDS)]

    @torch.no_grad()
    def measure(self) -> dict[str, float]:
        """Against the driving frames: l1 and face_l1, grey levels of 255, and pooled psnr, dB."""
        device = next(self._network.parameters()).device
        absolute, squared, on_faces = [], [], []
        for batch in self._batches:
            moved = {name: value.to(device) for name, value in batch.items()}
            made = self._trainee.picture(self._network, moved).float()
            difference = 255 * (made - moved["driving"])
            face = (moved["driving_face_index"][:, -1] >= 0)[:, None].expand_as(difference)
            absolute.append(float(difference.abs().mean()))
            squared.append(float(difference.square().mean()))
            on_faces.append(float(difference[face].abs().mean()))
        error = max(sum(squared) / len(squared), 1e-12)
        return {
            "l1": sum(absolute) / len(absolute),
            "face_l1": sum(on_faces) / len(on_faces),
            "psnr": 20 * math.log10(255) - 10 * math.log10(error),
        }
