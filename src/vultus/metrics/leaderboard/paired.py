"""Two contestants on the same pairs: the mean of their differences, and its interval over people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.records import PairResult
from vultus.metrics.leaderboard.table import mean_over_people

_Values = dict[str, tuple[float, str, str, bool]]
"""Value, person, protocol and direction by pair."""


@dataclass(frozen=True)
class Scores:
    """What one contestant reached, and what it costs."""

    name: str
    """Who, for instance "vultus-gdpw/3"."""

    results: Sequence[PairResult]
    """One for each pair that it finished."""

    facts: Mapping[str, float] = field(default_factory=dict)
    """Single numbers, for instance "speed[frames/s]" and "size[bytes]"."""

    @classmethod
    def of(
        cls, results: Sequence[PairResult], contestant: str, facts: Mapping[str, float] | None = None
    ) -> "Scores":
        """Those of one contestant among a leaderboard's results; raises `InputError` where it has none."""
        own = tuple(one for one in results if one.contestant == contestant)
        if not own:
            raise InputError(
                f"{contestant!r} finished no pair of this leaderboard",
                remedy="evaluate it on the frozen split first",
                metadata={"contestant": contestant},
            )
        return cls(contestant, own, facts or {})


@dataclass(frozen=True)
class Compared:
    """Two contestants in one metric."""

    metric: str
    """"mode/name"."""

    ours: float | None = None
    """Mean over pairs."""

    theirs: float | None = None
    """The other's."""

    gain: float | None = None
    """Mean of the paired differences, > 0 where we are better."""

    ci95: tuple[float, float] | None = None
    """95 % interval of the gain over people; None for fewer than two."""

    fault: str = ""
    """Why they cannot be compared."""

    @classmethod
    def of(cls, metric: str, ours: Scores, theirs: Scores, bootstrap: BootstrapConfig) -> "Compared":
        """Compare on the pairs in which the other has a value [efron1993, ch. 16].

        Raises:
            IncompatibleError: Both were not measured in the same way.
        """
        mine, other = _values(ours, metric), _values(theirs, metric)
        protocols = {protocol for _, _, protocol, _ in (*mine.values(), *other.values())}
        if len(protocols) > 1:
            raise IncompatibleError(
                f"{metric} of {ours.name} and {theirs.name} was measured in different ways: "
                f"{' and '.join(sorted(protocols))}",
                remedy="evaluate both again",
                metadata={"metric": metric},
            )
        wanted = set(other) or _measured(theirs, metric)
        if not wanted:
            return cls(metric, fault=f"not measured of {theirs.name}")
        if lacking := sorted(wanted - set(mine)):
            return cls(metric, fault=f"no value in {len(lacking)} of {len(wanted)} pairs, {lacking[0]} first")
        if not other:
            return cls(metric, ours=float(np.mean([value for value, *_ in mine.values()])))
        return cls._between(metric, mine, other, bootstrap)

    @classmethod
    def _between(cls, metric: str, mine: _Values, other: _Values, bootstrap: BootstrapConfig) -> "Compared":
        groups: dict[str, list[float]] = {}
        for pair, (value, person, _, higher) in other.items():
            difference = mine[pair][0] - value
            groups.setdefault(person, []).append(difference if higher else -difference)
        gain, ci95 = mean_over_people([np.array(groups[person]) for person in sorted(groups)], bootstrap)
        ours, theirs = (float(np.mean([one[pair][0] for pair in other])) for one in (mine, other))
        return cls(metric, ours, theirs, gain, ci95)

    @property
    def worst(self) -> float:
        """The pessimistic end of the gain."""
        return (self.gain or 0.0) if self.ci95 is None else self.ci95[0]


def _measured(scores: Scores, metric: str) -> set[str]:
    """Pairs on which a metric was tried, whether it came to a value or not."""
    mode, _, name = metric.partition("/")
    return {result.pair for result in scores.results if result.mode == mode and name in result.scores}


def _values(scores: Scores, metric: str) -> _Values:
    """Finite values of a metric named as "mode/name"."""
    mode, _, name = metric.partition("/")
    found: _Values = {}
    for result in scores.results:
        score = result.scores.get(name)
        if result.mode == mode and score is not None and score["value"] is not None:
            found[result.pair] = (
                float(score["value"]),
                result.person,
                str(score["protocol"]),
                bool(score["higher_is_better"]),
            )
    return found
