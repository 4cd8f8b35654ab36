"""How far the making of a world is."""

import sys
import time
from collections.abc import Callable

from vultus_cli.output import LINE_EVERY_S, say


class SynthesisProgress:
    """How far it is and how long it will take: a bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self) -> None:
        self._kept: int | None = None
        self._start: float | None = None
        self._said = time.monotonic()

    def __enter__(self) -> Callable[[int, int], None]:
        if not sys.stderr.isatty():
            return self._line
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("synthesising", total=None)
        self._bar.start()
        return lambda done, total: self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *error: object) -> None:
        if sys.stderr.isatty():
            self._bar.stop()

    def _line(self, done: int, total: int) -> None:
        """Say how many frames there are, of how many."""
        now = time.monotonic()
        if self._kept is None:
            self._kept = done
            if done:
                say(f"synthesising: {done} of {total} frames are there already")
        made = done - self._kept
        if made and self._start is None:
            self._start, self._kept, made = now, done, 0  # processes take a while to start
        if self._start is not None and made and now - self._said >= LINE_EVERY_S:
            rate = made / (now - self._start)
            left = f"{(total - done) / rate:.0f} s left"
            say(f"synthesising: frame {done} of {total}, {left} ({rate:.1f} frames/s)")
            self._said = now
