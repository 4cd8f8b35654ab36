"""What a method gives to the training loop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor, nn

Batch = Mapping[str, Tensor]
Losses = dict[str, Tensor]


@dataclass(frozen=True)
class Phase:
    """One optimiser's part of a step."""

    name: str
    """For instance "generator"."""

    networks: tuple[str, ...]
    """Submodules of the trainee whose weights it updates."""

    every: int = 1
    """Steps between two of its updates."""


class Trainee(nn.Module):
    """A method in training: its networks as submodules, and the losses of each phase of a step.

    The whole trainee is one module with one `forward`, so that several devices can share the work.
    """

    phases: tuple[Phase, ...]
    """In the order of a step."""

    averaged: str
    """Submodule whose running average is what is kept in the end."""

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Weighted losses of a phase by name; their sum is what the phase's networks minimise."""
        raise NotImplementedError

    def sample(self, network: nn.Module, batch: Batch) -> Tensor:
        """Pictures that show how far training has come, (b, 3, h, w), RGB [0, 1].

        Args:
            network: The averaged network, to be used instead of the trained one.
            batch: Always the same one.
        """
        raise NotImplementedError

    def picture(self, network: nn.Module, batch: Batch) -> Tensor:
        """What the averaged network makes of a batch: pictures, (b, 3, h, w), RGB [0, 1]."""
        raise NotImplementedError

    def parameters_of(self, phase: Phase) -> list[nn.Parameter]:
        """What a phase's optimiser updates."""
        return [weight for name in phase.networks for weight in self.get_submodule(name).parameters()]


@runtime_checkable
class Batches(Protocol):
    """Training data with random access: a step's batch depends on its number alone.

    So the position in the data is the step, and a resumed run sees what an undisturbed one would have seen.
    """

    def batch(self, step: int, size: int, rank: int = 0) -> Batch:
        """The batch of a step on one device."""
        ...
