"""A person of the world: everything that stays from clip to clip."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.world.motion import Manner, draw_manner
from vultus.world.people.drawing import Presentation, draw_presentation
from vultus.world.people.identity import draw_identity
from vultus.world.people.looks import draw_complexion, draw_glasses
from vultus.world.people.outfits import draw_backdrop, draw_beard, draw_clothes, draw_hair
from vultus.world.people.records import (
    Backdrop,
    Beard,
    Clothes,
    Complexion,
    Glasses,
    Hair,
    from_values,
    to_values,
)
from vultus.world.seeds import generator
from vultus.world.speech import Voice, draw_voice


@dataclass(frozen=True)
class Person:
    """Looks, voice and manner."""

    seed: int
    """What everything else was drawn from."""

    name: str
    """For reading, unique for each seed."""

    morphable: str
    """Name of the morphable model that `identity` is for."""

    identity: tuple[float, ...]
    """p_id."""

    complexion: Complexion
    """Skin, lips, brows, eyes."""

    hair: Hair
    """Style and colour."""

    beard: Beard
    """Style and colour; "none" for most."""

    glasses: Glasses | None
    """Absent for most."""

    clothes: Clothes
    """What covers the shoulders."""

    backdrop: Backdrop
    """What is behind."""

    voice: Voice
    """How the person sounds."""

    manner: Manner
    """How the person moves."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return to_values(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Person":
        """What `to_json` gave; raises `InputError` where it is something else.

        Example:
            >>> person = draw_person(4)
            >>> Person.from_json(person.to_json()) == person
            True
        """
        return from_values(cls, values)


def draw_person(seed: int, morphable: str | MorphableModel = "builtin") -> Person:
    """The person with this seed.

    Args:
        seed: Names the person.
        morphable: The model that carries the face: itself, or the name of one that needs no file.

    Example:
        >>> draw_person(3) == draw_person(3), draw_person(3) == draw_person(4)
        (True, False)
    """
    model = load_morphable(morphable) if isinstance(morphable, str) else morphable
    voice = draw_voice(seed)
    looks = draw_presentation(seed, voice.pitch_hz)
    hair = draw_hair(seed, looks)
    return Person(
        seed=seed,
        name=draw_name(seed),
        morphable=model.name,
        identity=draw_identity(seed, looks, model),
        complexion=draw_complexion(seed, looks, hair),
        hair=hair,
        beard=draw_beard(seed, looks, hair),
        glasses=draw_glasses(seed, looks),
        clothes=draw_clothes(seed, looks),
        backdrop=draw_backdrop(seed),
        voice=voice,
        manner=draw_manner(seed),
    )


_SYLLABLES = ("ba", "da", "fe", "gi", "ka", "la", "li", "ma", "mi", "no", "ra", "ri", "sa", "su", "ta", "vo")


def draw_name(seed: int) -> str:
    """A name that can be said, and the seed."""
    syllables = generator(seed, "name").choice(_SYLLABLES, 3)
    return f"{''.join(syllables).capitalize()} {seed}"


__all__ = ["Person", "Presentation", "draw_name", "draw_person"]
