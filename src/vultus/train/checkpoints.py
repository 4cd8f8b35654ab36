"""Checkpoints of a training run: tensors as safetensors, the rest as JSON, whole or not at all."""

import errno
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim import Optimizer

from vultus.errors import IncompatibleError, InputError

_TENSORS, _NUMBERS = "state.safetensors", "state.json"
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")
_NO_STATE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError)


@dataclass(frozen=True)
class Snapshot:
    """Everything that a run needs to go on exactly."""

    step: int
    """Steps done."""

    tensors: Mapping[str, Tensor]
    """Weights, averages, optimisers' moments, the state of the random generator, by dotted names."""

    numbers: Mapping[str, Any]
    """The plan, the method's configuration, and the optimisers' settings, as JSON."""


def save(folder: Path, snapshot: Snapshot, kept: int) -> Path:
    """Write a checkpoint and remove all but the newest `kept`; answers its folder."""
    target = folder / f"step-{snapshot.step:08d}"
    temporary = folder / f".step-{snapshot.step:08d}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in snapshot.tensors.items()}
    save_tensors(tensors, temporary / _TENSORS)
    numbers = {"step": snapshot.step, **snapshot.numbers}
    (temporary / _NUMBERS).write_text(json.dumps(numbers, indent=1))
    shutil.rmtree(target, ignore_errors=True)
    temporary.rename(target)
    for old in _all(folder)[:-kept]:
        shutil.rmtree(old)
    return target


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write safetensors; raises `OSError` as everything that writes does."""
    try:
        save_file(dict(tensors), path)
    except SafetensorError as error:
        # Its number is in the text alone.
        found = _SYSTEM_ERROR.search(str(error))
        number = int(found[1]) if found else errno.EIO
        raise OSError(number, os.strerror(number) if found else str(error), str(path)) from error


def latest(folder: Path) -> Snapshot | None:
    """The newest checkpoint, or None; one that cannot be read raises `InputError` naming it."""
    found = _all(folder)
    return load(found[-1]) if found else None


def load(path: Path) -> Snapshot:
    """Read one checkpoint; raises `InputError` naming it when it is damaged."""
    try:
        numbers = json.loads((path / _NUMBERS).read_text())
        return Snapshot(int(numbers.pop("step")), load_file(path / _TENSORS), numbers)
    except (OSError, *_NO_STATE) as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: Exception) -> InputError:
    """What is raised for a checkpoint that is damaged."""
    return InputError(
        f"checkpoint {path} cannot be read: {type(error).__name__} {str(error)[:200]}",
        remedy="remove it; training goes on from the one before",
        metadata={"checkpoint": path},
    )


def check_same(saved: Mapping[str, Any], now: Mapping[str, Any], what: str) -> None:
    """Raise `IncompatibleError` naming what differs between a checkpoint's settings and this run's."""
    now = json.loads(json.dumps(now))
    differing = sorted(key for key in {*saved, *now} if saved.get(key) != now.get(key))
    if differing:
        shown = ", ".join(f"{key} {saved.get(key)!r} against {now.get(key)!r}" for key in differing[:4])
        raise IncompatibleError(
            f"the checkpoint's {what} differs from this run's: {shown}",
            remedy="give the same options, or another folder for a new run",
            metadata={"differing": ", ".join(differing)},
        )


def optimiser_tensors(optimiser: Optimizer, name: str) -> dict[str, Tensor]:
    """The moments of an optimiser by dotted names."""
    state = optimiser.state_dict()["state"]
    return {
        f"{name}.{index}.{key}": torch.as_tensor(value)
        for index, entry in state.items()
        for key, value in entry.items()
    }


def restore_optimiser(optimiser: Optimizer, name: str, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimiser of the same weights its moments back."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(f"{name}."):
            index, entry = key.removeprefix(f"{name}.").split(".", 1)
            state.setdefault(int(index), {})[entry] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _all(folder: Path) -> list[Path]:
    return sorted(folder.glob("step-" + 8 * "[0-9]"))
