"""What decides a clip of the world, as a record that survives JSON."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from vultus.errors import InputError
from vultus.world.splits import split_of
from vultus.world.views import FRONTAL, View

WORLD_VERSION = 1
"""Changes when the same specification gives another clip."""

SMALLEST_PX, LARGEST_PX = 64, 512
SHORTEST_S, LONGEST_S = 0.5, 3600.0
SLOWEST_HZ, FASTEST_HZ = 2.0, 120.0


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """Everything that decides a clip; made again from it, a clip is the same to the bit on the same machine.

    Example:
        >>> spec = ClipSpec(person_seed=7, duration_s=2.0)
        >>> ClipSpec.from_json(spec.to_json()) == spec, spec.id
        (True, 'p0000000007/c000')
    """

    person_seed: int
    """Who is seen."""

    clip: int = 0
    """Number of the clip; each has words, motion and a stage of its own."""

    duration_s: float = 10.0
    """Length, s; there are round(duration x fps) frames."""

    fps: float = 25.0
    """Frames in a second, Hz."""

    size_px: tuple[int, int] = (256, 256)
    """(height, width), even."""

    language: str | None = "en"
    """What is spoken, a name of `vultus.world.speech.LANGUAGES`; None listens in silence."""

    performer_seed: int | None = None
    """Whose voice, words and motion are used; None: the person's own."""

    stage_seed: int | None = None
    """The stage; None: one of this person and clip alone."""

    view: View = FRONTAL
    """Where the camera stands."""

    morphable: str = "builtin"
    """Name of the morphable model that people are made from."""

    world: int = WORLD_VERSION
    """Version of the world."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return round(self.duration_s * self.fps)

    @property
    def performer(self) -> int:
        """Seed of the person whose voice, words and motion are used."""
        return self.person_seed if self.performer_seed is None else self.performer_seed

    @property
    def person_name(self) -> str:
        """The person in paths and ids."""
        return f"p{self.person_seed:010d}"

    @property
    def clip_name(self) -> str:
        """The clip among the person's; whatever differs from what is usual is in it."""
        performer = "" if self.performer_seed is None else f"-by{self.performer_seed:010d}"
        stage = "" if self.stage_seed is None else f"-on{self.stage_seed}"
        view = "" if self.view == FRONTAL else f"-y{self.view.yaw_deg:+.1f}-p{self.view.pitch_deg:+.1f}"
        return f"c{self.clip:03d}{performer}{stage}{view}".replace("+", "")

    @property
    def id(self) -> str:
        """Id of the clip in a set."""
        return f"{self.person_name}/{self.clip_name}"

    @property
    def split(self) -> str:
        """Where the person belongs."""
        return split_of(self.person_seed)

    @property
    def digest(self) -> str:
        """SHA-256 of the specification, as "sha256:…"."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def replace(self, **changes: object) -> "ClipSpec":
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Every field as JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "size_px": list(self.size_px), "view": self.view.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ClipSpec":
        """What `to_json` made.

        Raises:
            InputError: When a field is missing or unknown, or has a value that it cannot have.
        """
        names = {field.name for field in fields(cls)}
        if wrong := sorted(names ^ set(values)):
            raise InputError(
                f"not the specification of a clip: {', '.join(wrong)} missing or unknown",
                remedy="make the set again",
                metadata={"fields": wrong},
            )
        height, width = values["size_px"]
        return cls(**{**values, "size_px": (height, width), "view": View.from_json(values["view"])})


def _check(spec: ClipSpec) -> None:
    split_of(spec.person_seed)
    split_of(spec.performer)
    faults = {
        f"a size of {spec.size_px}": not all(
            SMALLEST_PX <= side <= LARGEST_PX and side % 2 == 0 for side in spec.size_px
        ),
        f"{spec.duration_s} s": not SHORTEST_S <= spec.duration_s <= LONGEST_S,
        f"{spec.fps} frames a second": not SLOWEST_HZ <= spec.fps <= FASTEST_HZ,
        f"the number {spec.clip}": spec.clip < 0,
    }
    if wrong := [fault for fault, present in faults.items() if present]:
        raise InputError(
            f"no clip of the world has {wrong[0]}",
            remedy=f"use even sides of {SMALLEST_PX} to {LARGEST_PX} px, {SHORTEST_S} to {LONGEST_S:.0f} s, "
            f"{SLOWEST_HZ:.0f} to {FASTEST_HZ:.0f} frames/s",
            metadata={"fault": wrong[0]},
        )
    if spec.world != WORLD_VERSION:
        raise InputError(
            f"the clip is of world {spec.world}, this program makes world {WORLD_VERSION}",
            remedy="use the program that made it, or make the set again",
            metadata={"world": spec.world},
        )
