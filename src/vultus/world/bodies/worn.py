"""Everything that a head wears and stands on."""

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree

from vultus.face.builtin import build_head
from vultus.face.morphable import MorphableModel
from vultus.world.bodies.clothes import torso_pieces
from vultus.world.bodies.facial_hair import beard_cover, beard_pieces, brow_pieces
from vultus.world.bodies.hair import hair_pieces
from vultus.world.bodies.piece import Piece
from vultus.world.bodies.spectacles import glasses_pieces
from vultus.world.bodies.surface import HeadSurface
from vultus.world.bodies.template import Likeness, ear_vertices, skin_vertices
from vultus.world.people.person import Person


def worn_pieces(person: Person, alike: Likeness, model: MorphableModel) -> list[Piece]:
    """Hair, beard, brows, glasses, shoulders and clothes."""
    faces = model.faces.numpy()
    skin = skin_vertices(model)
    on_skin = faces[np.isin(faces, skin).all(1)]
    surface = scalp_and_face(alike, model)
    ears = HeadSurface.of(alike.head, faces, ear_vertices(model))
    complexion = person.complexion
    return [
        *hair_pieces(person, surface, ears),
        *brow_pieces(person, alike, skin, faces),
        *beard_pieces(person, alike, on_skin, cover_of_beard(person, alike, model)),
        *glasses_pieces(person.glasses, surface, eye_middles(alike, model)),
        *torso_pieces(person.clothes, surface, complexion.skin, complexion.gloss),
    ]


def scalp_and_face(alike: Likeness, model: MorphableModel) -> HeadSurface:
    """The head without ears: the template's skin brought to the person's.

    Inner ears, which other models have not told apart, would turn hair inside out.
    """
    template = build_head()
    which = template.regions["skin"].numpy()
    if "ears" in model.regions:
        return HeadSurface.of(alike.head, model.faces.numpy(), skin_vertices(model))
    places, skin = template.mean.double().numpy(), skin_vertices(model)
    reach, index = cKDTree(alike.design[skin]).query(places, k=12)
    weight = 1 / (reach**2 + 9.0)
    moved = ((alike.head - alike.design)[skin[index]] * weight[..., None]).sum(1) / weight.sum(1)[:, None]
    return HeadSurface.of(places + moved, template.faces.numpy(), which)


def cover_of_beard(person: Person, alike: Likeness, model: MorphableModel) -> Float[np.ndarray, " v"]:
    """`beard_cover` of every vertex of the head; 0 off the skin and on the lips."""
    cover, skin = np.zeros(len(alike.head)), skin_vertices(model)
    cover[skin] = beard_cover(alike.design[skin], person.beard)
    return cover


def eye_middles(alike: Likeness, model: MorphableModel) -> Float[np.ndarray, "2 3"]:
    """Middles of the right and the left eyeball, template frame."""
    return np.stack([alike.head[model.regions[f"eye_{side}"].numpy()].mean(0) for side in ("right", "left")])
