"""What became of each item of a source, and of all of them together."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from vultus.data.real.policy import Reason


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

    crashes: int = 0
    """How often a process died over this item."""


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
    """Items that gave no clip: reason and message by id."""

    digest: str = ""
    """Digest of the set."""

    def to_json(self) -> Mapping[str, object]:
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
            "digest": self.digest,
        }
