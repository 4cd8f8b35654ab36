"""`vultus train`: teach a method on a data set, or on the synthetic world."""

import math
import os
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vultus.errors import InputError
from vultus_cli.data.synthesising import SynthesisProgress
from vultus_cli.inputs import SET, make_folder
from vultus_cli.output import LINE_EVERY_S, answer, say
from vultus_cli.settings import TRACK_HELP, CliSettings

if TYPE_CHECKING:
    from vultus.data.sets.stored import StoredSet
    from vultus.train.course import Preset

MANY_PEOPLE = 16
"""From how many on their world is worth the start of more processes."""


@click.command("train")
@click.argument("method")
@click.option("--preset", "preset_name", default="smoke", show_default=True, help="Sizes and losses.")
@click.option("--data", "data_path", type=SET, help="Data set; the synthetic world when absent.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a value, as plan.steps=500."
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
@click.option("--out", "out_path", type=SET, help="Folder of the run.  [default: runs/METHOD-PRESET]")
@click.option("--track/--no-track", "track", default=None, help=TRACK_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    method: str,
    preset_name: str,
    data_path: Path | None,
    changes: tuple[str, ...],
    resume: bool,
    out_path: Path | None,
    track: bool | None,
    as_json: bool,
) -> None:
    """Teach METHOD on a data set and write the model.

    A run that was interrupted, or killed, goes on with --resume exactly as if nothing had happened.
    """
    from vultus.data.media.locking import alone_in  # noqa: PLC0415 - torch is heavy
    from vultus.train.course import preset_of  # noqa: PLC0415
    from vultus.train.overriding import overridden  # noqa: PLC0415
    from vultus.train.running import RunFolders, train_method  # noqa: PLC0415
    from vultus_kit.tracking.training import TrainingFacts, tracking_training  # noqa: PLC0415

    preset = overridden(preset_of(method, preset_name), _changes(changes))
    preset.plan.check()
    folder = out_path or Path("runs") / f"{method}-{preset_name}"
    settings = CliSettings()
    cache = settings.training_folder.expanduser()
    folders = RunFolders(folder, cache / "banks", settings.assets_folder.expanduser())
    _check_folder(folder, folders.checkpoints, resume)
    stored = _data(data_path, preset, cache)
    facts = TrainingFacts(method, _resolved(preset_name, preset), stored.digest, stored.card.to_json())
    with (
        alone_in(folder),
        tracking_training(track, folder, facts, say) as tracked,
        _Telling(preset.plan.steps) as told,
        _blaming(folder, changes, told),
    ):
        again = _command(method, preset_name, changes, preset, stored)
        model = train_method(method, preset, stored, folders, told, _decoding, again, [tracked])
        tracked.finished(model)
    answer(
        {
            "method": method,
            "preset": preset_name,
            "model": str(model),
            "steps": preset.plan.steps,
            "data": stored.digest,
            "run_id": tracked.run.run_id or None,
            "losses": {name: _finite(value) for name, value in told.losses.items()},
        },
        as_json=as_json,
    )


def _resolved(preset_name: str, preset: "Preset") -> dict[str, object]:
    """Every value of the run, with the changes."""
    return {"preset": preset_name, **preset.to_json(), "plan": preset.plan.to_json()}


def _command(
    method: str, preset_name: str, changes: tuple[str, ...], preset: "Preset", stored: "StoredSet"
) -> str:
    """What makes the model again; data are named where the preset does not describe them."""
    words = ["vultus", "train", method, "--preset", preset_name]
    for change in changes:
        words += ["--set", change]
    if stored.card.recipe_digest != replace(preset.data, side_px=preset.side_px).digest:
        words += ["--data", stored.card.name]
    return shlex.join(words)


def _finite(value: float) -> float | None:
    """None for a loss that JSON has no number for: the guard left its update out."""
    return value if math.isfinite(value) else None


@contextmanager
def _blaming(folder: Path, changes: tuple[str, ...], told: "_Telling") -> Iterator[None]:
    """Say it where the disk takes no more, and where no first step can be made with what was changed."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"cannot go on with the run in {str(folder)!r}: {error.strerror or error}",
            remedy="free space and go on with --resume, or give another --out",
            metadata={"folder": folder},
        ) from error
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        if not changes or told.begun:
            raise
        raise InputError(
            f"no step can be made with {' '.join(changes)[:200]}: {str(error)[:200]}",
            remedy="leave out the --set that does not fit",
        ) from error


def _changes(words: tuple[str, ...]) -> dict[str, str]:
    """Values by name."""
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not equals:
            raise InputError(f"--set {name} has no value", remedy="write --set NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _check_folder(folder: Path, checkpoints: Path, resume: bool) -> None:
    """A run is neither mixed with another by accident nor begun where it should go on."""
    there = any(checkpoints.glob("step-*")) if checkpoints.is_dir() else False
    if there and not resume:
        raise InputError(
            f"{folder} holds a run already",
            remedy="go on with --resume, or give another --out",
            metadata={"folder": folder},
        )
    if resume and not folder.is_dir():
        raise InputError(
            f"there is no run in {folder}",
            remedy="leave out --resume to begin one",
            metadata={"folder": folder},
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}", remedy="give another --out") from error


def _data(path: Path | None, preset: "Preset", cache: Path) -> "StoredSet":
    """The data set that was named, or the world that the preset describes."""
    from vultus.data.sets.stored import open_set  # noqa: PLC0415
    from vultus.world.sets import set_folder, synthesise_set  # noqa: PLC0415

    if path is not None:
        return open_set(path)
    plan = replace(preset.data, side_px=preset.side_px)
    root = set_folder(cache / "worlds", plan)
    make_folder(root.parent)
    say(f"making the world to learn from: {plan.frame_count} frames in {root}")
    workers = os.cpu_count() or 1 if plan.people >= MANY_PEOPLE else 0
    with SynthesisProgress() as progress:
        return synthesise_set(root, plan, workers, progress)


def _decoding(done: int, total: int) -> None:
    if done == total:
        say(f"decoded {total} clips")


class _Telling:
    """A line every few seconds: step, time left, losses."""

    def __init__(self, steps: int) -> None:
        self.losses: dict[str, float] = {}
        self._steps = steps
        self._first: tuple[int, float] | None = None
        self._last = 0
        self._said = time.monotonic()

    @property
    def begun(self) -> bool:
        """Whether a step was made."""
        return self._first is not None

    def __enter__(self) -> "_Telling":
        return self

    def __exit__(self, *error: object) -> None:
        if self._first is not None:
            say(self._line())

    def __call__(self, step: int, losses: Mapping[str, float]) -> None:
        now = time.monotonic()
        self.losses |= losses
        self._last = step
        if self._first is None:
            self._first = step, now
        if now - self._said >= LINE_EVERY_S:
            self._said = now
            say(self._line())

    def _line(self) -> str:
        told = ", ".join(f"{name} {value:.3g}" for name, value in self.losses.items())
        step = self._last
        first, start = self._first or (step, 0.0)
        rate = (step - first) / max(time.monotonic() - start, 1e-9)
        left = f", {(self._steps - step) / rate:.0f} s left" if rate else ""
        return f"training: step {step} of {self._steps}{left}; {told}"
