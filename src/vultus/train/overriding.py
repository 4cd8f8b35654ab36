"""Changing single values of nested records by their dotted names."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from vultus.errors import InputError

LONGEST = 80
"""Characters of a wrong value that are shown."""

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
        return _like(now, json.loads(text))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{name} cannot be {text[:LONGEST]!r}: it is {now!r} now",
            remedy=f"give a value of the same kind ({type(now).__name__})",
            metadata={"setting": name, "value": text[:LONGEST]},
        ) from error


def _like(now: Any, value: Any) -> Any:
    """A value of JSON in the kind of `now`; raises `TypeError` where it is of another, or not finite."""
    if isinstance(now, float) and type(value) is int:
        value = float(value)
    if isinstance(now, tuple) and isinstance(value, list):
        # Items are as those that are there; what is empty now holds names.
        kinds = now or ("",)
        return tuple(_like(kinds[min(place, len(kinds) - 1)], item) for place, item in enumerate(value))
    if type(value) is not type(now) or (isinstance(value, float) and not math.isfinite(value)):
        raise TypeError(f"{value!r} is no {type(now).__name__}")
    return value
