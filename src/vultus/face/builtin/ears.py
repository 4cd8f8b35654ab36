"""Ears: a folded shell whose front edge is sunk into the side of the head."""

import numpy as np
from jaxtyping import Float

from vultus.face.builtin.assembly import Assembly
from vultus.face.builtin.meshing import grid_faces

COLUMNS = 28

# Outline in the ear's plane (backwards, upwards), mm, from the helix's front over the top to the lobe.
_OUTLINE = np.array(
    [
        (-9.0, 13.0), (-8.0, 23.0), (-1.0, 30.0), (8.0, 30.5), (15.5, 25.0), (18.5, 15.0), (17.5, 4.0),
        (13.0, -6.0), (8.0, -15.0), (4.0, -24.0), (-2.0, -30.0), (-8.0, -29.0), (-11.0, -21.0),
        (-11.5, -11.0),
        (-11.0, -1.0), (-10.0, 6.0),
    ]
)  # fmt: skip
_MIDDLE = np.array([-1.5, -1.0])

# Rings from the root of the back to the concha's floor: part of the outline, height in mm, shade.
_RINGS = (
    (0.55, -13.0, 0.75),
    (0.72, -7.0, 0.8),
    (0.97, -1.6, 0.9),
    (1.00, 0.6, 0.98),
    (0.97, 2.2, 1.02),
    (0.90, 2.4, 1.02),
    (0.83, 0.6, 0.86),
    (0.74, -0.6, 0.82),
    (0.63, 1.3, 0.97),
    (0.54, 1.5, 0.98),
    (0.44, -1.6, 0.78),
    (0.25, -3.4, 0.62),
    (0.07, -4.0, 0.5),
)
_SKIN = np.array([0.83, 0.58, 0.49])
_ROOT = np.array([-74.0, 15.0, -80.0])
_FLARE, _LEAN, _CANT = np.radians(28), np.radians(12), np.radians(10)


def add_ears(head: Assembly) -> None:
    """Add both ears."""
    vertices, colours = _right_ear()
    faces = grid_faces(len(_RINGS), COLUMNS, closed=True)
    for name, side in (("ear_right", 1.0), ("ear_left", -1.0)):
        first = head.add(name, vertices * [side, 1, 1], colours)[0]
        head.join(first + (faces[:, ::-1] if side > 0 else faces))


def _right_ear() -> tuple[Float[np.ndarray, "v 3"], Float[np.ndarray, "v 3"]]:
    outline = _closed_spline(_OUTLINE)
    back, up = outline.T
    front = np.clip((-3 - back) / 7, 0, 1) * np.clip(
        (up + 26) / 8, 0, 1
    )  # 1 where the ear grows out of the cheek
    lobe = np.clip((-12 - up) / 10, 0, 1)
    tragus = np.exp(-(((up + 8) / 5) ** 2)) * front
    rings, shades = [], []
    for part, height, light in _RINGS:
        flat = _MIDDLE + (outline - _MIDDLE) * part
        raised = np.full(COLUMNS, height)
        if part >= 0.5 and height > -1.7:  # the front edge sinks into the cheek
            raised = height * (1 - front) - 4.0 * front * (part > 0.8)
        raised = np.where(lobe > 0, lobe * min(1.0, height) * 0.9 + (1 - lobe) * raised, raised)
        if height > -1:
            raised = raised + tragus * 3.5 * np.exp(-(((part - 0.62) / 0.14) ** 2))
        rings.append(np.column_stack([flat, raised]))
        soft = np.maximum(front * (part > 0.8), lobe * (part > 0.3))
        shades.append(light * (1 - soft) + 0.97 * soft)
    local = np.concatenate(rings)
    shade = np.concatenate(shades)
    return _to_head(local), _SKIN * shade[:, None]


def _to_head(local: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "v 3"]:
    """From (backwards, upwards, outwards) to the head frame: the top leans back, rear and top stand out."""
    back, up, out = local.T
    back, up = back * np.cos(_LEAN) + up * np.sin(_LEAN), up * np.cos(_LEAN) - back * np.sin(_LEAN)
    outwards = out * np.cos(_FLARE) + (back + 9) * np.sin(_FLARE)
    backwards = back * np.cos(_FLARE) - out * np.sin(_FLARE)
    outwards, up = (
        outwards * np.cos(_CANT) + up * np.sin(_CANT),
        up * np.cos(_CANT) - outwards * np.sin(_CANT),
    )
    return _ROOT + np.stack([-outwards, up, -backwards], -1)


def _closed_spline(knots: Float[np.ndarray, "k 2"]) -> Float[np.ndarray, "n 2"]:
    """Catmull-Rom through the knots, `COLUMNS` points evenly in parameter."""
    at = np.arange(COLUMNS) * len(knots) / COLUMNS
    index, t = at.astype(int), (at % 1)[:, None]
    p = [knots[(index + shift) % len(knots)] for shift in (-1, 0, 1, 2)]
    return 0.5 * (
        2 * p[1] + (p[2] - p[0]) * t + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t**2
        + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t**3
    )  # fmt: skip
