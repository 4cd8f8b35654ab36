"""What is decided before a training run begins."""

import os
from dataclasses import asdict, dataclass
from typing import Any

import torch

from vultus.errors import InputError


@dataclass(frozen=True, kw_only=True)
class TrainPlan:
    """How long, how fast and how carefully a method is trained."""

    steps: int
    """Steps in all."""

    batch_size: int
    """Samples a step, on each device."""

    learning_rates: tuple[tuple[int, float], ...] = ((0, 2e-4),)
    """(first step, rate), rising steps; GDPW's paper has 2e-4, 2e-5 from 80,000, 2e-6 from 160,000."""

    betas: tuple[float, float] = (0.5, 0.999)
    """Adam's."""

    average_decay: float = 0.999
    """Share of the running average of the weights that a step keeps."""

    clip_norm: float = 10.0
    """Largest norm of an update's gradient; longer ones are shortened."""

    seed: int = 0
    """Decides first weights, data and noise."""

    precision: str = "32-true"
    """As Lightning Fabric names it, for instance "bf16-mixed"."""

    channels_last: bool = False
    """Whether all channels of a pixel lie together in memory; faster with "bf16-mixed" on CPUs."""

    devices: int = 1
    """Devices on this machine."""

    accelerator: str = "auto"
    """As Lightning Fabric names it."""

    save_every: int = 500
    """Steps between checkpoints."""

    kept_checkpoints: int = 2
    """Newest checkpoints that stay on disk."""

    sample_every: int = 500
    """Steps between sample pictures; 0 for none."""

    patience: int = 10
    """Updates in a row without a finite loss after which training stops."""

    def learning_rate(self, step: int) -> float:
        """Rate at a step.

        Example:
            >>> plan = TrainPlan(steps=9, batch_size=1, learning_rates=((0, 1.0), (5, 0.1)))
            >>> plan.learning_rate(4), plan.learning_rate(5)
            (1.0, 0.1)
        """
        return [rate for first, rate in self.learning_rates if first <= step][-1]

    def check(self) -> None:
        """Raise `InputError` naming a value that cannot be."""
        for name in ("steps", "batch_size", "save_every", "kept_checkpoints", "patience", "devices"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", remedy=f"give a {name} of at least 1")
        if self.devices > (most := max(os.cpu_count() or 1, torch.cuda.device_count())):
            raise InputError(f"devices is {self.devices}", remedy=f"this machine has {most}")
        if not 0 <= self.average_decay < 1:
            raise InputError(f"average_decay is {self.average_decay}", remedy="give one in [0, 1)")
        if not 0 <= self.seed < 1 << 63:
            raise InputError(f"seed is {self.seed}", remedy="give one from 0 to 2^63 - 1")
        if self.sample_every < 0:
            raise InputError(f"sample_every is {self.sample_every}", remedy="give 0 for none, or more")
        if not self.clip_norm > 0:
            raise InputError(f"clip_norm is {self.clip_norm}", remedy="give one above 0")
        self._check_optimiser()

    def _check_optimiser(self) -> None:
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise InputError(f"betas are {self.betas}", remedy="give two in [0, 1)")
        if not all(len(pair) == 2 and pair[1] > 0 for pair in self.learning_rates):
            raise InputError(
                f"learning rates are {self.learning_rates}", remedy="give pairs of a step and a rate above 0"
            )
        firsts = [first for first, _ in self.learning_rates]
        if firsts[:1] != [0] or firsts != sorted(set(firsts)):
            raise InputError(f"learning rates begin at the steps {firsts}", remedy="begin at step 0 and rise")

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)
