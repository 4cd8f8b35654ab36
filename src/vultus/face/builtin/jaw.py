"""How skin, lips and interior follow the jaw, and which lip a place belongs to."""

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import spsolve

from vultus.face.builtin.assembly import HeadMesh
from vultus.face.builtin.meshing import graph_laplacian, smoothstep
from vultus.face.builtin.skin import Skin
from vultus.face.builtin.topology import LIPS_LOWER, LIPS_UPPER

JAW_CENTRE = np.array([0.0, 8.0, -62.0])
"""Middle between the jaw joints, head frame, mm."""

OPEN_RAD = float(np.radians(22))
"""Turn of a jaw that is wide open."""

# Share of the jaw's turn along the lips, from corner to middle.
_UPPER_LIP = (0.42, 0.22, 0.08, 0.02, 0.0, 0.0)
_LOWER_LIP = (0.42, 0.70, 0.90, 0.98, 1.0, 1.0)
_CHIN = {152: 1, 148: 1, 176: 1, 149: 1, 150: 0.97, 136: 0.88, 172: 0.72, 58: 0.45, 132: 0.15}
_CHIN |= {18: 1, 200: 1, 199: 1, 175: 1, 171: 1, 140: 1, 170: 1, 169: 0.95, 32: 1, 194: 1, 204: 1, 211: 0.98}


def jaw_weights(head: HeadMesh, skin: Skin) -> Float[np.ndarray, " v"]:
    """Share of the jaw's turn that each vertex takes, 0..1."""
    count = len(skin.vertices)
    known = np.full(count, np.nan)
    known[skin.vertices[:, 1] > -11] = 0
    throat = smoothstep(skin.vertices[:, 2], -95, -45)
    known[skin.skull > 0.16 + 0.5 * throat] = 0
    _set_lips(known, _UPPER_LIP, _LOWER_LIP)
    for point, value in _CHIN.items():
        known[[point, skin.mirror[point]]] = value
    weights = np.zeros(len(head.vertices))
    weights[:count] = _harmonic(skin, known, power=2).clip(0, 1)
    interior = head.mouth_side[count:]
    weights[count:] = np.where(interior < 0, 1.0, 0.0)
    sock = head.region("mouth_interior")
    nearest = np.linalg.norm(head.guides[sock][:, None] - skin.vertices[None, _lip_loop(skin)], axis=-1)
    weights[sock] = weights[_lip_loop(skin)][nearest.argmin(1)]
    return weights


def mouth_sides(head: HeadMesh, skin: Skin) -> Float[np.ndarray, " v"]:
    """+1 where a place moves with the upper lip, -1 with the lower, smooth between."""
    known = np.full(len(skin.vertices), np.nan)
    known[skin.vertices[:, 1] > -14] = 1
    known[(skin.vertices[:, 1] < -62) & (skin.vertices[:, 2] > -50)] = -1
    known[skin.skull > 0.3] = 0
    _set_lips(known, (0, 0.8, 1, 1, 1, 1), (0, -0.8, -1, -1, -1, -1))
    sides = head.mouth_side.copy()
    sides[: len(known)] = _harmonic(skin, known, power=1)
    return sides


def jaw_turn(head: HeadMesh, weights: Float[np.ndarray, " v"]) -> Float[np.ndarray, "v 3"]:
    """Displacement by a wide open jaw: the secant of the turn about the jaw's axis, mm."""
    return weights[:, None] * (turn_about_x(head.vertices, JAW_CENTRE, OPEN_RAD) - head.vertices)


def turn_about_x(
    points: Float[np.ndarray, "v 3"],
    centre: Float[np.ndarray, " 3"],
    angle_rad: float | Float[np.ndarray, " v"],
) -> Float[np.ndarray, "v 3"]:
    """Turn points about an axis along x; positive lowers what lies in front."""
    x, y, z = (points - centre).T
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return centre + np.stack([x, y * cos - z * sin, y * sin + z * cos], -1)


def _lip_loop(skin: Skin) -> np.ndarray:
    return np.concatenate([skin.upper_lip, skin.lower_lip[1:-1]])


def _set_lips(
    known: Float[np.ndarray, " v"], upper: tuple[float | int, ...], lower: tuple[float | int, ...]
) -> None:
    for lines, profile in ((LIPS_UPPER, upper), (LIPS_LOWER, lower)):
        for line in lines:
            known[list(line)] = [*profile, *profile[-2::-1]]


def _harmonic(skin: Skin, known: Float[np.ndarray, " v"], power: int) -> Float[np.ndarray, " v"]:
    """Smooth interpolation over the skin: harmonic (power 1) or biharmonic (2)."""
    count = len(known)
    laplacian = graph_laplacian(skin.faces, count)
    system = (laplacian.T @ laplacian if power == 2 else laplacian).tolil()
    fixed = ~np.isnan(known)
    hard = sparse.diags(np.where(fixed, 1e6, 0.0))
    return spsolve((system + hard).tocsc(), np.where(fixed, known, 0) * 1e6)
