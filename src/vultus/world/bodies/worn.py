"""Everything that a head wears and stands on."""

from vultus.face.morphable import MorphableModel
from vultus.world.bodies.piece import Piece
from vultus.world.bodies.template import Likeness
from vultus.world.people.person import Person


def worn_pieces(person: Person, alike: Likeness, model: MorphableModel) -> list[Piece]:
    """Hair, beard, brows, glasses, shoulders and clothes."""
    del person, alike, model
    return []
