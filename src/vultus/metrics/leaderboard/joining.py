"""Leaderboards that were written down: read again, and put together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.records import Failure, PairResult
from vultus.metrics.leaderboard.table import Leaderboard, make_tables


@dataclass(frozen=True)
class Answered:
    """A contestant whose answers are known already."""

    name: str
    """What the tables call it."""

    control: bool
    """Whether it is no method."""


def read_leaderboard(path: Path) -> Leaderboard:
    """What `write_leaderboard_json` wrote; raises `InputError` where it is something else."""
    try:
        return join_leaderboards([json.loads(path.read_text(encoding="utf-8"))])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(
            f"{str(path)!r} holds no leaderboard: {type(error).__name__} {str(error)[:200]}",
            remedy="give a leaderboard.json",
            metadata={"path": path},
        ) from error


def join_leaderboards(
    boards: Sequence[Mapping[str, Any]], bootstrap: BootstrapConfig | None = None
) -> Leaderboard:
    """One leaderboard of several whose contestants answered the same pairs; of two of one name, the last.

    Args:
        boards: As `Leaderboard.to_json` answers them; one at least.
        bootstrap: Intervals of the totals.

    Raises:
        IncompatibleError: They were not measured in the same way.
    """
    first = boards[0]
    if any(board["protocol"] != first["protocol"] for board in boards):
        raise IncompatibleError(
            "these leaderboards were measured in different ways",
            remedy="measure all of them with the same split, kinds of pairs and limit",
        )
    rows = {row["contestant"]: row for board in boards for table in board["tables"] for row in table["rows"]}
    entrants = [Answered(name, bool(row["control"])) for name, row in rows.items()]
    answers = [PairResult.from_json(result) for board in boards for result in board["pairs"]]
    results = tuple({(one.contestant, one.pair): one for one in answers}.values())
    failures = tuple(Failure(**failure) for board in boards for failure in board["failures"])
    modes = [table["mode"] for table in first["tables"]]
    tables = make_tables(modes, entrants, results, failures, bootstrap or BootstrapConfig())
    return Leaderboard(dict(first["protocol"]), tables, results, failures)
