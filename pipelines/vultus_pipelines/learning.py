"""What the training step does: one process, or several that torchrun starts, in a folder that outlives it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vultus.data.media.locking import alone_in
from vultus.data.sets.stored import open_set
from vultus.errors import InputError, VultusError
from vultus.methods.trained import open_trained
from vultus.train.course import Preset, preset_of
from vultus.train.overriding import overridden
from vultus.train.running import RunFolders, train_method
from vultus_kit.tracking.training import MARK, TrainingFacts, tracking_training
from vultus_pipelines.diary import end_with_starter
from vultus_pipelines.work import Work

OTHER_RANKS = "ranks"
"""Folder of what processes beside the first one leave."""
_SAY_EVERY_S = 10.0
_MOST_POINTS = 500


@dataclass(frozen=True)
class Learned:
    """A model, and how it came about."""

    model: Path
    """Model folder."""

    run: Path
    """Folder of its run: checkpoints, losses, samples."""

    losses: Mapping[str, float]
    """Finite losses of the last step."""

    facts: dict[str, Any]
    """Method, preset's size, steps, digests of model and data, as JSON values."""

    def write_course(self, target: str | Path) -> None:
        """Leave a folder with losses over the steps and the last sample picture."""
        folder = Path(target)
        folder.mkdir(parents=True, exist_ok=True)
        lines = (self.run / "losses.jsonl").read_text(encoding="utf-8").splitlines()
        every = max(1, len(lines) // _MOST_POINTS)
        (folder / "losses.jsonl").write_text("\n".join(lines[::every]) + "\n", encoding="utf-8")
        for sample in sorted((self.run / "samples").glob("*.png"))[-1:]:
            (folder / "sample.png").write_bytes(sample.read_bytes())


def chosen_preset(method: str, preset: str, changes: str = "") -> Preset:
    """A method's preset with some values changed.

    Args:
        method: A name of `vultus.train.course.COURSES`.
        preset: Name of one of its presets.
        changes: For instance "plan.steps=500 data.people=30".

    Raises:
        InputError: Something of it is unknown, or cannot be.
    """
    pairs = [word.partition("=") for word in changes.split()]
    for name, equals, _ in pairs:
        if not equals:
            raise InputError(
                f"the change {name!r} has no value", remedy="write NAME=VALUE, as plan.steps=500"
            )
    chosen = overridden(preset_of(method, preset), {name: value for name, _, value in pairs})
    chosen.plan.check()
    return chosen


def choose_lessons(method: str, preset: str, seeds: Sequence[str]) -> list[str]:
    """Changes of a preset, one for each seed.

    Args:
        method: Which method.
        preset: Its preset.
        seeds: Whole numbers from 0 on, as text.

    Raises:
        InputError: There is none, one is named twice, or something is unknown or cannot be.
    """
    if not seeds or len(set(seeds)) < len(seeds):
        raise InputError(
            f"{', '.join(seeds) or 'nothing'} cannot be the seeds",
            remedy="name each once, as --param seeds=0,1",
            metadata={"seeds": list(seeds)},
        )
    changes = [f"plan.seed={seed}" for seed in seeds]
    for change in changes:
        chosen_preset(method, preset, change)
    return changes


def learn(
    method: str, preset: str, data: str | Path, changes: str = "", processes: int = 1, code: str = ""
) -> Learned:
    """Train, or go on where a killed step left off.

    Args:
        method: Which method.
        preset: Its preset.
        data: Folder of the data set.
        changes: Values of the preset to change; see `chosen_preset`.
        processes: 1 for this one; more are started by torchrun.
        code: Version of the code; another one trains anew.

    Raises:
        VultusError: What training raises, in whichever process.
    """
    lesson = Lesson(method, preset, changes, str(data), processes)
    chosen = lesson.chosen()
    stored = open_set(Path(data))
    parts = (method, chosen.to_json(), chosen.plan.to_json(), stored.digest, code)
    run = Work.open().made_from("training", *parts)
    run.mkdir(parents=True, exist_ok=True)
    with alone_in(run, wait=True):
        if processes == 1:
            lesson.give(run)
        else:
            _spread(lesson, run)
    model = open_trained(run / "model")
    facts = {
        "method": method,
        "preset": preset,
        "changes": changes,
        "digest": model.digest,
        "data": stored.digest,
        "side_px": chosen.side_px,
        "steps": chosen.plan.steps,
        "seed": chosen.plan.seed,
        "processes": processes,
        "run_id": _run_id(run),
    }
    return Learned(run / "model", run, _last_losses(run), facts)


@dataclass(frozen=True)
class Lesson:
    """What is learned, by names that every process can look up."""

    method: str
    """Which method."""

    preset: str
    """Its preset."""

    changes: str
    """Values of the preset to change."""

    data: str
    """Folder of the data set."""

    processes: int
    """How many learn together, one on each device."""

    def chosen(self) -> Preset:
        """The preset with its changes, for so many devices."""
        preset = chosen_preset(self.method, self.preset, self.changes)
        return replace(preset, plan=replace(preset.plan, devices=self.processes))

    def give(self, run: Path, rank: int = 0) -> None:
        """Learn in this process; of several, only the first one writes down how it goes.

        Args:
            run: Folder of the run.
            rank: Number of this process.
        """
        preset = self.chosen()
        own = run if rank == 0 else run / OTHER_RANKS / str(rank)
        own.mkdir(parents=True, exist_ok=True)
        folders = _SharedCheckpoints(own, Work.open().banks, of=run)
        stored = open_set(Path(self.data))
        params = {"preset": self.preset, **preset.to_json(), "plan": preset.plan.to_json()}
        facts = TrainingFacts(self.method, params, stored.digest, stored.card.to_json())
        told = _Telling(preset.plan.steps) if rank == 0 else _quietly
        with tracking_training(rank == 0, own, facts, _warn) as tracked:
            followers = [tracked] if rank == 0 else []
            model = train_method(
                self.method, preset, stored, folders, told, command=self.command, followers=followers
            )
            tracked.finished(model)

    @property
    def command(self) -> str:
        """What makes the model again where the same data set is."""
        sets = "".join(f" --set {change}" for change in self.changes.split())
        return f"vultus train {self.method} --preset {self.preset} --data DATA{sets}"


@dataclass(frozen=True)
class _SharedCheckpoints(RunFolders):
    """Every process goes on from the first one's checkpoints."""

    of: Path = Path()
    """Folder of the run."""

    @property
    def checkpoints(self) -> Path:
        """One folder for each checkpoint."""
        return self.of / "checkpoints"


def _spread(lesson: Lesson, run: Path) -> None:
    """Learn in several processes on this machine."""
    launcher = ("-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={lesson.processes}")
    words = [sys.executable, *launcher, "-m", __name__, json.dumps(asdict(lesson)), str(run)]
    ended = subprocess.run(words, check=False)  # noqa: S603 -- our own module
    shutil.rmtree(run / OTHER_RANKS, ignore_errors=True)
    if ended.returncode:
        raise VultusError(
            f"training in {lesson.processes} processes ended with code {ended.returncode}",
            remedy="its log says why; run the pipeline again to go on from the last checkpoint",
            metadata={"run": run, "processes": lesson.processes},
        )


def _last_losses(run: Path) -> dict[str, float]:
    """Finite losses of the last step by name."""
    last = json.loads((run / "losses.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return {name: value for name, value in last.items() if "/" in name and value is not None}


class _Telling:
    """A line in the log every few seconds.

    Args:
        steps: In all.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._said = 0.0

    def __call__(self, step: int, losses: Mapping[str, float]) -> None:
        now = time.monotonic()
        if step == self._steps or now - self._said >= _SAY_EVERY_S or not self._said:
            self._said = now
            told = ", ".join(f"{name} {value:.3g}" for name, value in losses.items())
            print(f"training: step {step} of {self._steps}; {told}", flush=True)  # noqa: T201 -- a step's log


def _quietly(step: int, losses: Mapping[str, float]) -> None:
    """Of several processes, only the first one talks."""


def _warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 -- a step's log


def _run_id(run: Path) -> str:
    """The run at MLflow that a run folder was tracked at."""
    return str(json.loads((run / MARK).read_text(encoding="utf-8"))["run_id"])


def main(words: Sequence[str] | None = None) -> None:
    """Learn as one of several processes: a lesson as JSON, and the folder of the run.

    torchrun says in RANK which of them this is.
    """
    end_with_starter()
    lesson, run = sys.argv[1:] if words is None else words
    Lesson(**json.loads(lesson)).give(Path(run), int(os.environ.get("RANK", "0")))


if __name__ == "__main__":
    main()
