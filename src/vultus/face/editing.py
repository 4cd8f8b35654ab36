"""Edits of a portrait's fit beyond added angles and expressions: to the front, where it looks, its shape."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from vultus.data.track import Track
from vultus.errors import InputError

GAZE_LIMIT_RAD = 0.6
"""How far eyes can be turned."""

SHAPE_LIMIT = 3.0
"""Most that is added to a coefficient of identity, standard deviations."""


@dataclass(frozen=True)
class FaceEdit:
    """What is changed; by default nothing."""

    frontal: bool = False
    """Whether the head is turned to the camera first."""

    gaze_yaw_rad: float = 0.0
    """Turn of both eyes in the head; > 0 looks to the image's left."""

    gaze_pitch_rad: float = 0.0
    """Turn of both eyes in the head; > 0 looks down."""

    shape: Mapping[int, float] = field(default_factory=dict)
    """Added to coefficients of identity by their index, standard deviations."""


def edit_face(source: Track, edit: FaceEdit) -> Track:
    """Apply an edit to a fit.

    Args:
        source: One frame.
        edit: What is changed.

    Raises:
        InputError: An angle or a coefficient is out of range.
    """
    _check(edit, source.identity.shape[1])
    identity = source.identity.clone()
    for index, value in edit.shape.items():
        identity[:, index] += value
    # In the head frame a positive turn about x lowers the gaze, and one about y turns it right.
    turn = torch.tensor([edit.gaze_pitch_rad, -edit.gaze_yaw_rad, 0.0])
    eyes = (source.eyes_rad + turn) if turn.any() else source.eyes_rad
    rotation = torch.zeros_like(source.rotation_rad) if edit.frontal else source.rotation_rad
    return source.replace(identity=identity, eyes_rad=eyes, rotation_rad=rotation)


def _check(edit: FaceEdit, count: int) -> None:
    for name, angle in {"gaze yaw": edit.gaze_yaw_rad, "gaze pitch": edit.gaze_pitch_rad}.items():
        if not abs(angle) <= GAZE_LIMIT_RAD:
            limit = math.degrees(GAZE_LIMIT_RAD)
            raise InputError(
                f"{name} of {math.degrees(angle):.0f}° is too much",
                remedy=f"use {-limit:.0f}° to {limit:.0f}°",
            )
    for index, value in edit.shape.items():
        if not 0 <= index < count:
            raise InputError(f"there is no shape coefficient {index}", remedy=f"use 0 to {count - 1}")
        if not abs(value) <= SHAPE_LIMIT:
            raise InputError(
                f"shape coefficient {index} cannot change by {value:g}",
                remedy=f"use {-SHAPE_LIMIT:g} to {SHAPE_LIMIT:g} standard deviations",
            )
