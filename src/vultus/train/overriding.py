"""Changing single values of nested records by their dotted names."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from vultus.errors import InputError

R = TypeVar("R")


def overridden(record: R, changes: Mapping[str, str]) -> R:
    """A copy of a record with some values changed.

    Args:
        record: A dataclass whose fields may be dataclasses.
        changes: Text of the new value by dotted name, for instance {"plan.steps": "200"}; numbers, lists and
            true or false as JSON has them, everything else is taken as text.

    Raises:
        InputError: There is no such name, or the value is of another type.

    Example:
        >>> from vultus.train.plan import TrainPlan
        >>> overridden(TrainPlan(steps=1, batch_size=2), {"steps": "7"}).steps
        7
    """
    for name, text in changes.items():
        record = _changed(record, name.split("."), text, name)
    return record


def _changed(record: Any, path: list[str], text: str, name: str) -> Any:
    first, *rest = path
    known = [field.name for field in fields(record)] if is_dataclass(record) else []
    if first not in known:
        raise InputError(
            f"there is no setting {name!r}",
            remedy=f"known here: {', '.join(known) or 'none'}",
            metadata={"setting": name},
        )
    now = getattr(record, first)
    value = _changed(now, rest, text, name) if rest else _typed(now, text, name)
    return replace(record, **{first: value})


def _typed(now: Any, text: str, name: str) -> Any:
    """The text as a value of the type that is there now."""
    if isinstance(now, str):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if isinstance(now, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(now, tuple) and isinstance(value, list):
        value = _tuples(value)
    if type(value) is not type(now):
        raise InputError(
            f"{name} cannot be {text!r}: it is {now!r} now",
            remedy=f"give a value of the same kind ({type(now).__name__})",
            metadata={"setting": name, "value": text},
        )
    return value


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(value) if isinstance(value, list) else value for value in values)
