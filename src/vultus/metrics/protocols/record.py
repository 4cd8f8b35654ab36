"""What has to be agreed on before two methods' scores may stand in one table."""

from dataclasses import dataclass
from typing import Literal

from vultus.errors import InputError
from vultus.metrics.score import Mode
from vultus.registry import Registry

Direction = Literal["forward", "backward"]
"""Which of a pair of frames is the source: the first ("forward") or the second ("backward")."""


PROCRUSTES = (
    "every prediction is turned, scaled and moved by the similarity that brings its 68 landmarks onto the "
    "target's in least squares (`alignment.warp_onto`)"
)
"""The alignment of predictions that `Evaluation` carries out."""


@dataclass(frozen=True)
class Column:
    """One column of a paper's table."""

    heading: str
    """What the paper calls it."""

    metrics: tuple[str, ...]
    """Names in `METRICS` that follow the paper's definition, the nearest first."""

    against: Literal["driver", "source", "real"]
    """What frames are compared with: the driver's same frame, the source, or a set of real frames."""

    note: str = ""
    """Where the paper leaves something open, what is taken."""


@dataclass(frozen=True)
class Protocol:
    """A named evaluation: who drives whom, how frames are cut and aligned, and what is measured."""

    name: str
    """How it is asked for."""

    source: str
    """Paper and table or section."""

    mode: Mode
    """Whether source and driver are one person and clip ("self") or two ("cross")."""

    pairs: str
    """Which sources meet which drivers."""

    crop: str
    """How frames are cut, and their size in px."""

    alignment: str
    """What is done to generated frames before they are compared; "none" for nothing."""

    columns: tuple[Column, ...]
    """What is measured."""

    directions: tuple[Direction, ...] = ("forward",)
    """Directions in which pairs are formed."""

    frames: str = "every frame of the driver"
    """Which frames count."""

    def __post_init__(self) -> None:
        if not self.columns:
            raise InputError(f"protocol {self.name!r} measures nothing", remedy="name its columns")

    @property
    def aligned(self) -> bool:
        """Whether every generated frame is brought onto the driver's landmarks first."""
        return self.alignment == PROCRUSTES

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric's name, once, in the order of the columns."""
        return tuple(dict.fromkeys(name for column in self.columns for name in column.metrics))

    def to_json(self) -> dict[str, object]:
        """All of it, to be stored beside a score."""
        return {
            "name": self.name,
            "source": self.source,
            "mode": self.mode,
            "pairs": self.pairs,
            "directions": list(self.directions),
            "frames": self.frames,
            "crop": self.crop,
            "alignment": self.alignment,
            "columns": [vars(column) | {"metrics": list(column.metrics)} for column in self.columns],
        }


PROTOCOLS: Registry[Protocol] = Registry(
    "protocol",
    "vultus.protocols",
    modules=(
        "vultus.metrics.protocols.directions",
        "vultus.metrics.protocols.gdpw",
        "vultus.metrics.protocols.goha",
        "vultus.metrics.protocols.headgan",
        "vultus.metrics.protocols.posegan",
    ),
)
"""Named evaluations."""


def enter(protocol: Protocol) -> Protocol:
    """Register a protocol under its own name."""
    return PROTOCOLS.register(protocol.name)(protocol)
