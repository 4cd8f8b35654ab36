"""What a rendered frame is."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.world.bodies.parts import PART_INDEX

MASKS: dict[str, tuple[str, ...]] = {
    "face": ("skin", "lips", "mouth", "teeth", "eyes", "brows"),
    "hair": ("hair", "beard"),
    "mouth": ("mouth", "teeth"),
    "eyes": ("eyes",),
    "background": ("background",),
}
"""Parts that each mask is made of."""


@dataclass(frozen=True)
class WorldFrame:
    """One picture and all that is known about it."""

    rgb: UInt8[np.ndarray, "h w 3"]
    """sRGB."""

    depth: Float32[np.ndarray, "h w"]
    """Image frame's z of the part that fills most of the pixel, px, 0 at the head's origin; +inf for the
    background."""

    part: UInt8[np.ndarray, "h w"]
    """Index into `PARTS` of the part that fills most of the pixel."""

    points_image: Float32[np.ndarray, "l 3"]
    """`mediapipe478` landmarks (468 where the model's eyes are not known), image frame, px in all three axes,
    whether seen or hidden."""

    number: int
    """Number of the frame in its clip, from 0."""

    @property
    def ibug68(self) -> Float32[np.ndarray, "68 3"]:
        """The 68 points among the landmarks."""
        return self.points_image[list(IBUG68_FROM_MEDIAPIPE)]

    def mask(self, name: str) -> Bool[np.ndarray, "h w"]:
        """Where one of `MASKS` is seen."""
        return np.isin(self.part, [PART_INDEX[part] for part in MASKS[name]])
