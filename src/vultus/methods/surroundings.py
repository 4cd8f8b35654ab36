"""What surrounds a face: hair moves with the head's outline, the torso stays.

A mesh tells how the skin moves. The skin of the rim turns out of sight when a head turns, so it is no guide
for hair beside it: an outline is.
"""

from typing import NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import image_turn_rad, matrix_from_axis_angle
from vultus.methods.outline import outline_displacement, radial_outline
from vultus.methods.warp.field import ramp
from vultus.methods.warp.parts import head_parts

CELLS = 64
"""Side of the grid that the field around a head is computed on."""

COLLAR = 0.22
"""Height below the chin from where on the torso stays, in heights of the head."""


REACH = 0.4
"""Distance from the outline at which a third of the motion is left, in heights of the head."""


class HeadView(NamedTuple):
    """A head as it is seen in one frame, image frame, px."""

    centre_px: Float[np.ndarray, " 2"]
    """Middle of the skull."""

    outline_px: Float[np.ndarray, " a"]
    """Its outline around the middle (`radial_outline`)."""

    crown_px: float
    """Row of its highest point."""

    chin_px: float
    """Row of its lowest point."""

    rotation: Float[Tensor, "3 3"]
    """Of the head."""

    scale: float
    """Of the camera."""


class Surroundings:
    """Carries displacement fields on beyond the heads of a morphable model.

    Args:
        model: Morphable model of the tracks.
    """

    def __init__(self, model: MorphableModel) -> None:
        self._head = head_parts(model).head
        skull = model.mean[torch.from_numpy(self._head)]
        self._centre = (skull.amin(0) + skull.amax(0)) / 2

    def views(self, track: Track, points: Float[Tensor, "t v 3"]) -> list[HeadView]:
        """The heads of a track, whose vertices are given in the same pixels."""
        rotations = matrix_from_axis_angle(track.rotation_rad)
        centres = track.camera.project(self._centre.expand(len(track), 1, 3))[:, 0, :2].double().numpy()
        outer = points[:, self._head, :2].double().numpy()
        return [
            HeadView(
                centre,
                radial_outline(head, centre),
                float(head[:, 1].min()),
                float(head[:, 1].max()),
                rotation,
                float(scale),
            )
            for centre, head, rotation, scale in zip(centres, outer, rotations, track.scale, strict=True)
        ]

    def carried(
        self,
        field: Float[Tensor, "t 2 s s"],
        known: Tensor,
        source: HeadView,
        driven: list[HeadView],
    ) -> Float[Tensor, "t 2 s s"]:
        """A field that is known on the faces, carried on beyond them.

        Args:
            field: From driven to source, where each side of the picture is 2 long.
            known: (t, s, s), where it means something.
            source: The head that is moved.
            driven: Where it is moved to.
        """
        beyond = torch.stack([around(source, view, field.shape[-1]) for view in driven])
        return torch.where(known[:, None], field, beyond.to(field))


def around(source: HeadView, driven: HeadView, side_px: int) -> Float[Tensor, "2 s s"]:
    """Where what surrounds a driven head lies in the source.

    Outline goes to outline; motion fades away from it, and the torso stays.

    Args:
        source: The head in the source.
        driven: The head in the driving pose.
        side_px: Side of both pictures.

    Returns:
        (x, y), y down, where each side of the picture is 2 long.
    """
    step = side_px / CELLS
    moved, beyond_px = outline_displacement(
        (driven.centre_px, driven.outline_px),
        (source.centre_px, source.outline_px),
        float(image_turn_rad(driven.rotation, source.rotation)),
        source.scale / driven.scale,
        step,
        CELLS,
    )
    head_px = source.chin_px - source.crown_px
    still = ramp((np.arange(CELLS) + 0.5) * step, source.chin_px, source.chin_px + COLLAR * head_px)
    fading = np.exp(-np.maximum(beyond_px, 0) / (REACH * head_px))
    moved *= ((1 - still)[:, None] * fading * (2 / side_px))[..., None].astype(np.float32)
    whole = cv2.resize(moved, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    return torch.from_numpy(whole).permute(2, 0, 1)
