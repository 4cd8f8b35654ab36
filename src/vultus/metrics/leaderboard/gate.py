"""The quality gate: whether a challenger may take the champion's place."""

from typing import Literal

from vultus.errors import InputError
from vultus.metrics.leaderboard.gate_records import BASELINE, Decision, GatePolicy, GateRow, Guard
from vultus.metrics.leaderboard.paired import Compared, Scores


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
    compared = Compared.of(name, challenger, other, policy.drawing)
    if compared.fault:
        return _row(compared, "primary", False, compared.fault)
    if compared.theirs is None:
        return _row(compared, "primary", True, f"{other.name} has no value in any pair")
    if compared.ci95 is None:
        return _row(compared, "primary", False, "one person is too few for an interval")
    gained = compared.worst > 0
    return _row(compared, "primary", gained, "better" if gained else "not better beyond its interval")


def _guards(challenger: Scores, other: Scores, policy: GatePolicy) -> tuple[GateRow, ...]:
    return tuple(
        (_fact if guard.fact else _guarded)(guard, challenger, other, policy) for guard in policy.guards
    )


def _guarded(guard: Guard, challenger: Scores, other: Scores, policy: GatePolicy) -> GateRow:
    compared = Compared.of(guard.metric, challenger, other, policy.drawing)
    if compared.fault:
        return _row(compared, "guard", False, compared.fault, guard.margin)
    if compared.theirs is None:
        return _row(compared, "guard", True, f"{other.name} has no value in any pair", guard.margin)
    held = -compared.worst <= guard.margin
    verdict = "within its margin" if held else "may be worse by more than its margin"
    return _row(compared, "guard", held, verdict, guard.margin)


def _fact(guard: Guard, challenger: Scores, other: Scores, policy: GatePolicy) -> GateRow:
    """A single number against another one; the margin is a share of the champion's."""
    ours, theirs = challenger.facts.get(guard.metric), other.facts.get(guard.metric)
    if ours is None or theirs is None:
        return GateRow(guard.metric, "guard", ours, theirs, None, None, guard.margin, True, "not measured")
    gain = (ours - theirs) if guard.higher_is_better else (theirs - ours)
    held = -gain <= guard.margin * abs(theirs)
    verdict = "within its margin" if held else "worse by more than its margin"
    return GateRow(guard.metric, "guard", ours, theirs, gain, None, guard.margin, held, verdict)


def _row(compared: Compared, role: str, passed: bool, verdict: str, margin: float | None = None) -> GateRow:
    numbers = compared.ours, compared.theirs, compared.gain, compared.ci95
    return GateRow(compared.metric, role, *numbers, margin, passed, verdict)
