"""What can be set about the warp."""

from dataclasses import dataclass, field

from vultus.methods.limits import MotionLimits


@dataclass(frozen=True, kw_only=True)
class WarpConfig:
    """The generator that warps the portrait by the fitted meshes [zhong2022gdpw, §3]."""

    zoom: float = 1.8
    """Side of the crop in sizes of the head."""

    field_px: int = 256
    """Largest side of the grid that the displacement field is computed on, px."""

    coarse_px: int = 64
    """Side of the grid that the field is extended on, px."""

    limits: MotionLimits = field(default_factory=MotionLimits)
    """How far the head leaves the portrait's pose."""

    margin: float = 0.2
    """What is kept of the picture around the crop, in sides, for heads that move it into the frame."""

    border: float = 0.08
    """Width of the frame's border over which the field fades to none, in sides."""

    sway: float = 0.8
    """How far the torso goes along where head and collar move alike; 0 with `paste_back`, [0, 1]."""

    align: bool = True
    """Whether the mesh is drawn to the detected landmarks of the portrait where a detector is installed."""
