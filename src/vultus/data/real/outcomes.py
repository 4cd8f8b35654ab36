"""What became of each item of a source, and of all of them together."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from vultus.data.real.policy import Reason
from vultus.errors import FaceNotFoundError


@dataclass(frozen=True)
class Rejection:
    """A part of an item that was left out."""

    reason: Reason
    """Why, by name."""

    message: str
    """What was wrong, with the values."""

    start_s: float | None = None
    """Where the part begins in the file, s; None for the whole item."""

    end_s: float | None = None
    """Where it ends, s."""

    frames: int = 0
    """How many frames it has."""


@dataclass(frozen=True)
class Outcome:
    """What became of one item; kept as `<root>/sources/<person>/<clip>.json`."""

    id: str
    """The item's."""

    input_digest: str
    """SHA-256 over the item, its file, the recipe, the policy and the head model: what it was made from."""

    clips: tuple[str, ...]
    """Ids of the clips that were written."""

    rejections: tuple[Rejection, ...]
    """What was left out, in the order of time."""

    notes: tuple[str, ...] = ()
    """What a reader should know: frames that do not decode, a variable rate, no sound."""

    frames: int = 0
    """Frames that were decoded."""

    kept_frames: int = 0
    """Frames in clips."""

    kept_s: float = 0.0
    """Duration of all clips, s."""

    def to_json(self) -> dict[str, object]:
        """Everything, JSON-able."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Outcome":
        """Read what `to_json` made; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        rejections = tuple(Rejection(**one) for one in values["rejections"])
        clips, notes = tuple(values["clips"]), tuple(values["notes"])
        return cls(**{**values, "rejections": rejections, "clips": clips, "notes": notes})

    @property
    def final(self) -> bool:
        """Whether another run would come to the same; a full disk and a crash may pass."""
        return not any(one.reason in ("disk_full", "crashed") for one in self.rejections)

    @property
    def why(self) -> str:
        """Why there is no clip, on one line."""
        return "; ".join(f"{one.reason}: {one.message}" for one in self.rejections)


@dataclass
class BuildReport:
    """What a build did."""

    root: str
    """Where the set is."""

    recipe: str
    """Name of the recipe."""

    recipe_digest: str
    """Its digest."""

    items: int = 0
    """Items that the source listed."""

    done_before: int = 0
    """Items that an earlier run had finished."""

    clips: int = 0
    """Clips in the set."""

    frames: int = 0
    """Frames in clips."""

    hours: float = 0.0
    """Duration of all clips, h."""

    rejected: Counter[str] = field(default_factory=Counter)
    """How many parts were left out, by reason."""

    without_clips: dict[str, str] = field(default_factory=dict)
    """Items that gave no clip: reasons and messages by id."""

    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a reader should know of single items, by id."""

    digest: str = ""
    """Digest of the set."""

    def add(self, outcome: Outcome) -> None:
        """Count what became of an item."""
        self.items += 1
        self.rejected.update(one.reason for one in outcome.rejections)
        if not outcome.clips:
            self.without_clips[outcome.id] = outcome.why
        if outcome.notes:
            self.notes[outcome.id] = outcome.notes

    def require_clips(self, source: str) -> None:
        """Raise `FaceNotFoundError` saying why where nothing of `source` could be used."""
        if self.clips:
            return
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.rejected.items()))
        raise FaceNotFoundError(
            f"none of the {self.items} items of {source!r} gave a clip ({reasons or 'there are none'})",
            remedy="use videos in which one face is seen clearly for a while",
            metadata={"path": source, "items": self.items},
        )

    def to_json(self) -> dict[str, object]:
        """Everything, JSON-able."""
        return {
            "root": self.root,
            "recipe": self.recipe,
            "recipe_digest": self.recipe_digest,
            "items": self.items,
            "done_before": self.done_before,
            "clips": self.clips,
            "frames": self.frames,
            "hours": self.hours,
            "rejected": dict(sorted(self.rejected.items())),
            "without_clips": dict(sorted(self.without_clips.items())),
            "notes": {item: list(notes) for item, notes in sorted(self.notes.items())},
            "digest": self.digest,
        }
