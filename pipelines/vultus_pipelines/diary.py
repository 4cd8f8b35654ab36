"""What steps leave behind for whoever asks how a run went: a note from each, with its error if it had one."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from kfp import dsl

from vultus.data.media.atomic import replacing
from vultus.data.real.failing import is_disk_full
from vultus.errors import InputError, VultusError
from vultus_pipelines.settings import PipelineSettings
from vultus_pipelines.work import Work

INTERNAL = "INTERNAL"
"""Reason of an error that nobody foresaw."""
_UNNAMED = "unnamed"
_LOOK_EVERY_S = 0.5
_ORPHANED = 75


@dataclass
class Note:
    """What one step says."""

    step: str
    """Name of its component."""

    seconds: float = 0.0
    """How long it took, s."""

    facts: dict[str, Any] = field(default_factory=dict)
    """What it found, as JSON values."""

    reason: str = ""
    """Why it failed, for programs; "" where it did not."""

    message: str = ""
    """Why it failed, for people."""

    remedy: str = ""
    """What to do."""

    exit_code: int = 0
    """What the command line exits with."""


@contextmanager
def step(name: str) -> Iterator[dict[str, Any]]:
    """Run a step, and leave a note whatever comes of it; a foreseen error ends the process with its code.

    Args:
        name: Of the component.

    Yields:
        Facts to be noted.

    Raises:
        SystemExit: The step failed for a reason that was said in one line.
    """
    end_with_starter()
    note, start = Note(name), time.monotonic()
    work = Work.open()
    try:
        yield note.facts
    except (VultusError, OSError) as problem:
        error = problem if isinstance(problem, VultusError) else _of_disk(problem)
        note.reason, note.message, note.remedy = error.reason, error.message, error.remedy
        note.exit_code = error.exit_code
        print(f"error in {name}: {error}", file=sys.stderr, flush=True)  # noqa: T201 -- a step's log
        raise SystemExit(note.exit_code) from problem
    except Exception as problem:
        note.reason, note.message = INTERNAL, f"{type(problem).__name__}: {str(problem)[:300]}"
        note.exit_code = 1
        raise
    finally:
        note.seconds = round(time.monotonic() - start, 2)
        _write(work, note)


def log_metrics(metrics: dsl.Metrics, values: Mapping[str, float]) -> None:
    """Tell Kubeflow numbers, and write them to the artifact's file.

    On this machine an artifact without a file is taken for lost, and its step is never found in the cache.
    """
    for name, value in values.items():
        metrics.log_metric(name, value)
    Path(metrics.path).parent.mkdir(parents=True, exist_ok=True)
    Path(metrics.path).write_text(json.dumps(dict(values), indent=1), encoding="utf-8")


def end_with_starter() -> None:
    """End this process when the one that started the run is gone, so that nothing goes on unseen."""
    starter = PipelineSettings.load().watched
    if starter:
        Thread(target=_watch, args=(starter,), daemon=True).start()


def read_notes(work: Work, run: str) -> list[Note]:
    """What the steps of a run said, in the order in which they ended; of several tries, the last."""
    files = sorted((work.notes / (run or _UNNAMED)).glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [Note(**json.loads(path.read_text(encoding="utf-8"))) for path in files]


def _watch(starter: int) -> None:
    while True:
        time.sleep(_LOOK_EVERY_S)
        try:
            os.kill(starter, 0)
        except ProcessLookupError:
            os._exit(_ORPHANED)
        except PermissionError:
            return


def _write(work: Work, note: Note) -> None:
    """On a full disk the note is what is missed least: the error itself was said already."""
    folder = work.notes / (work.run or _UNNAMED)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f"{note.step}{_suffix(note)}.json") as temporary:
            temporary.write_text(json.dumps(asdict(note), indent=1), encoding="utf-8")
    except OSError as error:
        print(f"no note of {note.step} was left: {error}", file=sys.stderr)  # noqa: T201 -- a step's log


def _suffix(note: Note) -> str:
    """Steps that run once for each of several things have a note for each."""
    return f"-{key}" if (key := str(note.facts.get("of", "")).replace("/", "_")) else ""


def _of_disk(error: OSError) -> VultusError:
    if is_disk_full(error):
        return InputError(
            f"the disk is full: cannot write {error.filename or 'a file'}",
            remedy="free space and run the pipeline again: finished steps are kept",
            metadata={"path": error.filename},
        )
    problem = VultusError(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    problem.reason = INTERNAL
    return problem
