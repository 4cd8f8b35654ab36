"""The command under test, the media it is tried on, and what was measured."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from clips import trim

from vultus.face.identity import IdentityEmbedder

PORT = 50471


@dataclass
class Run:
    """How one call of the command ended."""

    code: int
    values: dict
    stderr: str
    seconds: float
    peak_mib: float = 0.0


@dataclass
class Figures:
    """Every measurement so far; `add` judges, prints and keeps one."""

    rows: list[dict] = field(default_factory=list)

    def add(self, part: str, subject: str, misses: list[str], **values: object) -> None:
        self.rows.append({"part": part, "subject": subject, "misses": misses, **values})
        told = "  ".join(f"{name} {_short(value)}" for name, value in values.items())
        verdict = f"MISS {', '.join(misses)}:" if misses else "ok"
        say(f"{part:7} {subject:42} {verdict}  {told}")


class Workplace:
    """The command, the media, and a folder for what is made."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.command = options.vultus
        self.media: Path = options.media
        self.frames: int | None = options.frames
        self.method: str = options.method
        self.folder = folder
        self.environment = dict(os.environ)
        self.portraits = self._chosen("portraits", options.portraits)
        self.clips = self._chosen("driving", options.clips)
        self.reference = json.loads((self.media / "reference.json").read_text())
        self.embedder = IdentityEmbedder()

    def run(self, *words: object, limit_s: float = 1800, watched: bool = False) -> Run:
        """Call `vultus`; `watched` starts rooms inside the process and follows its memory."""
        environment = dict(os.environ) if watched else self.environment
        with (self.folder / "out").open("w+") as out, (self.folder / "err").open("w+") as err:
            started = time.monotonic()
            child = subprocess.Popen(
                [self.command, *map(str, words)], stdout=out, stderr=err, env=environment
            )
            peak = _wait(child, started + limit_s, watched)
            seconds = time.monotonic() - started
            out.seek(0), err.seek(0)
            text, told = out.read(), err.read()
        return Run(child.returncode, _json(text), told, seconds, peak)

    def animate(self, portrait: Path, driver: Path, *words: object) -> Run:
        """Let a clip drive a portrait by the method that is measured."""
        return self.run("animate", portrait, "--driving", driver, "--method", self.method, *words, "--json")

    def driver(self, clip: Path) -> Path:
        """The clip, cut to the frames that were asked for."""
        if self.frames is None:
            return clip
        path = self.folder / f"{clip.stem}_{self.frames}.mp4"
        if not path.exists():
            trim(clip, path, self.frames)
        return path

    def _chosen(self, kind: str, wanted: str) -> list[Path]:
        files = sorted((self.media / kind).iterdir())
        names = [name for name in wanted.split(",") if name]
        return [file for file in files if not names or any(file.name.startswith(name) for name in names)]


@contextmanager
def rooms(place: Workplace) -> Iterator[None]:
    """Rooms for all calls, so that each does not start its own."""
    log = (place.folder / "rooms.log").open("w")
    child = subprocess.Popen([place.command, "up", "--port", str(PORT)], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 120
        while "/metrics" not in (told := (place.folder / "rooms.log").read_text()):
            if child.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"vultus up failed: {told[-300:]}")
            time.sleep(0.2)
        for k, room in enumerate(("FITTING", "GENERATION", "METRICS")):
            place.environment[f"VULTUS_CLI_{room}_ENDPOINT"] = f"127.0.0.1:{PORT + k}"
        yield
    finally:
        child.terminate()
        child.wait(30)
        log.close()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _wait(child: subprocess.Popen, deadline: float, watched: bool) -> float:
    """Wait for the end, or end it at the deadline; the most memory that it and its children held, MiB."""
    peak = 0
    process = psutil.Process(child.pid)
    while child.poll() is None:
        if time.monotonic() > deadline:
            child.kill()
            child.wait()
            break
        if watched:
            peak = max(peak, _resident(process))
        time.sleep(0.02)
    return peak / 2**20


def _resident(process: psutil.Process) -> int:
    try:
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _json(text: str) -> dict:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {}


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} {_short(part)}" for name, part in value.items()) + "}"
    return str(value)
