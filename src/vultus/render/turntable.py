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
from vultus.render.shading import CLAY, shaded_preview

FILLED = 0.86
"""Share of the picture's side that a head's largest extent fills."""

FACE_FILLED = 0.56
"""Share of the picture's side that the landmarks' largest extent fills."""

REGION_COLOURS = {
    "mouth": (0.62, 0.34, 0.32),
    "teeth": (0.93, 0.91, 0.86),
    "eye_left": (0.92, 0.92, 0.91),
    "eye_right": (0.92, 0.92, 0.91),
}
"""Colours of the parts of a model without colours, sRGB."""


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
    frames = _pictures(model, mean, framing_camera(model.mean, turns, (side_px, side_px)), side_px)
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
    frames = _posed(model, people, strength * expression, _face_camera(model, yaw_deg, side_px), side_px)
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
    at_rest = torch.zeros(count, model.expression_count)
    frames = _posed(model, people, at_rest, _face_camera(model, yaw_deg, side_px), side_px)
    return contact_sheet(frames, columns, [f"person {number}" for number in range(1, count + 1)])


def framing_camera(
    points_head: Float[Tensor, "v 3"],
    angles_rad: Float[Tensor, "b 3"],
    size_px: tuple[int, int],
    filled: float = FILLED,
) -> Camera:
    """Look at the middle of the points so that they fit from every side.

    Args:
        points_head: What shall be seen, head frame, model units.
        angles_rad: (yaw, pitch, roll), rad.
        size_px: Height and width of the picture.
        filled: Share of the picture's shorter side that the points' largest extent along an axis fills.
    """
    low, high = points_head.amin(0), points_head.amax(0)
    rotation = matrix_from_angles(angles_rad.to(points_head))
    scale = (filled * min(size_px) / (high - low).amax()).expand(len(angles_rad))
    middle = scale[:, None] * (rotation @ ((low + high) / 2))[:, :2]  # (b, 2) px, view frame
    centre = middle.new_tensor([size_px[1] / 2, size_px[0] / 2])
    return Camera(scale, rotation, centre + middle * middle.new_tensor([-1.0, 1.0]))


def preview_colours(model: MorphableModel) -> Float[Tensor, "v 3"]:
    """The model's own colours, or clay with eyes, teeth and the mouth's inside told apart; sRGB."""
    if model.colours is not None:
        return model.colours
    colours = model.mean.new_tensor(CLAY).repeat(len(model.mean), 1)
    for region, colour in REGION_COLOURS.items():
        if region in model.regions:
            colours[model.regions[region]] = colours.new_tensor(colour)
    return colours


def _face_camera(model: MorphableModel, yaw_deg: float, side_px: int) -> Camera:
    """Look at the face's landmarks, with room for an open mouth; at the whole head where there are none."""
    angles, size_px = torch.tensor([[radians(yaw_deg), 0.0, 0.0]]), (side_px, side_px)
    if "ibug68" not in model.landmarks:
        return framing_camera(model.mean, angles, size_px)
    landmarks = model.landmarks["ibug68"].on(model.mean[None], model.faces)[0]
    return framing_camera(landmarks, angles, size_px, FACE_FILLED)


def _posed(
    model: MorphableModel,
    identity: Float[Tensor, "b i"],
    expression: Float[Tensor, "b e"],
    camera: Camera,
    side_px: int,
) -> list[UInt8[np.ndarray, "h w 3"]]:
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
        picture = shaded_preview(points[None], model.faces, (side_px, side_px), preview_colours(model))[0]
        pictures.append((picture.movedim(0, -1) * 255).round().to(torch.uint8).numpy())
    return pictures
