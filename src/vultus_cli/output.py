"""What the user reads: one JSON object or a few lines on stdout, talk and progress on stderr."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO, TypeVar

from vultus.errors import VultusError

T = TypeVar("T")
LINE_EVERY_S = 5.0


def say(text: str) -> None:
    """Tell the user something on stderr; work goes on where nobody can hear it."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def answer(values: dict[str, object], *, as_json: bool) -> None:
    """Print the result: one JSON object, or `name: value` lines."""
    if as_json:
        print(json.dumps(values, allow_nan=False))
        return
    for name, value in values.items():
        print(f"{name}: {_plain(value)}")


def report_error(error: VultusError, *, as_json: bool) -> None:
    """Say what went wrong on one line of stderr, and as JSON on stdout when asked."""
    say("error: " + " ".join(str(error).split()))
    if as_json:
        error_object(error.reason, error.message, error.remedy)


def error_object(reason: str, message: str, remedy: str = "") -> None:
    """Print what went wrong as one JSON object on stdout."""
    print(json.dumps({"error": {"reason": reason, "message": message, "remedy": remedy}}))


class Outlet:
    """Standard output that notes its first fault, such as a full disk, and takes nothing after it.

    What a command does is not lost because its answer is.

    Args:
        stream: Where text goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fault: OSError | None = None

    def write(self, text: str) -> int:
        """Pass `text` on."""
        self._tried(self._stream.write, text)
        return len(text)

    def flush(self) -> None:
        """Pass on what is held back."""
        self._tried(self._stream.flush)

    def give_up(self) -> None:
        """Let the interpreter's own last flush fail no more."""
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _tried(self, do: Callable[..., object], *arguments: str) -> None:
        if self.fault is None:
            try:
                do(*arguments)
            except OSError as error:
                self.fault = error


def progress(items: Iterable[T], what: str, total: int | None, unit: str = "frame") -> Iterator[T]:
    """Yield `items` while showing how far it is: a bar on a terminal, a line every few seconds elsewhere.

    Args:
        items: Passed through one by one.
        what: What is being done, for instance "animating".
        total: Number of items when it is known.
        unit: What an item is.
    """
    if sys.stderr.isatty():
        yield from _with_bar(items, what, total)
    else:
        yield from _with_lines(items, what, total, unit)


def _with_bar(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import track  # noqa: PLC0415

    yield from track(items, description=what, total=total, console=Console(stderr=True), transient=True)


def _with_lines(items: Iterable[T], what: str, total: int | None, unit: str) -> Iterator[T]:
    start = said = time.monotonic()
    for count, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - said >= LINE_EVERY_S:
            rate = count / (now - start)
            left = f" of {total}, {(total - count) / rate:.0f} s left" if total else ""
            say(f"{what}: {unit} {count}{left} ({rate:.1f} {unit}s/s)")
            said = now


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "-"
    return "-" if value is None else str(value)
