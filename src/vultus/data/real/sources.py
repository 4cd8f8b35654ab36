"""What a real data set offers: its items, one by one, whatever its layout on disk is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vultus.face.detectors.base import Box
from vultus.registry import Registry


@dataclass(frozen=True)
class SourceItem:
    """One clip or still of a real data set, before anything was decoded."""

    id: str
    """Unique in its source: "<person>/<clip>" of letters, digits, "-", "_" and "." only."""

    person: str
    """Name of the person within the source; the clip's own name where the source knows no people."""

    path: Path
    """The file."""

    start_s: float = 0.0
    """Where the clip begins in the file, s."""

    end_s: float | None = None
    """Where it ends in the file, s; None for the file's end."""

    box_px: Box | None = None
    """Where the person's face is, (left, top, right, bottom) in px of `box_frame_px`; None where unknown."""

    box_frame_px: tuple[int, int] | None = None
    """(height, width) that `box_px` counts in, a width of 0 for any; None for the file's own frames.

    Concretely, (1, 1) for fractions of the frame and (360, 0) for a frame scaled to 360 lines.
    """

    split: str | None = None
    """"train", "val" or "test" where the source says so."""

    licence: str = "unknown"
    """Under which terms the source gives the item away."""

    language: str | None = None
    """Of the speech, ISO 639-1; None where unknown."""

    fault: str = ""
    """What is wrong with the source's description of the item; such an item gives no clip."""

    extra: Mapping[str, object] = field(default_factory=dict)
    """Whatever else the source knows, JSON-able."""


Source = Callable[[Path], Iterator[SourceItem]]
"""Lists the items of a folder lazily, in a fixed order; raises `InputError` where its layout is not there."""

SOURCES: Registry[Source] = Registry(
    "source",
    "vultus.sources",
    modules=tuple(
        f"vultus.data.real.adapters.{name}" for name in ("folder", "voxceleb", "hdtf", "celeba", "ravdess")
    ),
)
"""Known layouts by name."""
