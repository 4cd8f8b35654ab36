"""The training loop: phases, running average, guard, checkpoints, exact resumption."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from vultus.errors import InputError, VultusError
from vultus.train import checkpoints
from vultus.train.averaging import RunningAverage
from vultus.train.checkpoints import Snapshot
from vultus.train.plan import TrainPlan
from vultus.train.prefetching import prefetched
from vultus.train.trainee import Batch, Batches, Phase, Trainee


class TrainingDivergedError(VultusError):
    """Losses are no longer finite."""

    reason = "TRAINING_DIVERGED"


@runtime_checkable
class Listener(Protocol):
    """Who wants to know how training goes; a tracker or a progress bar."""

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """A step is done; losses by "phase/name"."""
        ...

    def on_sample(self, step: int, pictures: Tensor) -> None:
        """Sample pictures, (b, 3, h, w), RGB [0, 1]."""
        ...

    def on_checkpoint(self, step: int, path: Path) -> None:
        """A checkpoint was written."""
        ...


class Training:
    """One run of a method in a folder; it goes on where the folder's newest checkpoint ends.

    Args:
        trainee: The method.
        batches: Its data.
        plan: How to train.
        folder: Where checkpoints are kept.
        config: The method's own settings, as JSON; a checkpoint made with others is refused.

    Raises:
        InputError: The plan cannot be, the newest checkpoint is damaged, or more steps are done already.
        IncompatibleError: The folder holds a run of other settings.
    """

    def __init__(
        self, trainee: Trainee, batches: Batches, plan: TrainPlan, folder: Path, config: Mapping[str, Any]
    ) -> None:
        plan.check()
        self.plan, self.folder, self._batches, self._config = plan, folder, batches, config
        self._fabric = Fabric(
            accelerator=plan.accelerator,
            devices=plan.devices,
            precision=plan.precision,  # type: ignore[arg-type]
            strategy="auto" if plan.devices == 1 else "ddp_find_unused_parameters_true",
        )
        self._fabric.launch()
        torch.manual_seed(plan.seed + self._fabric.global_rank)
        if plan.channels_last:
            trainee = trainee.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimisers = [self._optimiser(trainee.parameters_of(phase)) for phase in trainee.phases]
        self.trainee = trainee
        self._module, *self._optimisers = self._fabric.setup(trainee, *optimisers)
        self.average = RunningAverage(trainee.get_submodule(trainee.averaged), plan.average_decay)
        self.step = 0
        self._bad_updates = dict.fromkeys((phase.name for phase in trainee.phases), 0)
        if saved := checkpoints.latest(folder):
            try:
                self._restore(saved)
            except (LookupError, TypeError, AttributeError, RuntimeError, ValueError) as error:
                raise checkpoints.unusable(folder / f"step-{saved.step:08d}", error) from error

    def run(self, listener: Listener, until: int | None = None) -> None:
        """Train to the end of the plan, or for a shorter while; interrupted, it leaves a checkpoint.

        Args:
            listener: Told of every step, sample and checkpoint.
            until: Step to stop before; the plan's last one when absent.

        Raises:
            TrainingDivergedError: No finite loss in `plan.patience` updates.
        """
        last = min(until or self.plan.steps, self.plan.steps)
        size, rank = self.plan.batch_size, self._fabric.global_rank
        self._module.train()
        try:
            for batch in prefetched(self._batches, self.step, last, size, rank):
                losses = self._step(self._fabric.to_device(batch))
                self.step += 1
                listener.on_step(self.step, losses, self.plan.learning_rate(self.step - 1))
                self._now_and_then(listener)
        except KeyboardInterrupt:
            self._save(listener)
            raise
        if self.step % self.plan.save_every:
            self._save(listener)

    def _optimiser(self, weights: list[nn.Parameter]) -> Optimizer:
        return Adam(weights, lr=self.plan.learning_rate(0), betas=self.plan.betas)

    def _step(self, batch: Batch) -> dict[str, float]:
        rate = self.plan.learning_rate(self.step)
        told: dict[str, float] = {}
        for phase, optimiser in zip(self.trainee.phases, self._optimisers, strict=True):
            if self.step % phase.every == 0:
                losses = self._update(phase, optimiser, batch, rate)
                told |= {f"{phase.name}/{name}": value for name, value in losses.items()}
        self.average.update(self.trainee.get_submodule(self.trainee.averaged), self.step)
        return told

    def _update(self, phase: Phase, optimiser: Optimizer, batch: Batch, rate: float) -> dict[str, float]:
        """One optimiser's step; left out when its loss is not finite."""
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad(set_to_none=True)
        losses = self._module(phase.name, batch)
        total = torch.stack(list(losses.values())).sum()
        values = {name: float(value.detach()) for name, value in losses.items()}
        if not math.isfinite(float(total.detach())):
            self._refuse(phase, values)
            return values
        self._fabric.backward(total)
        norm = torch.nn.utils.clip_grad_norm_(self.trainee.parameters_of(phase), self.plan.clip_norm)
        if torch.isfinite(norm):
            optimiser.step()
            self._bad_updates[phase.name] = 0
        else:
            self._refuse(phase, values)
        return values

    def _refuse(self, phase: Phase, values: Mapping[str, float]) -> None:
        self._bad_updates[phase.name] += 1
        if self._bad_updates[phase.name] < self.plan.patience:
            return
        named = ", ".join(f"{name} {value:g}" for name, value in values.items())
        raise TrainingDivergedError(
            f"{self.plan.patience} updates in a row were not finite, at step {self.step} in {phase.name}:"
            f" {named}",
            remedy=f"go on from {self.folder} with a lower learning rate",
            metadata={"step": self.step, "phase": phase.name},
        )

    def _now_and_then(self, listener: Listener) -> None:
        if self.step % self.plan.save_every == 0:
            self._save(listener)
        if self.plan.sample_every and self.step % self.plan.sample_every == 0:
            with torch.no_grad():
                shown = self._fabric.to_device(self._batches.batch(0, self.plan.batch_size))
                listener.on_sample(self.step, self.trainee.sample(self.average.network, shown).cpu())

    def _save(self, listener: Listener) -> None:
        if not self._fabric.is_global_zero:
            return
        numbers = {"plan": self.plan.to_json(), "config": dict(self._config)}
        path = checkpoints.save(
            self.folder, Snapshot(self.step, self._tensors(), numbers), self.plan.kept_checkpoints
        )
        listener.on_checkpoint(self.step, path)

    def _tensors(self) -> dict[str, Tensor]:
        tensors = {f"trainee.{name}": value for name, value in self.trainee.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.network.state_dict().items()}
        for phase, optimiser in zip(self.trainee.phases, self._optimisers, strict=True):
            tensors |= checkpoints.optimiser_tensors(optimiser, f"optimiser.{phase.name}")
        tensors["random.cpu"] = torch.get_rng_state()
        return {name: value.clone() for name, value in tensors.items()}

    def _restore(self, saved: Snapshot) -> None:
        plan = self.plan.to_json()
        may_change = ("steps", "save_every", "kept_checkpoints", "sample_every", "patience", "accelerator")
        before = {key: value for key, value in saved.numbers["plan"].items() if key not in may_change}
        checkpoints.check_same(
            before, {key: value for key, value in plan.items() if key not in may_change}, "plan"
        )
        checkpoints.check_same(saved.numbers["config"], self._config, "configuration")
        if saved.step > self.plan.steps:
            raise InputError(
                f"{saved.step} steps are done already, {self.plan.steps} were asked for",
                remedy=f"ask for {saved.step} or more, or begin another run in another folder",
                metadata={"done": saved.step, "steps": self.plan.steps, "folder": self.folder},
            )
        self.trainee.load_state_dict(_under("trainee.", saved.tensors))
        self.average.network.load_state_dict(_under("average.", saved.tensors))
        for phase, optimiser in zip(self.trainee.phases, self._optimisers, strict=True):
            checkpoints.restore_optimiser(optimiser, f"optimiser.{phase.name}", saved.tensors)
        torch.set_rng_state(saved.tensors["random.cpu"])
        self.step = saved.step


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
