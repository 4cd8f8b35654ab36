"""Sends things from a thread of its own, so that nobody who makes them waits for a server."""

import threading
import time
from collections import deque
from collections.abc import Callable

from vultus.errors import ServiceUnavailableError, VultusError

Job = Callable[[], None]

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_MOST_WAITING = 100_000


class Outbox:
    """Jobs done one after the other; what fails because a server is down is tried again.

    Args:
        warn: Called with what is wrong, once each time that the server goes away.
        name: Of the thread.
    """

    def __init__(self, warn: Callable[[str], None], name: str = "vultus-outbox") -> None:
        self._warn = warn
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closing_at: float | None = None
        self._lost = 0
        self._reason = ""
        self._pause_s = 0.0
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Have a job done some time."""
        with self._changed:
            if len(self._jobs) >= _MOST_WAITING:
                self._lose("more waited than is kept")
                self._jobs.popleft()
            self._jobs.append(job)
            self._changed.notify()

    def close(self, patience_s: float) -> tuple[int, str]:
        """Do what is left, for so long at most.

        Returns:
            Jobs that were lost, and why.
        """
        with self._changed:
            self._closing_at = time.monotonic() + patience_s
            self._changed.notify()
        self._thread.join(patience_s)
        with self._changed:
            if self._jobs:
                self._lost += len(self._jobs)
                self._reason = self._reason or "the server took too long"
                self._jobs.clear()
            return self._lost, self._reason

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except ServiceUnavailableError as error:
                self._try_again(error)
                continue
            except VultusError as error:
                self._lose(str(error))
                self._warn(f"not tracked: {error}")
            except Exception as error:  # noqa: BLE001 - a run must not end because its record cannot be kept
                self._lose(f"{type(error).__name__}: {error}")
                self._warn(f"not tracked: {type(error).__name__}: {error}")
            self._done(job)

    def _next(self) -> Job | None:
        """The oldest job, when its time has come; None when there is nothing more to do."""
        with self._changed:
            while not self._jobs:
                if self._closing_at is not None:
                    return None
                self._changed.wait()
            if self._pause_s and self._closing_at is None:
                self._changed.wait_for(lambda: self._closing_at is not None, self._pause_s)
            return self._jobs[0]

    def _done(self, job: Job) -> None:
        with self._changed:
            self._pause_s = 0.0
            if self._jobs and self._jobs[0] is job:  # dropped meanwhile where too many waited
                self._jobs.popleft()

    def _try_again(self, error: ServiceUnavailableError) -> None:
        with self._changed:
            first = not self._pause_s
            self._pause_s = min(max(2 * self._pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._reason = error.message
            if self._closing_at is not None:  # the last try
                self._lost += len(self._jobs)
                self._jobs.clear()
        if first:
            self._warn(f"{error.message}; going on, and trying again")

    def _lose(self, reason: str) -> None:
        self._lost += 1
        self._reason = reason
