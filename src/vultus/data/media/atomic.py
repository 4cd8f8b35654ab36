"""Outputs appear whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vultus.errors import InputError

REFUSALS = frozenset({errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EPERM, errno.EROFS})
"""Why a file system takes no more; other failures are no fault of the user's."""


def temporary_beside(path: Path) -> Path:
    """A free, hidden name in the folder of `path`, so that renaming stays on one file system.

    Raises:
        InputError: When nothing can be written at `path`.
    """
    if path.is_dir():
        raise InputError(f"cannot write {str(path)!r}: it is a folder", remedy="name a file")
    if not path.parent.is_dir():
        raise InputError(
            f"cannot write {str(path)!r}: the folder {str(path.parent)!r} does not exist",
            remedy="create it first",
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"cannot write {str(path)!r}: no right to write in {str(path.parent)!r}",
            remedy="choose another folder",
        )
    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name to write to; it becomes `path` at the end, or vanishes on any exception.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "note.txt"
        >>> with replacing(target) as temporary:
        ...     _ = temporary.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    temporary = temporary_beside(path)
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        if error.errno not in REFUSALS:
            raise
        raise InputError(
            f"cannot write {str(path)!r}: {error.strerror}",
            remedy="free space or choose another folder",
            metadata={"path": path},
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
