"""Totals of a leaderboard: one table for each kind of pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.records import Failure, PairResult
from vultus.metrics.score import Mode


@runtime_checkable
class Entrant(Protocol):
    """Who has a row; every contestant is one."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    @property
    def control(self) -> bool:
        """Whether it is no method."""
        ...


@dataclass(frozen=True)
class Column:
    """What a column holds, and how it was measured."""

    name: str
    """Metric."""

    unit: str
    """Unit; "1" for none."""

    protocol: str
    """Definition, detector and sampling; the same for every number below."""

    higher_is_better: bool
    """Direction of better values."""


@dataclass(frozen=True)
class Total:
    """One number of a table."""

    value: float | None
    """Mean over pairs; None where no pair has a finite value."""

    ci95: tuple[float, float] | None
    """95 % interval over people; None for fewer than two."""

    pairs: int
    """Pairs that went into it."""

    people: int
    """People whose portraits they are."""

    note: str = ""
    """Why there is no value."""


@dataclass(frozen=True)
class Row:
    """A contestant in a table."""

    contestant: str
    """Name."""

    control: bool
    """Whether it is no method."""

    pairs: int
    """Pairs that it finished."""

    failed: int
    """Pairs that it did not."""

    frames: int
    """Frames that it made."""

    without_face: int
    """Those among them without a face."""

    totals: Mapping[str, Total]
    """Numbers by metric."""


@dataclass(frozen=True)
class Table:
    """Contestants by metrics, on pairs of one kind."""

    mode: Mode
    """Which kind."""

    columns: tuple[Column, ...]
    """Metrics, in order."""

    rows: tuple[Row, ...]
    """Contestants, in order."""


@dataclass(frozen=True)
class Leaderboard:
    """Every table, and every result they are made of."""

    protocol: Mapping[str, str]
    """What has to be the same before two leaderboards may be compared."""

    tables: tuple[Table, ...]
    """One for each kind of pairs."""

    results: tuple[PairResult, ...]
    """One for each pair and contestant that finished it."""

    failures: tuple[Failure, ...]
    """The others."""

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "protocol": dict(self.protocol),
            "tables": [asdict(table) for table in self.tables],
            "pairs": [result.to_json() for result in self.results],
            "failures": [asdict(failure) for failure in self.failures],
        }


def make_tables(
    modes: Sequence[Mode],
    contestants: Sequence[Entrant],
    results: Sequence[PairResult],
    failures: Sequence[Failure],
    bootstrap: BootstrapConfig,
) -> tuple[Table, ...]:
    """Total the results of each kind of pairs.

    Raises:
        IncompatibleError: Two results of one metric were not measured in the same way.
    """
    tables = []
    for mode in modes:
        those = [result for result in results if result.mode == mode]
        columns = _columns(those)
        rows = tuple(_row(one, columns, those, failures, mode, bootstrap) for one in contestants)
        tables.append(Table(mode, columns, rows))
    return tuple(tables)


def mean_over_people(
    groups: Sequence[Float[np.ndarray, "_"]], config: BootstrapConfig
) -> tuple[float, tuple[float, float] | None]:
    """Mean of all values and its 95 % interval when people are drawn anew, each with all values.

    Values of one person resemble each other; drawn one by one they would count as independent.

    Args:
        groups: Values by person.
        config: How to draw.
    """
    sums, counts = np.array([group.sum() for group in groups]), np.array([len(group) for group in groups])
    value = float(sums.sum() / counts.sum())
    people = len(groups)
    if people < 2:
        return value, None
    drawn = np.random.default_rng(config.seed).integers(0, people, (config.resamples, people))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return value, (float(low), float(high))


def _columns(results: Sequence[PairResult]) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for result in results:
        for name, score in result.scores.items():
            column = Column(name, score["unit"], score["protocol"], score["higher_is_better"])
            if columns.setdefault(name, column) != column:
                raise IncompatibleError(
                    f"{result.contestant}, pair {result.pair}: {name} was measured as {column.protocol!r}, "
                    f"elsewhere as {columns[name].protocol!r}",
                    remedy="remove the kept results and run again",
                )
    return tuple(columns.values())


def _row(
    contestant: Entrant,
    columns: Sequence[Column],
    results: Sequence[PairResult],
    failures: Sequence[Failure],
    mode: Mode,
    bootstrap: BootstrapConfig,
) -> Row:
    own = [result for result in results if result.contestant == contestant.name]
    failed = [one for one in failures if one.contestant == contestant.name]
    return Row(
        contestant=contestant.name,
        control=contestant.control,
        pairs=len(own),
        failed=sum(one.mode == mode for one in failed),
        frames=sum(result.frames for result in own),
        without_face=sum(result.without_face for result in own),
        totals={column.name: _total(column.name, own, bootstrap) for column in columns},
    )


def _total(metric: str, results: Sequence[PairResult], bootstrap: BootstrapConfig) -> Total:
    groups: dict[str, list[float]] = {}
    notes: dict[str, None] = {}
    for result in results:
        score = result.scores.get(metric, {})
        if score.get("value") is None:
            notes[str(score.get("note", "not measured"))] = None
        else:
            groups.setdefault(result.person, []).append(score["value"])
    if not groups:
        return Total(None, None, 0, 0, "; ".join(notes) or "no pair was finished")
    value, ci95 = mean_over_people([np.array(groups[person]) for person in sorted(groups)], bootstrap)
    return Total(value, ci95, sum(map(len, groups.values())), len(groups), "; ".join(notes))
