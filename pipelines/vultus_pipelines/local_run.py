"""Graphs on this machine, for real: each step is a process, and finished ones are never repeated."""

import hashlib
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

from kfp import local

from vultus.errors import VultusError
from vultus_pipelines.catalogue import CODE, build, parameters_of
from vultus_pipelines.diary import Note, read_notes
from vultus_pipelines.runtime import HERE
from vultus_pipelines.work import Work

PACKAGES = ("vultus", "vultus_kit", "vultus_pipelines")
"""Whose code decides what steps answer."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_RUN, _WATCHED = "VULTUS_PIPELINES_RUN", "VULTUS_PIPELINES_WATCHED"


class StepFailedError(VultusError):
    """A step met an error; reason, remedy and exit code are those that the step gave.

    Args:
        note: What the step said.
    """

    def __init__(self, note: Note) -> None:
        super().__init__(f"{note.step}: {note.message}", remedy=note.remedy, metadata={"step": note.step})
        self.reason, self.exit_code = note.reason, note.exit_code


class StepEndedError(VultusError):
    """A step ended without a word: it was killed, or its process could not be started."""

    reason = "STEP_ENDED"


@dataclass(frozen=True)
class LocalRun:
    """A run that succeeded."""

    run: str
    """Its name."""

    elapsed_s: float
    """How long it took, s."""

    notes: tuple[Note, ...]
    """What the steps said that were not found in the cache."""

    @property
    def facts(self) -> dict[str, Any]:
        """What the steps found, by step."""
        return {note.step: note.facts for note in self.notes}


def run_here(name: str, parameters: Mapping[str, Any], log: TextIO, *, cached: bool = True) -> LocalRun:
    """Run a graph on this machine.

    Finished steps of earlier runs are not repeated while neither their inputs nor the code has changed; one
    that was killed goes on where it was.

    Args:
        name: Which graph.
        parameters: Values for its parameters.
        log: Where steps talk to.
        cached: Whether answers of earlier runs are used.

    Raises:
        StepFailedError: A step met an error.
        StepEndedError: A step was killed.
    """
    work, start = Work.open(), time.monotonic()
    run = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    graph = build(name, HERE)
    given = dict(parameters)
    if CODE in parameters_of(name):
        given.setdefault(CODE, code_version())
    with _told_to_steps(run), _logged(log):
        local.init(
            local.SubprocessRunner(use_venv=False),
            pipeline_root=str(work.outputs),
            enable_caching=cached,
            cache_root=str(work.cache),
        )
        try:
            graph(**given)
        except RuntimeError as error:
            raise _told(read_notes(work, run), error) from error
    return LocalRun(run, time.monotonic() - start, tuple(read_notes(work, run)))


def code_version() -> str:
    """A short name for the code of every package that steps run."""
    state = hashlib.sha256()
    for package in PACKAGES:
        spec = find_spec(package)
        for root in (spec.submodule_search_locations or ()) if spec else ():
            for path in sorted(Path(root).rglob("*.py")):
                state.update(f"{package}/{path.relative_to(root)}\0".encode() + path.read_bytes())
    return state.hexdigest()[:16]


@contextmanager
def _told_to_steps(run: str) -> Iterator[None]:
    """Let steps know the run's name and this process, with which they end; neither decides their answers."""
    told = {_RUN: run, _WATCHED: str(os.getpid())}
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@contextmanager
def _logged(log: TextIO) -> Iterator[None]:
    """What Kubeflow prints goes to the log; what it warns of here is meant for clusters."""
    with redirect_stdout(log), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _told(notes: list[Note], error: RuntimeError) -> VultusError:
    """The error of the step that failed; what Kubeflow says where it left no note."""
    failed = next((note for note in notes if note.reason), None)
    if failed is not None:
        return StepFailedError(failed)
    said = " ".join(_COLOURS.sub("", str(error)).split())
    return StepEndedError(
        f"a step ended without a word: {said[:300]}",
        remedy="run the same command again: finished steps are kept, and a killed one goes on where it was",
    )
