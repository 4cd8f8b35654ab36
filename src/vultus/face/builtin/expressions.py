"""The 64 expressions as displacements of every vertex."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.assembly import HeadMesh
from vultus.face.builtin.expression_table import RIGHT, WHOLE, Pull
from vultus.face.builtin.eyes import Eyeball
from vultus.face.builtin.jaw import JAW_CENTRE, jaw_turn
from vultus.face.builtin.lids import BLINK, SQUINT, WIDE, LidMotion, clear_right_ball, move_right_lids
from vultus.face.builtin.meshing import Vertices, smoothstep
from vultus.face.builtin.skin import Skin
from vultus.face.builtin.topology import LIPS_LOWER, LIPS_UPPER

ARKIT_NAMES = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight"),
    *("eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight"),
    *("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *("jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft"),
    *("mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft"),
    *("mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight"),
    *("noseSneerLeft", "noseSneerRight", "tongueOut"),
)
"""ARKit's 52 blend shapes."""

EXTRA_NAMES = (
    *("browSqueeze", "cheekSuckLeft", "cheekSuckRight", "chinTense", "lipLowerOut", "lipUpperOut"),
    *("mouthCornerUpLeft", "mouthCornerUpRight", "mouthUp", "noseFlareLeft", "noseFlareRight", "noseTipDown"),
)
"""Twelve more, for what ARKit's shapes do not span."""

EXPRESSION_NAMES = ARKIT_NAMES + EXTRA_NAMES

GAZE_RAD = float(np.radians(28))
"""Turn of an eyeball at coefficient 1 of the eyeLook expressions."""


@dataclass(frozen=True)
class Anatomy:
    """What expressions are computed from."""

    head: HeadMesh
    skin: Skin
    balls: dict[str, Eyeball]
    jaw: Float[np.ndarray, " v"]
    """Share of the jaw's turn."""

    sides: Float[np.ndarray, " v"]
    """+1 upper lip to -1 lower lip."""

    off_lids: Float[np.ndarray, " v"]
    """0 at the lids' margins, 1 away from the eyes."""

    mirror: Int[np.ndarray, " v"]
    """Partner of each vertex on the other side."""


def expression_columns(anatomy: Anatomy) -> Float[np.ndarray, "v 3 e"]:
    """Displacements at coefficient 1, mm, in the order of `EXPRESSION_NAMES`."""
    fields = {name: _pulled(anatomy, pulls) for name, pulls in WHOLE.items()}
    fields |= _jaw_fields(anatomy)
    right = {name: _pulled(anatomy, pulls) for name, pulls in RIGHT.items()}
    right |= {"eyeBlink": _lids(anatomy, BLINK), "eyeWide": _lids(anatomy, WIDE)}
    squeeze: tuple[Pull, ...] = (((226, 31, 35), (1.8, 0.6, 0.3), 9, ""), ((119, 118), (0, 1.2, 0.5), 9, ""))
    right["eyeSquint"] = _lids(anatomy, SQUINT) + _pulled(anatomy, squeeze)
    right |= {
        "eyeLookDown": _gaze(anatomy, (1.0, 0.0)),
        "eyeLookUp": _gaze(anatomy, (-1.0, 0.0)),
        "eyeLookIn": _gaze(anatomy, (0.0, 1.0)),
        "eyeLookOut": _gaze(anatomy, (0.0, -1.0)),
    }
    for name in ("eyeBlink", "eyeWide", "eyeSquint", "cheekSquint", "browDown"):
        right[name] = clear_right_ball(anatomy.head, anatomy.balls["right"], right[name])
    for name, field in right.items():
        fields[f"{name}Right"] = field
        fields[f"{name}Left"] = mirrored(field, anatomy.mirror)
    return np.stack([fields[name] for name in EXPRESSION_NAMES], -1)


def mirrored(field: Vertices, mirror: Int[np.ndarray, " v"]) -> Vertices:
    """The same motion on the other side of the head."""
    return field[mirror] * [-1.0, 1.0, 1.0]


