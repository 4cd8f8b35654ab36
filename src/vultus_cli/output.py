"""What the user reads: one JSON object or a few lines on stdout, talk and progress on stderr."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from vultus.errors import VultusError

T = TypeVar("T")
LINE_EVERY_S = 5.0


def say(text: str) -> None:
    """Tell the user something on stderr."""
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
        details = {"reason": error.reason, "message": error.message, "remedy": error.remedy}
        print(json.dumps({"error": details}))


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
    return "-" if value is None else str(value)
