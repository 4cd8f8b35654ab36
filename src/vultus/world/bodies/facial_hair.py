"""Brows and beards: thin layers over the skin that follow it; template frame, mm."""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import cKDTree

from vultus.face.builtin import build_head
from vultus.world.bodies.lips import redness_of_lips
from vultus.world.bodies.noise import noise
from vultus.world.bodies.piece import Piece, grid_faces, piece, smoothstep
from vultus.world.bodies.surface import vertex_normals
from vultus.world.bodies.template import Likeness
from vultus.world.people.person import Person
from vultus.world.people.records import Beard

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]
Flat = Float[np.ndarray, "n 2"]

_BROW = np.array([(10.5, 51.5), (19.0, 54.3), (30.0, 56.5), (42.0, 57.0), (51.0, 54.2), (58.5, 49.0)])
"""Middle line of the left brow on the template, x and y."""
_WIDTH = np.array([0.75, 1.0, 1.0, 0.85, 0.6, 0.2])
_BROW_COLUMNS, _BROW_ROWS = 16, 5


def brow_pieces(
    person: Person, alike: Likeness, skin: Int[np.ndarray, " n"], faces: Int[np.ndarray, "m 3"]
) -> list[Piece]:
    """Both brows, each a strip a little above the skin."""
    looks = person.complexion
    normals = vertex_normals(alike.head, faces)
    front = skin[(normals[skin, 2] > 0.15) & (alike.design[skin, 1] > 25) & (alike.design[skin, 1] < 85)]
    tree = cKDTree(alike.design[front, :2])
    pieces = []
    for side in (-1.0, 1.0):
        flat, edge = _brow_grid(looks.brow_thickness_mm, looks.brow_arch_mm)
        reach, index = tree.query(flat * [side, 1.0], k=4)
        share = 1 / (reach**2 + 1.0)
        share /= share.sum(1, keepdims=True)
        anchors = front[index]
        # The anchors' mean, moved within their tangent planes to where the brow is on the template.
        missing = np.column_stack([flat * [side, 1.0], np.zeros(len(flat))])
        missing -= (alike.design[anchors] * share[..., None]).sum(1) * [1, 1, 0]
        normal = (normals[anchors] * share[..., None]).sum(1)
        missing[:, 2] = -(missing[:, :2] * normal[:, :2]).sum(1) / normal[:, 2]
        base = (alike.head[anchors] * share[..., None]).sum(1)
        points = base + missing + edge[:, None] * normal
        albedo = _brow_colours(person, flat)
        order = grid_faces(_BROW_ROWS, _BROW_COLUMNS)
        strand = np.array([side * 0.9, 0.35, 0.0])
        pieces.append(
            piece(
                "brows",
                points,
                order if side > 0 else order[:, ::-1],
                albedo,
                0.1,
                strand,
                0.0,
                (anchors, share),
            )
        )
    return pieces


def _brow_grid(thickness_mm: float, arch_mm: float) -> tuple[Flat, Values]:
    """Places on the template (x, y), rows from below, and heights over the skin."""
    along = np.linspace(0, len(_BROW) - 1, _BROW_COLUMNS)
    knots = np.arange(len(_BROW))
    line = np.stack([np.interp(along, knots, _BROW[:, axis]) for axis in (0, 1)], -1)
    line[:, 1] += arch_mm * np.exp(-(((along - 3.2) / 1.2) ** 2))
    width = thickness_mm * np.interp(along, knots, _WIDTH)
    across = np.linspace(-0.5, 0.5, _BROW_ROWS)[:, None]
    flat = line[None] + np.stack([0 * across * width, across * width], -1)
    edge = np.array([-0.5, 0.55, 0.8, 0.55, -0.5])[:, None] * np.ones(_BROW_COLUMNS)
    edge[:, [0, -1]] = -0.4
    return flat.reshape(-1, 2), edge.ravel()


