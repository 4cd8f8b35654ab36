"""Hair as a mesh: a shell that dips below the skin at the hairline, so that no gap is ever seen."""

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.hanging import HANGING, hanging, joined
from vultus.world.bodies.headwear import cap_pieces, rim_height
from vultus.world.bodies.noise import noise
from vultus.world.bodies.piece import Piece, piece, smoothstep
from vultus.world.bodies.scalp import above_hairline, thickness
from vultus.world.bodies.surface import HeadSurface, Shell, kept, zero_surface
from vultus.world.people.person import Person
from vultus.world.people.records import Hair

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]

_CELL_MM = {"long_straight": 9.5, "long_wavy": 9.0, "bob": 9.0, "afro": 9.5, "curls": 9.0}
_USUAL_CELL_MM = 8.5
_CLEAR_OF_EARS_MM = 4.0
_HIDDEN_MM = -3.0
_CROWN = np.array([0.0, 138.0, -105.0])


def hair_pieces(person: Person, surface: HeadSurface, ears: HeadSurface) -> list[Piece]:
    """The hair's mesh, and a cap where one is worn; nothing on a bald head."""
    hair = person.hair
    if hair.style == "bald":
        return []
    shell = _shell(person, surface, ears)
    pieces = [_coloured(shell, hair, person.seed)]
    if hair.style == "cap":
        pieces += cap_pieces(hair, surface)
    return pieces


def _shell(person: Person, surface: HeadSurface, ears: HeadSurface) -> Shell:
    hair, seed = person.hair, person.seed

    def field(points: Points) -> Values:
        grown = surface.distance(points) - thickness(points, hair, seed)
        if hair.style not in HANGING:
            near = ears.tree.query(points, distance_upper_bound=30.0)[0]
            grown = np.maximum(grown, _CLEAR_OF_EARS_MM - np.minimum(near, 30.0))
        loose = hanging(points, hair, seed)
        return grown if loose is None else joined(grown, loose, 9.0)

    low = (
        (-140.0, -250.0, -260.0) if hanging(_CROWN[None], hair, seed) is not None else (-140.0, -70.0, -230.0)
    )
    shell = zero_surface(field, low, (140.0, 190.0, 40.0), _CELL_MM.get(hair.style, _USUAL_CELL_MM))
    seen = surface.distance(shell.points) > _HIDDEN_MM
    if hair.style == "cap":
        seen &= shell.points[:, 1] < rim_height(shell.points[:, 2]) + 12
    return kept(shell, seen)[0]


def _coloured(shell: Shell, hair: Hair, seed: int) -> Piece:
    points = shell.points
    locks = noise(points * [1.0, 0.25, 1.0], 9.0, seed, "colour")
    tips = smoothstep(points[:, 1], 60, -160)
    roots = 1 - smoothstep(above_hairline(points, hair), 0.0, 30.0) * smoothstep(points[:, 1], 30, 60)
    light = 1.0 + 0.16 * locks + 0.30 * tips - 0.10 * roots
    albedo = np.clip(np.array(hair.colour) * light[:, None], 0.0, 1.0)
    low = smoothstep(points[:, 1], -60.0, -190.0) * 0.75
    return piece(
        "hair", points, shell.faces, albedo, gloss=_gloss(hair), strand=_strands(shell, hair), torso=low
    )


def _gloss(hair: Hair) -> float:
    """Combed hair shines, curls scatter the light."""
    return {"afro": 0.03, "curls": 0.06, "buzz": 0.04, "cap": 0.05}.get(hair.style, 0.14)


def _strands(shell: Shell, hair: Hair) -> Points:
    """Hair runs from the crown, the parting or the forehead along the shell."""
    points = shell.points
    if hair.style in ("ponytail", "bun"):
        flow = np.array([0.0, 80.0, -185.0]) - points
        flow = np.where(points[:, 2:] < -180, [[0.0, -1.0, 0.0]], flow)
    elif hair.style == "quiff":
        flow = np.array([0.0, 70.0, -200.0]) - points
    elif hair.style in ("side_part", *HANGING):
        aside = np.sign(points[:, 0] - 38 * hair.parting) * 60
        flow = np.stack(
            [aside * smoothstep(points[:, 1], 60, 110), np.full(len(points), -60.0), -20 + 0 * aside], -1
        )
    else:
        flow = points - _CROWN
    flow = flow - (flow * shell.normals).sum(1, keepdims=True) * shell.normals
    return flow / np.maximum(np.linalg.norm(flow, axis=1, keepdims=True), 1e-9)
