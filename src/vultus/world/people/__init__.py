"""People of the world: faces, hair, clothes, voices and manners drawn from a seed.

`python -m vultus.world.people [OUT.png]` draws a sheet of them.
"""

from vultus.world.people.backdrops import paint_backdrop
from vultus.world.people.person import Person, draw_person
from vultus.world.people.records import (
    BACKDROP_KINDS,
    BEARD_STYLES,
    CLOTHES_STYLES,
    GLASSES_STYLES,
    HAIR_STYLES,
    Backdrop,
    Beard,
    Clothes,
    Complexion,
    Glasses,
    Hair,
)

__all__ = [
    "BACKDROP_KINDS",
    "BEARD_STYLES",
    "CLOTHES_STYLES",
    "GLASSES_STYLES",
    "HAIR_STYLES",
    "Backdrop",
    "Beard",
    "Clothes",
    "Complexion",
    "Glasses",
    "Hair",
    "Person",
    "draw_person",
    "paint_backdrop",
]
