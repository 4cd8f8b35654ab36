"""The folder that outlives steps, and the names of what lies in it: by content, never by time."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from vultus.errors import InputError
from vultus_pipelines.settings import PipelineSettings

_LETTERS = 24


@dataclass(frozen=True)
class Work:
    """Where steps keep what they can go on from."""

    root: Path
    """The folder itself."""

    run: str = ""
    """Name of the run at hand; "" outside of one."""

    @classmethod
    def open(cls) -> "Work":
        """The folder that the settings name; raises `InputError` where it cannot be made."""
        settings = PipelineSettings.load()
        root = settings.work.expanduser()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot make the folder {root}: {error.strerror}",
                remedy="let VULTUS_PIPELINES_WORK name another one",
                metadata={"folder": root},
            ) from error
        return cls(root, settings.run)

    @property
    def notes(self) -> Path:
        """A folder of notes for each run."""
        return self.root / "notes"

    @property
    def banks(self) -> Path:
        """Decoded frames, shared by trainings."""
        return self.root / "banks"

    @property
    def benchmark(self) -> Path:
        """Clips of the frozen split, and what was measured on them."""
        return self.root / "benchmark"

    @property
    def models(self) -> Path:
        """Model folders that came from the registry, by digest."""
        return self.root / "models"

    @property
    def outputs(self) -> Path:
        """Artifacts of runs on this machine."""
        return self.root / "outputs"

    @property
    def cache(self) -> Path:
        """What finished steps answered on this machine."""
        return self.root / "cache"

    def made_from(self, kind: str, *parts: object) -> Path:
        """Folder of something that `parts`, as JSON values, decide; the same parts find it again."""
        return self.root / kind / content_key(*parts)


def content_key(*parts: object) -> str:
    """A short name for JSON values in a fixed order."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def hand_over(source: Path, target: str | Path) -> None:
    """Give a folder to the pipeline: linked where both lie on one disk, else copied; whole or not at all."""
    target = Path(target)
    incoming = target.with_name(f".{target.name}.part")
    shutil.rmtree(incoming, ignore_errors=True)
    try:
        shutil.copytree(source, incoming, copy_function=_link_or_copy)
        shutil.rmtree(target, ignore_errors=True)
        incoming.rename(target)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
