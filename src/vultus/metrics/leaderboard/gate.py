"""The quality gate: whether a challenger may take the champion's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.gate_records import BASELINE, Decision, GatePolicy, GateRow, Guard
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


def decide(
    challenger: Scores,
    other: Scores | None,
    policy: GatePolicy | None = None,
    against: Literal["champion", "baseline"] = "champion",
) -> Decision:
    """Judge a challenger.

    It has to be better than the champion in every primary metric, with the whole 95 % interval of the paired
    differences over people [efron1993, ch. 16] on the better side, and in no guarded metric may the worse
    end of that interval be beyond the margin. Where a single number is guarded there is no interval. A
    champion that has no value in any pair, for instance because its frames show no face, loses to whoever
    has one in all of them.

    Args:
        challenger: Who wants to be champion.
        other: Whom it has to beat (see `GatePolicy.opponent`); None for nobody.
        policy: What counts; the default one when absent.
        against: What `other` is. A baseline counts only where the policy says so, in the primary metrics.

    Raises:
        IncompatibleError: Both were not measured in the same way.
        InputError: There is no champion, the policy asks for a baseline, and none is given.
    """
    policy = policy or GatePolicy()
    if other is not None and against == "champion":
        rows = (*_primaries(challenger, other, policy), *_guards(challenger, other, policy))
        return _judged(challenger, other, against, rows, policy)
    if policy.first == "baseline":
        if other is None:
            raise InputError(
                "there is no champion, and nobody to compare the first one with",
                remedy=f"evaluate a baseline, for instance {BASELINE}, on the same pairs",
            )
        return _judged(challenger, other, against, _primaries(challenger, other, policy), policy)
    promoted = policy.first == "promote"
    reason = f"there is no champion, and the policy is to {policy.first} the first challenger"
    return Decision(promoted, reason, challenger.name, None, "nothing", (), policy)


def _judged(
    challenger: Scores, other: Scores, against: str, rows: tuple[GateRow, ...], policy: GatePolicy
) -> Decision:
    failed = [row for row in rows if not row.passed]
    primaries = ", ".join(row.metric for row in rows if row.role == "primary")
    reason = f"better than {other.name} in {primaries}, and within every margin"
    if failed:
        reason = "; ".join(f"{row.metric}: {row.verdict}" for row in failed)
    return Decision(not failed, reason, challenger.name, other.name, against, rows, policy)


def _primaries(challenger: Scores, other: Scores, policy: GatePolicy) -> tuple[GateRow, ...]:
    return tuple(_primary(name, challenger, other, policy) for name in policy.primaries)


def _primary(name: str, challenger: Scores, other: Scores, policy: GatePolicy) -> GateRow:
    compared = _Compared.of(name, challenger, other, policy.drawing)
    if compared.fault:
        return compared.row("primary", False, compared.fault)
    if compared.theirs is None:
        return compared.row("primary", True, f"{other.name} has no value in any pair")
    if compared.ci95 is None:
        return compared.row("primary", False, "one person is too few for an interval")
    gained = compared.worst > 0
    return compared.row("primary", gained, "better" if gained else "not better beyond its interval")


def _guards(challenger: Scores, other: Scores, policy: GatePolicy) -> tuple[GateRow, ...]:
    return tuple(
        (_fact if guard.fact else _guarded)(guard, challenger, other, policy) for guard in policy.guards
    )


def _guarded(guard: Guard, challenger: Scores, other: Scores, policy: GatePolicy) -> GateRow:
    compared = _Compared.of(guard.metric, challenger, other, policy.drawing)
    if compared.fault:
        return compared.row("guard", False, compared.fault, guard.margin)
    if compared.theirs is None:
        return compared.row("guard", True, f"{other.name} has no value in any pair", guard.margin)
    held = -compared.worst <= guard.margin
    verdict = "within its margin" if held else "may be worse by more than its margin"
    return compared.row("guard", held, verdict, guard.margin)


def _fact(guard: Guard, challenger: Scores, other: Scores, policy: GatePolicy) -> GateRow:
    """A single number against another one; the margin is a share of the champion's."""
    ours, theirs = challenger.facts.get(guard.metric), other.facts.get(guard.metric)
    if ours is None or theirs is None:
        return GateRow(guard.metric, "guard", ours, theirs, None, None, guard.margin, True, "not measured")
    gain = (ours - theirs) if guard.higher_is_better else (theirs - ours)
    held = -gain <= guard.margin * abs(theirs)
    verdict = "within its margin" if held else "worse by more than its margin"
    return GateRow(guard.metric, "guard", ours, theirs, gain, None, guard.margin, held, verdict)


@dataclass(frozen=True)
class _Compared:
    """Two contestants in one metric."""

    metric: str
    ours: float | None = None
    theirs: float | None = None
    gain: float | None = None
    """Mean of the paired differences, > 0 where the challenger is better."""
    ci95: tuple[float, float] | None = None
    fault: str = ""
    """Why they cannot be compared."""

    @classmethod
    def of(cls, metric: str, ours: Scores, theirs: Scores, bootstrap: BootstrapConfig) -> "_Compared":
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
    def _between(cls, metric: str, mine: _Values, other: _Values, bootstrap: BootstrapConfig) -> "_Compared":
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

    def row(self, role: str, passed: bool, verdict: str, margin: float | None = None) -> GateRow:
        return GateRow(
            self.metric, role, self.ours, self.theirs, self.gain, self.ci95, margin, passed, verdict
        )


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
