"""What a track asks of a portrait's head, frame by frame, in the numbers that the warp needs."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from vultus.data.track import Track
from vultus.face.rotations import image_turn_rad, matrix_from_axis_angle
from vultus.methods.warp.field import ramp


@dataclass(frozen=True)
class PoseChange:
    """One frame against the portrait."""

    turn_rad: float
    """Rotation in the image plane from the driven head to the portrait's, from x to y."""

    zoom: float
    """Driven size of the head over its size in the portrait."""

    motion: float
    """Whether the head turns at all, [0, 1]."""

    gaze_rad: float
    """How far the gaze has turned in the head."""

    torso_px: tuple[float, float]
    """Shift of the torso, image frame of the grid, px."""


def pose_changes(track: Track, source: Track, torso_px: Float[np.ndarray, "t 2"]) -> list[PoseChange]:
    """Compare each frame of a track with the portrait's own.

    Args:
        track: Driving poses.
        source: The portrait's, one frame.
        torso_px: Shift of the torso in each frame, px of the grid.
    """
    origin = matrix_from_axis_angle(source.rotation_rad)
    relative = origin @ matrix_from_axis_angle(track.rotation_rad).mT  # driven to portrait, view frame
    turn = image_turn_rad(matrix_from_axis_angle(track.rotation_rad), origin)
    angle = torch.acos(((relative.diagonal(dim1=1, dim2=2).sum(-1) - 1) / 2).clamp(-1, 1))
    gaze = (track.eyes_rad - source.eyes_rad).norm(dim=-1).amax(dim=-1)
    columns = (turn, track.scale / source.scale, torch.from_numpy(ramp(angle.numpy(), 0.01, 0.10)), gaze)
    rows = zip(*(column.tolist() for column in columns), torso_px.tolist(), strict=True)
    return [
        PoseChange(turn_rad, zoom, motion, gaze_rad, (x, y))
        for turn_rad, zoom, motion, gaze_rad, (x, y) in rows
    ]
