"""Folders that one process at a time writes to."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vultus.errors import InputError


@contextmanager
def alone_in(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Be the only one who writes to a folder; the kernel lets go when the process ends, however it does.

    File systems that cannot lock are trusted.

    Args:
        folder: Exists.
        wait: Whether to wait for another process rather than to refuse.

    Raises:
        InputError: Another process writes there.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            _lock(descriptor, folder, wait)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError as error:
        raise InputError(
            f"another process is writing to {str(folder)!r}",
            remedy="wait until it has ended, or name another folder",
            metadata={"folder": folder},
        ) from error
