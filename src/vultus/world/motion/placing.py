"""Cameras that see a head turn on its neck."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.errors import InputError
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles
from vultus.world.anatomy import Anatomy
from vultus.world.seeds import generator

_FLIP = np.array([1.0, -1.0])
"""View frame to image frame."""


@dataclass(frozen=True)
class Framing:
    """How a picture is taken of a person at rest."""

    face_share: float = 0.3
    """Face height, from the chin to between the brows, as a part of the picture's smaller side."""

    centre_x: float = 0.5
    """Where the middle of the face is, as a part of the width."""

    centre_y: float = 0.57
    """The same of the height, from the top; the top of the skull is about 1.3 face heights above."""


@dataclass(frozen=True)
class Placement:
    """Cameras of all frames as a track holds them."""

    rotation_rad: Float[Tensor, "t 3"]
    """Axis-angle of R."""

    scale: Float[Tensor, " t"]
    """s, px for each model unit."""

    translation_px: Float[Tensor, "t 2"]
    """t, image frame."""


def draw_framing(seed: int) -> Framing:
    """A natural framing: the whole head with some air, and shoulders."""
    random = generator(seed, "framing")
    return Framing(
        face_share=float(random.uniform(0.27, 0.325)),
        centre_x=float(random.uniform(0.47, 0.53)),
        centre_y=float(random.uniform(0.555, 0.6)),
    )


def place(
    anatomy: Anatomy,
    framing: Framing,
    angles_rad: Float[np.ndarray, "t 3"],
    rest_rad: tuple[float, float, float],
    size_px: tuple[int, int],
    body: Float[np.ndarray, "t 3"] | None = None,
) -> Placement:
    """Cameras that show the neck's base in one place while the head turns on it.

    t(t) = n + shift - s(t) (R(t) N)_xy, with N the neck's base and n where it is seen while the head rests.

    Args:
        anatomy: N and the face's measures.
        framing: Where the face is at rest.
        angles_rad: Yaw, pitch, roll of each frame.
        rest_rad: The same of the head at rest.
        size_px: (height, width).
        body: Shift of the neck's base to the right and down, face heights, and size of the head in the
            picture relative to the framing's.

    Raises:
        InputError: The picture has no size.
    """
    if min(size_px) < 1:
        raise InputError(f"no picture has the size {size_px}", remedy="ask for at least 1 x 1 px")
    body = np.tile([0.0, 0.0, 1.0], (len(angles_rad), 1)) if body is None else body
    face_px = framing.face_share * min(size_px)
    neck_px = _neck_px(anatomy, framing, rest_rad, size_px) + face_px * body[:, :2]
    rotation = matrix_from_angles(torch.from_numpy(np.array(angles_rad, dtype=np.float64)))
    scale = face_px / anatomy.height * body[:, 2]
    reach = scale[:, None] * (rotation.numpy() @ anatomy.neck)[:, :2] * _FLIP
    return Placement(
        axis_angle_from_matrix(rotation).float(),
        torch.from_numpy(scale).float(),
        torch.from_numpy(neck_px - reach).float(),
    )


def _neck_px(
    anatomy: Anatomy,
    framing: Framing,
    rest_rad: tuple[float, float, float],
    size_px: tuple[int, int],
) -> Float[np.ndarray, "2"]:
    """Where the neck's base is seen: face and shoulders share the error of a head that rests turned."""
    half = matrix_from_angles(torch.tensor([[angle / 2 for angle in rest_rad]], dtype=torch.float64))
    down = half[0].numpy() @ (anatomy.neck - anatomy.centre)
    height, width = size_px
    centre_px = np.array([framing.centre_x * width, framing.centre_y * height])
    px_per_unit = framing.face_share * min(size_px) / anatomy.height
    return np.asarray(centre_px + px_per_unit * down[:2] * _FLIP)
