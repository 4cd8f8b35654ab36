"""Something done again and again while something else is going on."""

import threading
from collections.abc import Callable
from types import TracebackType

EVERY_S = 0.5


class Ticking:
    """Calls a function at the start, every half second and at the end, from a thread of its own.

    Args:
        call: What to call; never by two threads at once.
    """

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Ticking":
        self._call()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._call()

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self._call()
