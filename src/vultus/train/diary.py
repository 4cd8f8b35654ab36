"""What a run writes down as it goes: losses, samples, and how people look that it does not learn from."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from vultus.data.media import write_picture
from vultus.data.media.atomic import replacing
from vultus.data.media.tensors import to_pictures

LOG = "losses.jsonl"
VALIDATION = "validation.jsonl"
_SHOWN = 4
"""Rows of a sample picture."""


@runtime_checkable
class Follower(Protocol):
    """Who follows a run from outside, for instance a tracker; it may not raise."""

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """A step is done; losses by "phase/name"."""
        ...

    def on_picture(self, step: int, path: Path) -> None:
        """A picture of samples was written."""
        ...

    def on_validation(self, step: int, values: Mapping[str, float]) -> None:
        """People that are not learned from were looked at."""
        ...


class Diary:
    """Writes losses as lines of JSON and samples as pictures, and passes on how far it is.

    Args:
        folder: Of the run.
        told: Called with the steps done and the losses of the last one.
        done: Steps that count; what was written of later ones, before the run was killed, is dropped.
        followers: Told the same.
        validate: Measures the averaged network whenever samples are shown; None for nothing.
    """

    def __init__(
        self,
        folder: Path,
        told: Callable[[int, Mapping[str, float]], None],
        done: int,
        followers: Sequence[Follower] = (),
        validate: Callable[[], Mapping[str, float]] | None = None,
    ) -> None:
        self._log, self._told, self._followers = folder / LOG, told, followers
        self._validation, self._validate = folder / VALIDATION, validate
        self._samples = folder / "samples"
        self._samples.mkdir(parents=True, exist_ok=True)
        _shorten(self._log, done)
        _shorten(self._validation, done)

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """Add a line to `losses.jsonl`; a loss that is no number, whose update was left out, is null."""
        told = {name: value if math.isfinite(value) else None for name, value in losses.items()}
        with self._log.open("a") as log:
            log.write(json.dumps({"step": step, "rate": rate, **told}, allow_nan=False) + "\n")
        self._told(step, losses)
        for follower in self._followers:
            follower.on_step(step, losses, rate)

    def on_sample(self, step: int, pictures: Tensor) -> None:
        """Write one picture, a sample in each row."""
        path = self._samples / f"step-{step:08d}.png"
        write_picture(path, np.concatenate(list(to_pictures(pictures[:_SHOWN]))))
        for follower in self._followers:
            follower.on_picture(step, path)
        if self._validate is not None:
            values = self._validate()
            with self._validation.open("a") as log:
                log.write(json.dumps({"step": step, **values}) + "\n")
            for follower in self._followers:
                follower.on_validation(step, values)

    def on_checkpoint(self, step: int, path: Path) -> None:
        """Nothing to write down: the checkpoint says it all."""


def _shorten(log: Path, done: int) -> None:
    """Drop the lines of a log from behind a step on; a crash may have left no text there."""
    if log.exists():
        lines: list[bytes] = log.read_bytes().splitlines(keepends=True)
        with replacing(log) as temporary:
            kept = takewhile(lambda line: _step_of(line) <= done, lines)
            temporary.write_bytes(b"".join(kept))


def _step_of(line: bytes) -> float:
    """The step that a line of a log is about; behind all others where it is no such line."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, LookupError, TypeError):
        return math.inf
