"""What the quality gate is told, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from vultus.errors import InputError
from vultus.metrics.bootstrap import BootstrapConfig

SPEED, SIZE = "speed[frames/s]", "size[bytes]"
"""Facts that are guarded beside metrics."""

PROMOTE, KEEP = "promote", "keep"
"""Verdicts: the challenger may be champion, or whoever is stays."""

BASELINE = "warp"
"""Whom the first champion has to beat, where the policy says so."""

First = Literal["baseline", "promote", "register"]
"""What may happen while there is no champion."""


@dataclass(frozen=True)
class Guard:
    """A metric that may not get worse by more than a margin."""

    metric: str
    """Name with its kind of pairs, for instance "cross/identity_leak[dlib]"; of a fact, its name."""

    margin: float
    """How much worse is accepted, in the metric's unit; of a fact, a share of the champion's value."""

    fact: bool = False
    """Whether it is a single number instead of scores of pairs."""

    higher_is_better: bool = False
    """Direction of better values of a fact; metrics know their own."""


@dataclass(frozen=True)
class GatePolicy:
    """What decides about promotion."""

    primaries: tuple[str, ...] = ("self/l1[0..255]", "self/aed[expression]")
    """Metrics in all of which a challenger has to be better, beyond the interval."""

    guards: tuple[Guard, ...] = (
        Guard("self/identity_distance[dlib]", 0.02),
        Guard("cross/identity_distance[dlib]", 0.02),
        Guard("cross/identity_leak[dlib]", 0.02),
        Guard("cross/apd[deg]", 0.5),
        Guard("self/jitter[acceleration-vs-driver]", 0.002),
        Guard(SPEED, 0.2, fact=True, higher_is_better=True),
        Guard(SIZE, 0.25, fact=True),
    )
    """Metrics that may not get worse by more than a margin."""

    first: First = "baseline"
    """What happens without a champion: the challenger has to beat the baseline, is promoted whatever it
    reaches, or is registered and nothing more."""

    resamples: int = 5000
    """Draws of people for an interval."""

    seed: int = 0
    """Seed of the draws."""

    @property
    def drawing(self) -> BootstrapConfig:
        """How intervals are drawn; whole people are, so its blocks have no meaning."""
        return BootstrapConfig(self.resamples, seed=self.seed)

    def opponent(self, champion: str | None) -> str | None:
        """Whom a challenger has to beat: the champion, where there is none the baseline, or nobody."""
        return champion or (BASELINE if self.first == "baseline" else None)

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)

    @classmethod
    def parse(cls, text: str) -> "GatePolicy":
        """A policy as users write it, a JSON object of some fields; raises `InputError` where it is none."""
        try:
            values = json.loads(text)
            if not isinstance(values, dict):
                raise ValueError(f"it is a {type(values).__name__}")
        except ValueError as error:
            raise InputError(
                f"the policy {text[:80]!r} is no JSON object: {error}",
                remedy='give one such as {"first": "promote"}; see docs/registry.md',
            ) from error
        return cls.from_json(values)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "GatePolicy":
        """What `to_json` made, or some of it; raises `InputError` for what it does not know."""
        try:
            known = dict(values)
            if known.get("first", "promote") not in get_args(First):
                raise TypeError(f"first is {known['first']!r}")
            if "primaries" in known:
                known["primaries"] = tuple(known["primaries"])
            if "guards" in known:
                known["guards"] = tuple(Guard(**guard) for guard in known["guards"])
            return cls(**known)
        except TypeError as error:
            raise InputError(f"this is no policy: {error}", remedy="see docs/registry.md") from error

    def __post_init__(self) -> None:
        names = [*self.primaries, *(guard.metric for guard in self.guards if not guard.fact)]
        for name in names:
            if not name.startswith(("self/", "cross/")):
                raise InputError(
                    f"{name!r} has no kind of pairs", remedy=f"write self/{name} or cross/{name}"
                )
        if not self.primaries:
            raise InputError("the policy has no primary metric", remedy="name one, as self/l1[0..255]")


@dataclass(frozen=True)
class GateRow:
    """One line of a decision's table."""

    metric: str
    """Name with its kind of pairs, or of a fact."""

    role: str
    """"primary" or "guard"."""

    challenger: float | None
    """Mean over the pairs that both have; None where it was not measured."""

    other: float | None
    """The same of whom it is compared with."""

    gain: float | None
    """Mean of the paired differences, > 0 where the challenger is better."""

    ci95: tuple[float, float] | None
    """95 % interval of the gain over people."""

    margin: float | None
    """How much worse is accepted; None for a primary metric."""

    passed: bool
    """Whether this line is no reason to refuse."""

    verdict: str
    """Why, in a few words."""


@dataclass(frozen=True)
class Decision:
    """What the gate says, and the table that it says it on."""

    promoted: bool
    """Whether the challenger may be champion."""

    reason: str
    """Why, on one line."""

    challenger: str
    """Who was judged."""

    other: str | None
    """Whom it was compared with."""

    against: str
    """What that is: "champion", "baseline" or "nothing"."""

    rows: tuple[GateRow, ...]
    """A line for each metric of the policy."""

    policy: GatePolicy
    """What decided."""

    @property
    def verdict(self) -> str:
        """`PROMOTE` or `KEEP`."""
        return PROMOTE if self.promoted else KEEP

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)

    def to_markdown(self) -> str:
        """The decision and its table."""
        other = self.other or "nobody"
        head = f"# {'Promoted' if self.promoted else 'Refused'}: {self.challenger}\n\n{self.reason}.\n"
        if not self.rows:
            return head
        lines = [
            f"| | metric | {self.challenger} | {other} | gain | 95 % | margin | |",
            "|---|---|---:|---:|---:|---:|---:|---|",
        ]
        lines += [_line(row) for row in self.rows]
        return f"{head}\n" + "\n".join(lines) + "\n"


def _line(row: GateRow) -> str:
    ci95 = f"[{row.ci95[0]:.3g}, {row.ci95[1]:.3g}]" if row.ci95 else ""
    numbers = " | ".join(_shown(value) for value in (row.challenger, row.other, row.gain))
    mark = "✓" if row.passed else "✗"
    return (
        f"| {mark} {row.role} | `{row.metric}` | {numbers} | {ci95} | {_shown(row.margin)} | {row.verdict} |"
    )


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
