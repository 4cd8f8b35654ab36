"""Contact sheets of a morphable model: from all sides, every expression, random people."""

from collections.abc import Sequence
from math import radians

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.sheets import contact_sheet
from vultus.face.cameras import Camera
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import matrix_from_angles
from vultus.render.shading import shaded_preview

FILLED = 0.86
"""Share of the picture's side that the head's largest extent fills."""


def turntable_sheet(
    model: MorphableModel,
    yaw_deg: Sequence[float] = (0.0, 30.0, 60.0, 90.0, 135.0, 180.0, -135.0, -90.0, -60.0, -30.0),
    pitch_deg: Sequence[float] = (0.0, 30.0, -30.0),
    side_px: int = 256,
    columns: int = 5,
) -> UInt8[np.ndarray, "h w 3"]:
    """Show the mean head at each yaw, then turned a little at each further pitch."""
    angles = [(yaw, pitch_deg[0]) for yaw in yaw_deg]
    angles += [(yaw, pitch) for pitch in pitch_deg[1:] for yaw in (0.0, 45.0)]
    mean = model.mean.expand(len(angles), -1, -1)
    turns = torch.tensor([[radians(yaw), radians(pitch), 0] for yaw, pitch in angles])
    frames = _pictures(model, mean, framing_camera(model, turns, (side_px, side_px)), side_px)
    captions = [f"yaw {yaw:g}°" + (f", pitch {pitch:g}°" if pitch else "") for yaw, pitch in angles]
    return contact_sheet(frames, columns, captions)


def expression_sheet(
    model: MorphableModel,
    strength: float = 1.0,
    yaw_deg: float = 0.0,
    side_px: int = 192,
    columns: int = 8,
) -> UInt8[np.ndarray, "h w 3"]:
    """Show the mean head with each expression, one at a time, after the head at rest."""
    expression = torch.cat([torch.zeros(1, model.expression_count), torch.eye(model.expression_count)])
    people = torch.zeros(len(expression), model.identity_count)
    frames = _posed(model, people, strength * expression, yaw_deg, side_px, "face")
    return contact_sheet(frames, columns, ["at rest", *model.expression_names])


def identity_sheet(
    model: MorphableModel,
    count: int = 24,
    seed: int = 0,
    yaw_deg: float = 25.0,
    side_px: int = 192,
    columns: int = 8,
) -> UInt8[np.ndarray, "h w 3"]:
    """Show random people, identity coefficients drawn with unit variance."""
    generator = torch.Generator().manual_seed(seed)
    people = torch.randn(count, model.identity_count, generator=generator)
    frames = _posed(model, people, torch.zeros(count, model.expression_count), yaw_deg, side_px, "")
    return contact_sheet(frames, columns, [f"person {number}" for number in range(1, count + 1)])


def framing_camera(
    model: MorphableModel,
    angles_rad: Float[Tensor, "b 3"],
    size_px: tuple[int, int],
    region: str = "",
    filled: float = FILLED,
) -> Camera:
    """Look at the middle of the mean head so that it fits from every side.

    Args:
        model: Whose mean head it is.
        angles_rad: (yaw, pitch, roll), rad.
        size_px: Height and width of the picture.
        region: Part to look at; the whole head when empty or when the model names no such part.
        filled: Share of the picture's shorter side that the part's largest extent fills.
    """
    part = model.mean[model.regions[region]] if region in model.regions else model.mean
    low, high = part.amin(0), part.amax(0)
    rotation = matrix_from_angles(angles_rad.to(part))
    scale = (filled * min(size_px) / (high - low).amax()).expand(len(angles_rad))
    middle = scale[:, None] * (rotation @ ((low + high) / 2))[:, :2]  # (b, 2) px, view frame
    centre = middle.new_tensor([size_px[1] / 2, size_px[0] / 2])
    return Camera(scale, rotation, centre + middle * middle.new_tensor([-1.0, 1.0]))


def _posed(
    model: MorphableModel,
    identity: Float[Tensor, "b i"],
    expression: Float[Tensor, "b e"],
    yaw_deg: float,
    side_px: int,
    region: str,
) -> list[UInt8[np.ndarray, "h w 3"]]:
    camera = framing_camera(model, torch.tensor([[radians(yaw_deg), 0.0, 0.0]]), (side_px, side_px), region)
    pictures: list[np.ndarray] = []
    for person, face in zip(identity, expression, strict=True):
        pictures += _pictures(model, model.pose(person[None], face[None]), camera, side_px)
    return pictures


def _pictures(
    model: MorphableModel, vertices: Float[Tensor, "b v 3"], camera: Camera, side_px: int
) -> list[UInt8[np.ndarray, "h w 3"]]:
    """One picture of each head, sRGB."""
    pictures = []
    for points in camera.project(vertices).float():
        picture = shaded_preview(points[None], model.faces, (side_px, side_px), model.colours)[0]
        pictures.append((picture.movedim(0, -1) * 255).round().to(torch.uint8).numpy())
    return pictures
