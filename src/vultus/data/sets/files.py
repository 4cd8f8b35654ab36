"""The files of one clip, wherever they lie: in a folder of their own or inside a shard."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from vultus.data.sets.faults import ClipDamagedError, Fault

BLOCK_BYTES = 1 << 20


@runtime_checkable
class ClipFiles(Protocol):
    """Opens the files of one clip by name."""

    where: str
    """What messages call the clip."""

    def open(self, name: str) -> BinaryIO:
        """The file `name`, to read and seek in; raises `ClipDamagedError` when it is not there."""
        ...

    def path(self, name: str) -> Path | None:
        """The file's own path; None where it is a part of another file."""
        ...


class FolderFiles:
    """The files of a clip that has a folder of its own.

    Args:
        folder: It.
        where: What messages call the clip.
    """

    def __init__(self, folder: Path, where: str) -> None:
        self._folder = folder
        self.where = where

    def open(self, name: str) -> BinaryIO:
        """The file `name`, to read and seek in; raises `ClipDamagedError` when it is not there."""
        try:
            return self.path(name).open("rb")
        except OSError as error:
            message = "missing" if isinstance(error, FileNotFoundError) else str(error.strerror)
            raise ClipDamagedError(Fault(self.where, name, message)) from error

    def path(self, name: str) -> Path:
        """Where the file is, or would be."""
        return self._folder / name


class CheckedFiles:
    """Files of a clip whose digests are compared before the first use, so that no other file is ever used.

    Args:
        files: Opens them.
        digests: What each should hold, "sha256:…" by file name.
    """

    def __init__(self, files: ClipFiles, digests: Mapping[str, str]) -> None:
        self._files = files
        self._digests = digests
        self._checked: set[str] = set()
        self.where = files.where

    def open(self, name: str) -> BinaryIO:
        """The file `name`, at its start; raises `ClipDamagedError` when it is not what was written."""
        if name not in self._digests:
            raise ClipDamagedError(Fault(self.where, name, "the clip has no such file"))
        file = self._files.open(name)
        if name in self._checked:
            return file
        try:
            found = digest_of(file)
            if found != self._digests[name]:
                message = f"holds {found[:19]}…, not {self._digests[name][:19]}…"
                raise ClipDamagedError(Fault(self.where, name, message))
            file.seek(0)
        except BaseException:
            file.close()
            raise
        self._checked.add(name)
        return file

    def path(self, name: str) -> Path | None:
        """The checked file's own path; None where it is a part of another file."""
        self.open(name).close()
        return self._files.path(name)

    def faults(self) -> list[Fault]:
        """Every file that cannot be used."""
        found = []
        for name in sorted(self._digests):
            self._checked.discard(name)
            try:
                self.open(name).close()
            except ClipDamagedError as error:
                found.append(error.fault)
            except OSError as error:
                found.append(Fault(self.where, name, error.strerror or str(error)))
        return found


class Slice(io.RawIOBase):
    """A part of a file, as a file.

    Args:
        path: The whole.
        start: Where the part begins, bytes.
        length: Bytes.
    """

    mode = "rb"
    """As of any file that is read."""

    def __init__(self, path: Path, start: int, length: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._start, self._length, self._at = start, length, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from where the part stands; how many bytes there were."""
        wanted = min(len(buffer), max(0, self._length - self._at))
        self._file.seek(self._start + self._at)
        got = self._file.readinto(memoryview(buffer)[:wanted])
        self._at += got
        return got

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place within the part."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError(f"there is nothing before the start: {base + offset}")
        self._at = base + offset
        return self._at

    def close(self) -> None:
        """Let go of the whole."""
        if not self.closed:
            self._file.close()
        super().close()


def open_slice(path: Path, start: int, length: int) -> BinaryIO:
    """A part of a file, buffered."""
    return io.BufferedReader(Slice(path, start, length), 1 << 16)


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of the rest of a file, as "sha256:…"."""
    found = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        found.update(block)
    return f"sha256:{found.hexdigest()}"
