"""A cap with a peak."""

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.piece import Piece, grid_faces, piece, smoothstep
from vultus.world.bodies.surface import HeadSurface, kept, zero_surface
from vultus.world.people.records import Hair

Points = Float[np.ndarray, "n 3"]

_BRIM_FRONT_Y, _BRIM_BACK_Y = 74.0, 28.0


def cap_pieces(hair: Hair, surface: HeadSurface) -> list[Piece]:
    """Crown and peak of a cap."""

    def field(points: Points) -> Float[np.ndarray, " n"]:
        rim = rim_height(points[:, 2])
        swell = 9.0 + 7.0 * smoothstep(points[:, 1], 75, 115)
        return np.maximum(surface.distance(points) - swell, rim - points[:, 1])

    shell = zero_surface(field, (-125.0, 10.0, -205.0), (125.0, 175.0, 45.0), 9.0)
    shell = kept(shell, surface.distance(shell.points) > 1.0)[0]
    seam = np.exp(-((np.mod(np.arctan2(shell.points[:, 0], shell.points[:, 2] + 85), np.pi / 3) / 0.05) ** 2))
    albedo = np.array(hair.cloth) * (1 - 0.15 * seam[:, None])
    return [piece("clothes", shell.points, shell.faces, albedo, gloss=0.1), _peak(hair, surface)]


def rim_height(z: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Height of a cap's lower edge."""
    return _BRIM_BACK_Y + (_BRIM_FRONT_Y - _BRIM_BACK_Y) * smoothstep(z, -150, -20)


def _peak(hair: Hair, surface: HeadSurface) -> Piece:
    """A stiff, slightly arched sheet with an upper and a lower side."""
    front = surface.points[(np.abs(surface.points[:, 1] - 80) < 9) & (np.abs(surface.points[:, 0]) < 25)][
        :, 2
    ].max()
    rows, columns = 6, 15
    across = np.linspace(-1, 1, columns)[None]
    out = np.linspace(0, 1, rows)[:, None]
    half = 72 - 6 * out
    x = across * half
    root = front + 6 - 52 * across**2
    z = root + out * (68 - 52 * across**2 * 0.35 + 30 * across**2)
    y = 79 - 9 * across**2 * (1 - 0.3 * out) - 14 * out
    top = np.stack([x + 0 * out, y, z], -1).reshape(-1, 3)
    low = top - [0, 2.6, 0]
    faces = grid_faces(rows, columns)
    count = rows * columns
    rim = np.arange(count).reshape(rows, columns)
    edge = np.concatenate([rim[:, 0][:0], rim[:, -1], rim[-1, ::-1][1:], rim[::-1, 0][1:]])
    wall = np.stack([edge, edge + count], 0).ravel()[grid_faces(2, len(edge))]
    both = np.concatenate([faces[:, ::-1], faces + count, wall])
    return piece("clothes", np.concatenate([top, low]), both, np.array(hair.cloth) * 0.92, gloss=0.1)