def _pulled(anatomy: Anatomy, pulls: tuple[Pull, ...]) -> Vertices:
    head = anatomy.head
    total = np.zeros_like(head.vertices)
    for landmarks, displacement, radius, lip in pulls:
        centres = anatomy.skin.vertices[list(landmarks)]
        square = ((head.guides[:, None] - centres[None]) ** 2).sum(-1)
        weight = 1 - (1 - np.exp(-square / (2 * radius**2))).prod(-1)
        if lip == "b":
            weight = weight * anatomy.off_lids
        elif lip:
            weight = weight * smoothstep(anatomy.sides if lip == "u" else -anatomy.sides, -0.3, 0.8)
        total += (weight * head.softness)[:, None] * np.array(displacement)
    return total


def _lids(anatomy: Anatomy, motion: LidMotion) -> Vertices:
    return move_right_lids(anatomy.head, anatomy.skin, anatomy.balls["right"], motion)


def _gaze(anatomy: Anatomy, direction: tuple[float, float]) -> Vertices:
    """Secant of the right eyeball's turn; lids stay, so that a fit to the skin leaves the gaze alone."""
    head, ball = anatomy.head, anatomy.balls["right"]
    index = head.region("eye_right")
    down, left = np.array(direction) * GAZE_RAD
    cos, sin = np.cos(left), np.sin(left)
    about_y = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    about_x = np.array([[1, 0, 0], [0, np.cos(down), -np.sin(down)], [0, np.sin(down), np.cos(down)]])
    field = np.zeros_like(head.vertices)
    away = head.vertices[index] - ball.centre
    field[index] = away @ (about_y @ about_x).T - away
    return field


def _jaw_fields(anatomy: Anatomy) -> dict[str, Vertices]:
    head, weight = anatomy.head, anatomy.jaw[:, None]
    lever = ((head.vertices[:, 2] - JAW_CENTRE[2]) / 75).clip(0, 1.2)[:, None]
    # The condyle on the side that the jaw turns away from slides forward.
    forward = weight * np.clip(-head.vertices[:, :1] / 50, -1, 1) * np.array([0, 0, 3.0])
    left = weight * lever * np.array([8.0, 0, 0]) + forward
    opened = jaw_turn(head, anatomy.jaw)
    return {
        "jawOpen": opened,
        "jawForward": weight * np.array([0, -0.8, 6.0]),
        "jawLeft": left,
        "jawRight": mirrored(left, anatomy.mirror),
        "mouthClose": _close_mouth(anatomy, opened),
        "tongueOut": _tongue_out(head),
    }


def _tongue_out(head: HeadMesh) -> Vertices:
    """The tip goes forward over the lower teeth and flattens."""
    tongue = head.region("tongue")
    place = head.vertices[tongue]
    share = ((place[:, 2] - place[:, 2].min()) / np.ptp(place[:, 2]))[:, None]
    flatter = 0.6 * (place[:, 1].max() - place[:, 1:2]) * share * np.array([0, 1.0, 0])
    out = np.zeros_like(head.vertices)
    out[tongue] = share**1.5 * np.array([0, 0, 38.0]) + np.sqrt(share) * np.array([0, 5.5, 0]) + flatter
    out[tongue] -= np.maximum(share - 0.7, 0) * np.array([0, 34.0, 0])
    return out


def _close_mouth(anatomy: Anatomy, opened: Vertices) -> Vertices:
    """Bring the lips together while the jaw is open: the lower comes most of the way."""
    head, skin = anatomy.head, anatomy.skin
    gap = opened[list(LIPS_LOWER[3])] - opened[list(LIPS_UPPER[3])]  # (11, 3) none at the corners
    total = np.zeros_like(head.vertices)
    for lines, share, side in ((LIPS_UPPER, 0.32, 1.0), (LIPS_LOWER, -0.73, -1.0)):
        centres = skin.vertices[np.array(lines[::3])]  # (2, 11, 3) outer and inner border
        square = ((head.guides[:, None, None] - centres) ** 2).sum(-1).min(1)  # (v, 11)
        near = np.exp(-square / (2 * 7.0**2)) + 1e-12
        reach = np.exp(-square.min(-1) / (2 * 13.0**2)) * head.softness
        reach *= smoothstep(side * anatomy.sides, -0.3, 0.8)
        total += share * reach[:, None] * (near @ gap / near.sum(-1, keepdims=True))
    return total
