"""Lids: they turn about the eyeball's lateral axis, so that they slide over the ball."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.assembly import HeadMesh
from vultus.face.builtin.eyes import RIM_MM, Eyeball
from vultus.face.builtin.jaw import turn_about_x
from vultus.face.builtin.meshing import smoothstep
from vultus.face.builtin.skin import Skin

_LID_MM = 1.3
"""Height of a closed lid's outer side over the ball, at its margin; more further up."""

_REACH_MM = (7.0, 16.0)


@dataclass(frozen=True)
class LidMotion:
    """Turn of both lids as parts of the opening (1 goes from one margin to the other)."""

    upper: float
    """> 0 opens."""

    lower: float
    """> 0 closes."""

    spread_rad: float = 0.95
    """How far above the margin the skin still follows."""


BLINK = LidMotion(upper=-0.88, lower=0.14)
SQUINT = LidMotion(upper=-0.08, lower=0.36, spread_rad=0.8)
WIDE = LidMotion(upper=0.28, lower=-0.12, spread_rad=1.3)


def move_right_lids(head: HeadMesh, skin: Skin, ball: Eyeball, motion: LidMotion) -> Float[np.ndarray, "v 3"]:
    """Displacement of every vertex, mm."""
    away = head.vertices - ball.centre
    elevation = np.arctan2(away[:, 1], away[:, 2])
    upper, lower = (_margin(skin, ball, line, away[:, 0]) for line in (skin.upper_lid, skin.lower_lid))
    gap = (upper - lower).clip(0)
    above = elevation > (upper + lower) / 2
    follow_upper = 1 - smoothstep(elevation - upper, 0.0, motion.spread_rad)
    follow_lower = 1 - smoothstep(lower - elevation, 0.0, 0.8)
    near = 1 - smoothstep(np.linalg.norm(away, axis=-1) - ball.radius_mm, *_REACH_MM)
    near *= np.isin(head.regions, ["skin", "eyelids"]) & (away[:, 2] > -4) & (gap > 0)
    follow = np.where(above, follow_upper, follow_lower) * near
    share = np.where(above, motion.upper, motion.lower)
    turned = turn_about_x(head.vertices, ball.centre, -share * gap * follow)
    distance = np.linalg.norm(away, axis=-1)
    height = _LID_MM + 2.4 * (elevation - upper).clip(0, 1) - 0.4 * (head.regions == "eyelids")
    # A lid that closes takes the ball's shape; at the corners, where it is off the ball, it keeps its own.
    closing = (-share).clip(0) * follow * above * smoothstep(gap / gap.max(), 0.1, 0.6)
    lift = closing * (ball.radius_mm + height - distance)
    return turned + (lift / distance.clip(1))[:, None] * (turned - ball.centre) - head.vertices


def clear_right_ball(
    head: HeadMesh, ball: Eyeball, field: Float[np.ndarray, "v 3"]
) -> Float[np.ndarray, "v 3"]:
    """Push what a displacement would bring into the ball out to the height of the lids' inner sides."""
    away = head.vertices + field - ball.centre
    distance = np.linalg.norm(away, axis=-1)
    moved = np.isin(head.regions, ["skin", "eyelids"]) & (np.abs(field).sum(1) > 0)
    lift = np.where(moved, (ball.radius_mm + RIM_MM - distance).clip(0), 0)
    return field + (lift / distance.clip(1))[:, None] * away


def _margin(
    skin: Skin, ball: Eyeball, line: Int[np.ndarray, " n"], x: Float[np.ndarray, " v"]
) -> Float[np.ndarray, " v"]:
    """Elevation of a lid's margin above the ball's centre at lateral places x."""
    away = skin.vertices[line] - ball.centre
    return np.interp(x, away[:, 0], np.arctan2(away[:, 1], away[:, 2]))
