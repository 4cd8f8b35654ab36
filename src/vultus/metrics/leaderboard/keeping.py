"""Finished results in a folder, so that what was measured once is not measured again."""

import fcntl
import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vultus.data.media import read_picture, write_picture
from vultus.errors import InputError
from vultus.metrics.leaderboard.records import PairResult
from vultus.metrics.leaderboard.scoring import Shown
from vultus.metrics.report import write_json

RESULT_FILE = "result.json"
_PICTURES = ("source", "reference", "generated")


class ResultStore:
    """One folder for each contestant and pair, whole or not there at all; a newer result replaces it.

    Args:
        root: Where.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, contestant: str, pair: str, digest: str) -> PairResult | None:
        """What is kept, if everything that decides it is still the same; damaged ones count as absent."""
        try:
            values = json.loads((self._folder(contestant, pair) / RESULT_FILE).read_text("utf-8"))
            result = PairResult.from_json(values)
        except (OSError, ValueError, TypeError):
            return None
        return result if result.digest == digest else None

    def shown(self, result: PairResult) -> Shown | None:
        """The worst frame of a kept result; None where there is none."""
        folder = self._folder(result.contestant, result.pair)
        paths = [folder / f"{name}.png" for name in _PICTURES]
        if not all(path.is_file() for path in paths):
            return None
        return Shown(*(read_picture(path).rgb for path in paths))

    def keep(self, result: PairResult, shown: Shown | None) -> None:
        """Store a result and its worst frame in one step."""
        folder = self._folder(result.contestant, result.pair)
        incoming = self.root / f".{folder.name}.{secrets.token_hex(6)}.part"
        incoming.mkdir(parents=True)
        try:
            if shown is not None:
                for name in _PICTURES:
                    write_picture(incoming / f"{name}.png", getattr(shown, name))
            write_json(incoming / RESULT_FILE, result.to_json())
            if folder.is_dir():
                shutil.rmtree(folder)
            folder.parent.mkdir(parents=True, exist_ok=True)
            incoming.rename(folder)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what killed processes left; only while nobody writes."""
        for path in self.root.glob(".*.part"):
            shutil.rmtree(path, ignore_errors=True)

    def _folder(self, contestant: str, pair: str) -> Path:
        return self.root / contestant / pair.replace("/", "-")


def result_digest(*parts: object) -> str:
    """SHA-256 of what decides a result, JSON-able values in a fixed order."""
    return f"sha256:{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()}"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the lock goes with the process, however that ends.

    Raises:
        InputError: Another run is at work there, or nothing can be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise InputError(
            f"cannot write in {str(folder)!r}: {error.strerror}", remedy="choose another folder"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"another run is at work in {str(folder)!r}",
                remedy="wait for it, or keep results elsewhere",
                metadata={"folder": folder},
            ) from error
        yield
