"""Telling a full disk from everything else that can go wrong with a file."""

import errno
from collections.abc import Iterator

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or one that it comes from, says that the disk, the quota or a limit is full."""
    return any(getattr(one, "errno", None) in _FULL for one in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
