"""Albedo of the skin."""

import numpy as np
from jaxtyping import Float

from vultus.face.builtin.meshing import Vertices, smoothstep
from vultus.face.builtin.skin import Skin
from vultus.face.builtin.topology import BROW_RIGHT, LIPS_LOWER, LIPS_UPPER, NOSTRIL_RIGHT

_SKIN, _LIPS, _BROW = np.array([0.84, 0.62, 0.53]), np.array([0.70, 0.37, 0.36]), np.array([0.30, 0.21, 0.16])
_SCALP, _NOSTRIL, _BLUSH = (
    np.array([0.42, 0.32, 0.26]),
    np.array([0.28, 0.12, 0.10]),
    np.array([0.84, 0.52, 0.46]),
)


def skin_colours(skin: Skin) -> Vertices:
    """RGB [0, 1] of each vertex of the skin."""
    points = skin.vertices
    colours = np.broadcast_to(_SKIN, points.shape)
    cheeks = _near(skin, (50, 205, 4), 16.0) * 0.45
    colours = _mix(colours, _BLUSH, cheeks)
    hairline = 66 + 24 * smoothstep(points[:, 2], -60, 5) - 105 * smoothstep(-points[:, 2], 58, 160)
    colours = _mix(colours, _SCALP, smoothstep(points[:, 1] - hairline, -14, 14) * (skin.skull > 0))
    colours = _mix(colours, _BROW, 0.8 * _brows(skin))
    colours = _mix(colours, _NOSTRIL, _near(skin, NOSTRIL_RIGHT[-4:], 2.6) * 0.85)
    return _mix(colours, _LIPS, _red(skin))


def _mix(base: Vertices, over: Float[np.ndarray, " 3"], share: Float[np.ndarray, " v"]) -> Vertices:
    return base + share[:, None] * (over - base)


def _near(skin: Skin, landmarks: tuple[int, ...], radius: float) -> Float[np.ndarray, " v"]:
    """1 at the landmarks or their partners, fading with a Gaussian."""
    both = np.concatenate([landmarks, skin.mirror[list(landmarks)]])
    square = ((skin.vertices[:, None] - skin.vertices[both][None]) ** 2).sum(-1).min(-1)
    return np.exp(-square / (2 * radius**2))


def _brows(skin: Skin) -> Float[np.ndarray, " v"]:
    upper, lower = BROW_RIGHT[:5], (46, 53, 52, 65, 55)
    line = np.array([skin.vertices[[a, b]].mean(0) for a, b in zip(upper, lower, strict=True)])
    fine = np.stack([np.interp(np.linspace(0, 4, 40), np.arange(5), line[:, axis]) for axis in range(3)], -1)
    folded = skin.vertices.copy()
    folded[:, 0] = -np.abs(folded[:, 0])
    distance = np.linalg.norm(folded[:, None] - fine[None], axis=-1).min(-1)
    return 1 - smoothstep(distance, 1.2, 5.2)


def _red(skin: Skin) -> Float[np.ndarray, " v"]:
    """1 on the red of the lips."""
    count = len(skin.vertices) - len(skin.parents)
    red = np.zeros(count)
    for upper, lower, share in zip(LIPS_UPPER, LIPS_LOWER, (0.35, 1.0, 1.0, 1.0), strict=True):
        red[[*upper, *lower]] = share
    return np.concatenate([red, red[skin.parents].mean(1)])
