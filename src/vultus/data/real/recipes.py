"""How faces are cut out: the papers' preprocessing as named, versioned records."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

from vultus.registry import Registry

Region = Literal["ibug68", "mesh", "five_points"]
"""Landmarks that squares come from: a box around the 68 points, one around the mesh, or five points."""

Placing = Literal["frame", "median", "union", "stable"]
"""Over time: a box for each frame; the median box; the union of all; the middle nine tenths of all."""

Border = Literal["inside", "mirror", "blurred", "black"]
"""Beyond the picture: mirrored; mirrored and ever more blurred; black. "inside" moves the square into the
picture first, shrinks it a little if it must, and blurs what is still beyond."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """From landmarks to a square crop of `size_px`."""

    name: str
    """What the recipe is called."""
    version: int = 1
    """Grows when the pixels that the recipe makes change."""
    size_px: int = 256
    """Side of the frames that are written, px."""
    region: Region = "mesh"
    """What the box is put around."""
    measure: Literal["longest", "mean"] = "longest"
    """The box's size before it grows: its longer side, or the mean of both."""
    placing: Placing = "stable"
    """How the boxes of the frames become squares."""
    factor: float = 1.6
    """Side of the square in sizes of the box; unused for "five_points"."""
    rise: float = 0.0
    """How far the square's centre lies above the box's, in sides of the square; negative for below."""
    border: Border = "inside"
    """What lies beyond the picture."""
    interpolation: Literal["area", "bilinear", "cubic", "lanczos"] = "area"
    """How the square becomes `size_px`: area averages (a cubic where it grows), or Pillow's filters."""
    drift_limit: float | None = None
    """Most that a frame's box may drift from the median box: farthest edge over half of width plus height."""
    least_overlap: float | None = None
    """A new clip begins where the box overlaps the first one by less (intersection over union)."""
    least_side_px: int = 0
    """Squares smaller than this in the source are rejected."""
    least_frames: int = 1
    """Shorter clips are left out, frames."""
    most_frames: int | None = None
    """Longer clips are cut into equal parts, frames; None for no such cut."""
    part_frames: int | None = None
    """Clips are cut into parts of exactly this many frames; None for no such cut."""
    span_mm: float = 233.0
    """For "five_points": what the side of the square spans at the face, mm."""
    stands_in: str = ""
    """What differs from the cited preprocessing, and why."""
    source: str = ""
    """Where the recipe comes from, key in references.bib."""

    @property
    def digest(self) -> str:
        """SHA-256 over every field, as "sha256:…"."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def replace(self, **changes: object) -> "Recipe":
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


RECIPES: Registry[Recipe] = Registry("recipe", "vultus.recipes", modules=("vultus.data.real.recipe_table",))
"""Recipes by name."""
