"""The mouth's inside: a dark sock behind the lips, two rows of teeth in their gums, a tongue."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.assembly import Assembly
from vultus.face.builtin.meshing import Vertices, grid_faces
from vultus.face.builtin.skin import Skin

_TOOTH_WIDTHS_MM = (8.4, 6.6, 7.4, 6.8, 6.6, 9.5)
_ARCH_HALF_WIDTH_MM, _ARCH_DEPTH_MM = 26.0, 34.0
_TEETH, _GAP, _GUM = np.array([0.90, 0.87, 0.80]), np.array([0.66, 0.58, 0.50]), np.array([0.72, 0.36, 0.36])
_WET_LIP, _FLESH, _DARK = (
    np.array([0.55, 0.25, 0.25]),
    np.array([0.32, 0.10, 0.10]),
    np.array([0.06, 0.02, 0.02]),
)
_TONGUE = np.array([0.70, 0.34, 0.34])

# Each ring of the sock: x scale, half opening (mm), depth behind the lips (mm), softness, colour.
_SOCK = (
    (1.00, 0.25, 2.0, 1.0, _WET_LIP),
    (1.10, 9.5, 3.8, 0.8, _FLESH),
    (1.25, 15.0, 9.0, 0.5, _FLESH * 0.8),
    (1.40, 19.0, 24.0, 0.15, _FLESH * 0.5),
    (1.00, 14.0, 48.0, 0.0, _DARK),
)


def add_mouth(head: Assembly, skin: Skin) -> None:
    """Add everything behind the lips."""
    _add_sock(head, skin)
    lips = skin.vertices[skin.upper_lip]
    meet = lips[len(lips) // 2]
    _add_teeth(head, "teeth_upper", meet + np.array([0, -1.2, -5.2]), up=1.0, guide=meet)
    _add_teeth(head, "teeth_lower", meet + np.array([0, -0.4, -7.4]), up=-1.0, guide=meet)
    _add_tongue(head, meet)


def _add_sock(head: Assembly, skin: Skin) -> None:
    loop = np.concatenate([skin.upper_lip, skin.lower_lip[-2:0:-1]])
    margin = skin.vertices[loop]
    side = np.concatenate([[0.0], np.ones(len(skin.upper_lip) - 2), [0.0], -np.ones(len(skin.lower_lip) - 2)])
    half = np.abs(margin[0, 0])
    bulge = np.sqrt(np.clip(1 - (margin[:, 0] / half) ** 2, 0, 1)) * side
    centre = margin[:, 1].mean()
    rings: list[Int[np.ndarray, " n"]] = [loop]
    for scale, opening, depth, softness, colour in _SOCK:
        ring = margin * [scale, 1, 1] - [0, 0, depth]
        level = np.clip(depth / 25, 0, 1)
        ring[:, 1] = (1 - level) * margin[:, 1] + level * centre + opening * bulge
        rings.append(
            head.add("mouth_interior", ring, colour, guides=margin, softness=softness, mouth_side=side)
        )
    index = np.stack(rings)
    head.join(index.ravel()[grid_faces(len(index), len(loop), closed=True)])
    end = head.vertices[-1].mean(0, keepdims=True) - [0, 0, 6]
    cap = head.add("mouth_interior", end, _DARK, guides=margin.mean(0), softness=0.0)
    last = index[-1]
    head.join(np.stack([last, np.full(len(last), cap[0]), np.roll(last, -1)], -1))


def _arch(fraction: Float[np.ndarray, " n"]) -> tuple[Vertices, Vertices]:
    """Points along the dental arch and their outward directions; fractions of its arc run from -1 (right)."""
    angle = np.linspace(-1.35, 1.35, 400)
    curve = np.stack(
        [_ARCH_HALF_WIDTH_MM * np.sin(angle), 0 * angle, _ARCH_DEPTH_MM * (np.cos(angle) - 1)], -1
    )
    step = np.concatenate([[0], np.linalg.norm(np.diff(curve, axis=0), axis=-1).cumsum()])
    along = step - step[-1] / 2
    wanted = fraction * sum(_TOOTH_WIDTHS_MM)
    point = np.stack([np.interp(wanted, along, curve[:, axis]) for axis in range(3)], -1)
    outward = point / np.array([_ARCH_HALF_WIDTH_MM, 1, _ARCH_DEPTH_MM]) ** 2
    outward += np.array([0, 0, 1 / _ARCH_DEPTH_MM])
    return point, outward / np.linalg.norm(outward, axis=-1, keepdims=True)


def _add_teeth(
    head: Assembly, name: str, edge: Float[np.ndarray, " 3"], up: float, guide: Float[np.ndarray, " 3"]
) -> None:
    """One row: across, three columns a tooth and one between; down, gum, neck, crown, edge and back."""
    ends = np.concatenate([[0], np.cumsum(_TOOTH_WIDTHS_MM)]) / sum(_TOOTH_WIDTHS_MM)
    inner = [a + (b - a) * t for a, b in pairwise(ends) for t in (0.0, 0.14, 0.5, 0.86)]
    fraction = np.array([*inner, 1.0])
    fraction = np.concatenate([-fraction[:0:-1], fraction])
    gap = np.isclose(np.abs(fraction)[:, None], ends[None]).any(-1)
    point, outward = _arch(fraction)
    shrink = 0.94 if up < 0 else 1.0
    height = np.interp(np.abs(fraction), [0, 0.25, 0.5, 1], [9.5, 8.8, 8.2, 6.0]) * (0.9 if up < 0 else 1.0)
    # Height in crowns, offset outwards (mm), the same in gaps, gaps' offset upwards, colour, gaps' colour.
    rows = (
        (1.5, -2.0, -2.0, 0.0, _GUM * 0.8, _GUM * 0.8),
        (1.25, 0.5, 0.4, 0.0, _GUM, _GUM),
        (1.0, 0.2, -0.3, -1.3, _GUM * 0.9, _GUM * 0.9),
        (0.96, 0.5, -0.4, -1.3, _TEETH * 0.97, _GAP),
        (0.5, 0.7, -0.4, 0.0, _TEETH, _GAP),
        (0.02, 0.0, -0.6, 0.9, _TEETH, _GAP),
        (0.03, -2.0, -2.2, 0.9, _TEETH * 0.5, _GAP * 0.4),
        (1.2, -6.5, -6.5, 0.0, _GUM * 0.35, _GUM * 0.35),
    )
    grid, colours = [], []
    for level, out, out_gap, lift, colour, colour_gap in rows:
        offset = np.where(gap, out_gap, out)[:, None] * outward
        tall = height * level + np.where(gap, lift, 0.0)
        grid.append(edge + point * shrink + offset + up * tall[:, None] * np.array([0, 1, 0]))
        colours.append(np.where(gap[:, None], colour_gap, colour))
    vertices, shade = np.concatenate(grid), np.concatenate(colours)
    shade = shade * np.interp(np.tile(np.abs(fraction), len(rows)), [0, 0.3, 1], [1, 0.92, 0.35])[:, None]
    first = head.add(name, vertices, shade, guides=guide, softness=0.0, mouth_side=up)[0]
    faces = first + grid_faces(len(rows), len(fraction), closed=False)
    head.join(faces if up > 0 else faces[:, ::-1])


def _add_tongue(head: Assembly, meet: Float[np.ndarray, " 3"]) -> None:
    """A half ellipsoid lying behind the lower teeth."""
    rows, columns = 9, 13
    along = np.linspace(0.02, 1, rows)[:, None]
    across = np.linspace(-np.pi / 2, np.pi / 2, columns)[None]
    width = 18 * np.sqrt(along * (2 - along))
    x, arch = width * np.sin(across), np.cos(across) ** 0.7
    y = -13 + 8.5 * np.sqrt(along * (2 - along)) * arch - 1.2 * np.exp(-((x / 3) ** 2)) * along
    z = -13 - 38 * along
    vertices = meet + np.stack(np.broadcast_arrays(x, y, z), -1).reshape(-1, 3)
    shade = _TONGUE * np.repeat(np.linspace(1, 0.35, rows), columns)[:, None]
    first = head.add("tongue", vertices, shade, guides=meet, softness=0.0, mouth_side=-1.0)[0]
    head.join(first + grid_faces(rows, columns, closed=False)[:, ::-1])
