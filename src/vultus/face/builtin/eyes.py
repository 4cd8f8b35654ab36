"""Eyeballs, and the inner sides of the lids that lie against them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.assembly import Assembly
from vultus.face.builtin.meshing import grid_faces
from vultus.face.builtin.skin import Skin

COLUMNS = 20
_ANGLES_DEG = (0.0, 5.0, 9.6, 10.6, 19.0, 26.5, 29.5, 40.0, 62.0, 90.0, 120.0)
_PUPIL, _IRIS, _LIMBUS = (0.03, 0.03, 0.035), (0.33, 0.23, 0.15), (0.16, 0.12, 0.09)
_WHITE, _CORNER = (0.88, 0.86, 0.84), (0.76, 0.56, 0.52)
_COLOURS = (*(_PUPIL,) * 3, *(_IRIS,) * 2, _LIMBUS, *(_WHITE,) * 5)
_RIM = (0.72, 0.47, 0.43)
_CLEARANCE_MM = 0.9
RIM_MM = 0.7
"""Height of the lids' inner sides over the ball."""
_FRONT_MM = 0.25


@dataclass(frozen=True)
class Eyeball:
    """A ball."""

    centre: Float[np.ndarray, " 3"]
    """Head frame, mm."""

    radius_mm: float


def place_right(skin: Skin) -> Eyeball:
    """Put the ball behind the lids so that their margins clear it."""
    margin = skin.vertices[np.concatenate([skin.upper_lid, skin.lower_lid[1:-1]])]
    middle = skin.vertices[[skin.upper_lid[8], skin.lower_lid[8]]].mean(0)
    radius = 12.0
    centre = np.array([-31.5, middle[1] - 0.3, 0.0])
    lateral = ((margin - centre)[:, :2] ** 2).sum(-1)
    needed = np.sqrt(((radius + _CLEARANCE_MM) ** 2 - lateral).clip(0))
    centre[2] = (margin[:, 2] - needed)[lateral < radius**2].min()
    return Eyeball(centre, radius)


def add_eyes(head: Assembly, skin: Skin) -> dict[str, Eyeball]:
    """Add both balls and the lids' inner rims.

    Returns:
        The balls by side.
    """
    right = place_right(skin)
    left = Eyeball(right.centre * [-1, 1, 1], right.radius_mm)
    for side, ball in (("right", right), ("left", left)):
        _add_ball(head, ball, f"eye_{side}", flip=side == "left")
        loop = np.concatenate([skin.upper_lid, skin.lower_lid[-2:0:-1]])
        _add_rim(head, skin, ball, loop if side == "right" else skin.mirror[loop], flip=side == "left")
    return {"right": right, "left": left}


def _add_ball(head: Assembly, ball: Eyeball, name: str, flip: bool) -> None:
    polar = np.radians(_ANGLES_DEG)[:, None]
    around = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)[None]
    around = np.pi - around if flip else around
    direction = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar) + 0 * around], -1
    )
    cornea = _FRONT_MM * np.clip(1 - (polar / np.radians(32)) ** 2, 0, None)[..., None]
    vertices = ball.centre + direction * (ball.radius_mm + cornea)
    colours = np.repeat(np.array(_COLOURS), COLUMNS, axis=0)
    corner = np.abs(direction[..., 0]).reshape(-1, 1)
    white = np.repeat(np.arange(len(polar)) > 6, COLUMNS)[:, None]
    blend = white * np.clip((corner - 0.75) / 0.25, 0, 1) * 0.5
    colours = colours * (1 - blend) + np.array(_CORNER) * blend
    # The ball moves as one: every vertex reads the fields at the ball's front.
    guide = ball.centre + np.array([0, 0, ball.radius_mm])
    first = head.add(name, vertices.reshape(-1, 3), colours, guides=guide, softness=0.0)[0]
    faces = grid_faces(len(polar), COLUMNS, closed=True)
    faces = faces[(faces[:, [0, 2]] >= COLUMNS).any(1)]  # all of the first row lies at the pole
    head.join(first + (faces[:, ::-1] if flip else faces))


def _add_rim(head: Assembly, skin: Skin, ball: Eyeball, loop: Int[np.ndarray, " n"], flip: bool) -> None:
    """Two rings from the margin inwards along the ball: the lid's edge, then its back."""
    margin = skin.vertices[loop]
    away = margin - ball.centre
    distance = np.linalg.norm(away, axis=-1, keepdims=True)
    edge_radius = ball.radius_mm + RIM_MM
    deep = np.maximum(edge_radius, distance - 2.5)
    edge = ball.centre + away / distance * np.where(distance > ball.radius_mm + 1.5, deep, edge_radius)
    back = away * [1.12, 1.35, 0.55]
    back = ball.centre + back / np.linalg.norm(back, axis=-1, keepdims=True) * (ball.radius_mm + RIM_MM)
    ring = head.add("eyelids", np.concatenate([edge, back]), np.array(_RIM), guides=np.tile(margin, (2, 1)))
    index = np.concatenate([loop, ring]).reshape(3, len(loop))
    faces = index.ravel()[grid_faces(3, len(loop), closed=True)]
    head.join(faces[:, ::-1] if flip else faces)
