"""What the papers state of their methods, on other data and by other protocols."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

WARNING = (
    "Other data, other protocols, other detectors: these are the papers' own figures, typed from them. "
    "They cannot be compared with the tables above, not even in order."
)


@dataclass(frozen=True)
class PublishedTable:
    """Part of a paper's table."""

    title: str
    """What was done, on what."""

    citation: str
    """Key in docs/references.bib, and where in the paper."""

    data: str
    """Data that it was measured on."""

    protocol: str
    """The named evaluation that says how, a name of `vultus.metrics.protocols`."""

    columns: tuple[str, ...]
    """Headings, with the direction of better values."""

    rows: tuple[tuple[str, ...], ...]
    """Method, then a number for each column, as printed."""

    note: str = ""
    """What has to be known to read it."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PublishedTable":
        """From an entry of published.json."""
        rows = tuple(tuple(row) for row in values["rows"])
        return cls(**{**values, "columns": tuple(values["columns"]), "rows": rows})


@lru_cache(maxsize=1)
def published_tables() -> tuple[PublishedTable, ...]:
    """All of them.

    Example:
        >>> table = published_tables()[0]
        >>> table.citation, dict(zip(table.columns, table.rows[-1][1:], strict=True))["AKD ↓"]
        ('zhong2022gdpw, Table 1', '2.14')
    """
    text = files("vultus.metrics.leaderboard").joinpath("published.json").read_text("utf-8")
    return tuple(map(PublishedTable.from_json, json.loads(text)))
