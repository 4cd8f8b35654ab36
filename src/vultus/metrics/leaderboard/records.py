"""What passes between the parts of the leaderboard."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vultus.data.sets import StoredClip
from vultus.data.track import Track
from vultus.metrics.evidence import Rgb
from vultus.metrics.score import Mode
from vultus.world.benchmark import Pair

MODES: tuple[Mode, ...] = ("self", "cross")
"""Kinds of pairs, in the order of the tables."""


@dataclass(frozen=True)
class Scene:
    """All that a contestant is given of one pair."""

    pair: Pair
    """Who drives whom."""

    source_rgb: Rgb
    """The portrait."""

    driving: StoredClip
    """The clip that drives; as many frames of its size are expected."""

    track: Track
    """The driver's, fitted from its video as `vultus animate` fits it."""


@dataclass(frozen=True)
class PairResult:
    """What one contestant reached on one pair."""

    contestant: str
    """Whose."""

    pair: str
    """Id of the pair."""

    mode: Mode
    """"self" or "cross"."""

    person: str
    """Whom the portrait shows."""

    digest: str
    """SHA-256 of everything that decides the result; a kept result is used while this is the same."""

    frames: int
    """Generated frames."""

    without_face: int
    """Those among them in which no face was found; metrics of faces leave them out."""

    scores: Mapping[str, Mapping[str, Any]]
    """`Score.to_json` by metric."""

    worst_frame: int | None = None
    """Number of the worst frame; None where none is known to be worst."""

    worst: float = 0.0
    """How bad that is: mean squared error in self-reenactment, else degrees between the heads."""

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PairResult":
        """What `to_json` made."""
        return cls(**values)


@dataclass(frozen=True)
class Failure:
    """A pair that a contestant did not finish; nothing of it is kept, and the next run tries again."""

    contestant: str
    """Whose."""

    pair: str
    """Id of the pair."""

    mode: Mode
    """"self" or "cross"."""

    reason: str
    """What was wrong and what to do, on one line."""


def mode_of(pair: Pair) -> Mode:
    """Whether a pair's portrait and driver are of one clip."""
    return "self" if pair.source == pair.driving else "cross"