def _brow_colours(person: Person, flat: Flat) -> Points:
    looks = person.complexion
    places = np.column_stack([flat, np.zeros(len(flat))])
    hairs = 0.15 * noise(places, 3.0, person.seed, "brows")
    rows = np.abs(np.linspace(-1, 1, _BROW_ROWS))[:, None] * np.ones(_BROW_COLUMNS)
    share = np.clip(looks.brow_density * (1 - 0.35 * rows.ravel()) + hairs, 0.2, 1.0)[:, None]
    skin = np.array(looks.skin)
    return skin + share * (np.array(looks.brow) - skin)


def beard_cover(design: Points, beard: Beard) -> Values:
    """How densely a beard grows at places on the template, [0, 1]."""
    if beard.style == "none":
        return np.zeros(len(design))
    x, y, z = np.abs(design[:, 0]), design[:, 1], design[:, 2]
    lip = smoothstep(cKDTree(_template_lips()).query(design)[0], 0.6, 3.6)
    moustache = (
        smoothstep(y, -46, -38) * smoothstep(y, -11.5, -17) * smoothstep(x, 31, 25) * smoothstep(z, -25, -8)
    )
    chin = smoothstep(x, 29, 18) * smoothstep(y, -45, -51) * smoothstep(y, -98, -88) * smoothstep(z, -40, -24)
    bridge = smoothstep(x, 22, 25) * smoothstep(x, 35, 31) * smoothstep(y, -22, -28) * smoothstep(z, -25, -12)
    bridge = bridge * smoothstep(y, -75, -60)
    edge = -34 + 46 * smoothstep(x, 30, 62) + 22 * smoothstep(-z, 38, 62)
    cheek = smoothstep(y - edge, 8, -6) * smoothstep(-z, 92, 70) * smoothstep(y, -104, -90)
    cheek = cheek * smoothstep(y, 26, 12) * smoothstep(y + 0.5 * z, -112, -96)
    parts = {
        "stubble": (moustache, chin, cheek, bridge),
        "moustache": (moustache,),
        "goatee": (moustache, chin, bridge),
        "full": (moustache, chin, cheek, bridge),
    }[beard.style]
    return np.max(parts, axis=0) * lip


def _template_lips() -> Points:
    """The lips' red on the template."""
    template = build_head().mean.double().numpy()
    return template[redness_of_lips(template) > 0.4]


def beard_pieces(
    person: Person, alike: Likeness, faces: Int[np.ndarray, "m 3"], cover: Values
) -> list[Piece]:
    """The skin's own triangles under the beard, lifted off it; nothing for stubble, which is paint.

    Args:
        person: Whose beard it is.
        alike: The head.
        faces: Triangles of the skin.
        cover: `beard_cover` of the head's vertices, 0 off the skin.
    """
    beard = person.beard
    if beard.style in ("none", "stubble"):
        return []
    chosen = faces[(cover[faces] > 0.03).any(1)]
    which, packed = np.unique(chosen, return_inverse=True)
    normal = vertex_normals(alike.head, faces)[which]
    shown = cover[which]
    tufts = noise(alike.design[which], 6.0, person.seed, "beard")
    low = smoothstep(alike.design[which, 1], -45, -85)
    length = beard.length_mm * (0.55 + 0.6 * low) * (1 + 0.25 * tufts)
    lift = -1.2 + 1.2 * shown**0.5 + shown**1.5 * length
    hang = 0.35 * low * shown * beard.length_mm
    points = alike.head[which] + lift[:, None] * normal - hang[:, None] * np.array([0.0, 1.0, 0.0])
    light = 1.0 + 0.18 * noise(alike.design[which], 5.0, person.seed, "beard colour")
    strand = np.array([0.0, -1.0, 0.15]) - normal * (normal @ np.array([0.0, -1.0, 0.15]))[:, None]
    return [
        piece(
            "beard",
            points,
            packed.reshape(-1, 3),
            np.clip(np.array(beard.colour) * light[:, None], 0, 1),
            0.15,
            strand / np.maximum(np.linalg.norm(strand, axis=1, keepdims=True), 1e-9),
            0.0,
            (which[:, None], np.ones((len(which), 1))),
        )
    ]
