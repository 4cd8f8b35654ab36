"""A version that is served, and the requests that hold it."""

import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Served(Generic[T]):
    """Something that requests hold; it is released when it is retired and the last of them has let go.

    Args:
        value: What is served.
        version: What answers call it.
        key: What tells it apart from every other version.
        release: Called once with the value when nobody holds it any more; must be quick.
        changed: Called with the number of leases when that changes.
    """

    def __init__(
        self,
        value: T,
        version: str,
        key: object = None,
        release: Callable[[T], None] | None = None,
        changed: Callable[[int], None] | None = None,
    ) -> None:
        self.value = value
        self.version = version
        self.key = key
        self._release = release
        self._changed = changed
        self._lease_count = 0
        self._retired = False
        self._released = False
        # Re-entrant: a lease may be ended by the collector, in whatever its thread is doing.
        self._lock = threading.RLock()

    @property
    def lease_count(self) -> int:
        """How many hold it."""
        return self._lease_count

    @property
    def released(self) -> bool:
        """Whether it is gone."""
        return self._released

    def lease(self) -> "Lease[T]":
        """Hold it."""
        with self._lock:
            self._count(1)
            return Lease(self)

    def retire(self) -> None:
        """Let it go when nobody holds it any more."""
        with self._lock:
            self._retired = True
        self._end_if_idle()

    def revive(self) -> bool:
        """Take `retire` back; answers False where it is gone already."""
        with self._lock:
            self._retired = self._released
            return not self._released

    def let_go(self) -> None:
        """End one lease; called by the lease alone."""
        with self._lock:
            self._count(-1)
        self._end_if_idle()

    def _count(self, change: int) -> None:
        self._lease_count += change
        if self._changed is not None:
            self._changed(self._lease_count)

    def _end_if_idle(self) -> None:
        with self._lock:
            if not self._retired or self._released or self._lease_count:
                return
            self._released = True
        if self._release is not None:
            self._release(self.value)


class Lease(Generic[T]):
    """Holds one version for as long as it lives, or until it is ended.

    Whatever keeps the lease (a request, an avatar) keeps the version; nobody has to count.

    Example:
        >>> gone = []
        >>> served = Served("weights", "7", release=gone.append)
        >>> with served.lease() as lease:
        ...     served.retire()
        ...     lease.version, gone
        ('7', [])
        >>> gone
        ['weights']
    """

    def __init__(self, served: Served[T]) -> None:
        self.value = served.value
        self.version = served.version
        self._finalizer = weakref.finalize(self, served.let_go)
        self._finalizer.atexit = False

    def end(self) -> None:
        """Let go; once is enough."""
        self._finalizer()

    def __enter__(self) -> "Lease[T]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        self.end()
