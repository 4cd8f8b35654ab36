"""The same moment from many sides: cameras around a head."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.face.rotations import matrix_from_angles


@dataclass(frozen=True)
class View:
    """Where a camera stands: on a sphere about the head, looking at its middle.

    The angles are those that a head whose rotation is the identity has for this camera (docs/conventions.md):
    concretely, yaw > 0 shows more of the subject's left cheek, and the nose points to the image's left.
    """

    yaw_rad: float = 0.0
    """About the vertical axis, rad."""

    pitch_rad: float = 0.0
    """> 0: from above, rad."""

    def to_json(self) -> dict[str, float]:
        """The angles by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "View":
        """What `to_json` made."""
        return cls(float(values["yaw_rad"]), float(values["pitch_rad"]))

    @property
    def yaw_deg(self) -> float:
        """Yaw in degrees."""
        return math.degrees(self.yaw_rad)

    @property
    def pitch_deg(self) -> float:
        """Pitch in degrees."""
        return math.degrees(self.pitch_rad)

    @property
    def rotation(self) -> Float[Tensor, "3 3"]:
        """V, view frame of the frontal camera to view frame of this one, float64."""
        return matrix_from_angles(torch.tensor([self.yaw_rad, self.pitch_rad, 0.0], dtype=torch.float64))


FRONTAL = View()
"""The camera that the listener's eyes are at."""


def ring(count: int, yaw_rad: float = math.radians(60), pitch_rad: float = 0.0) -> tuple[View, ...]:
    """Cameras side by side at one height, evenly from -yaw to +yaw; one camera is frontal.

    Args:
        count: How many, >= 1.
        yaw_rad: Of the outermost cameras.
        pitch_rad: Of all.

    Example:
        >>> [round(math.degrees(view.yaw_rad)) for view in ring(5)]
        [-60, -30, 0, 30, 60]
    """
    if count < 1:
        raise ValueError(f"a ring of {count} cameras")
    half = (count - 1) / 2
    return tuple(View(yaw_rad * (index - half) / max(half, 0.5), pitch_rad) for index in range(count))
