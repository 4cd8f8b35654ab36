"""Work that does not depend on other work, done side by side: most of it happens outside of Python."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Overlap:
    """Starts work in threads, or does it at once where there is only one.

    What is started together must not touch the same objects; results do not depend on the threads then.

    Args:
        threads: How many, this one among them.

    Example:
        >>> overlap = Overlap(2)
        >>> half = overlap.start(sum, [1, 2])
        >>> overlap.finish(), half.result()
        (None, 3)
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads - 1, "evaluation") if threads > 1 else None
        self._started: list[Future[object]] = []

    def start(self, work: Callable[P, T], *args: P.args, **names: P.kwargs) -> "Future[T]":
        """Begin; the future is ready after `finish` at the latest."""
        if self._pool is not None:
            future = self._pool.submit(work, *args, **names)
            self._started.append(future)  # type: ignore[arg-type]
            return future
        done: Future[T] = Future()
        done.set_result(work(*args, **names))
        return done

    def finish(self) -> None:
        """Wait for everything that was started, and raise the first error of it."""
        started, self._started = self._started, []
        wait(started)
        for future in started:
            future.result()
