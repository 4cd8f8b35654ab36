"""Hair, beard, clothes and backdrop of a person."""

import numpy as np

from vultus.world.people.drawing import Presentation, as_rgb, chosen, nearby
from vultus.world.people.palette import CLOTH_COLOURS, HAIR_COLOURS, WALL_COLOURS
from vultus.world.people.records import (
    BACKDROP_KINDS,
    CLOTHES_STYLES,
    PATTERNS,
    Backdrop,
    Beard,
    Clothes,
    Hair,
    Rgb,
)
from vultus.world.seeds import generator

_SHORT = {"buzz": 0.8, "crop": 1.5, "side_part": 1.3, "quiff": 1.0, "receding": 0.5, "curls": 0.7}
_LONG = {"bob": 1.3, "long_straight": 1.4, "long_wavy": 1.4, "ponytail": 1.0, "bun": 0.9}


def draw_hair(seed: int, looks: Presentation) -> Hair:
    """A style that goes with the person, in a colour that goes with the skin."""
    random = generator(seed, "hair")
    style = chosen(random, _style_shares(looks))
    return Hair(
        style=style,
        colour=_hair_colour(random, looks),
        volume=float(random.uniform(0.8, 1.3)),
        length=float(random.uniform(0.82, 1.2)),
        parting=float(random.choice([-1.0, 1.0]) * random.uniform(0.25, 0.7)),
        waviness=float(random.beta(1.6, 2.0)),
        hairline_mm=float(random.normal(0.0, 3.0) + 8.0 * looks.masculine * looks.age),
        cloth=_cloth(random),
    )


def _style_shares(looks: Presentation) -> dict[str, float]:
    man, woman = looks.masculine, 1 - looks.masculine
    shares = {style: share * (0.12 + 0.88 * man) for style, share in _SHORT.items()}
    shares |= {style: share * (0.06 + 0.94 * woman) for style, share in _LONG.items()}
    shares["receding"] *= 2.2 * looks.age
    shares["buzz"] *= 0.6 + 0.8 * man
    shares["afro"] = 1.4 * looks.melanin**2
    shares["bald"] = man * (0.15 + 0.9 * looks.age)
    shares["cap"] = 0.35
    return shares


def _hair_colour(random: np.random.Generator, looks: Presentation) -> Rgb:
    light = (1 - looks.melanin) ** 2
    shares = {
        "black": 0.4 + 2.2 * looks.melanin,
        "dark_brown": 1.0,
        "brown": 1.0 * (1 - looks.melanin),
        "light_brown": 0.9 * light,
        "blond": 0.8 * light,
        "pale_blond": 0.35 * light,
        "auburn": 0.4 * light,
        "red": 0.3 * light,
        "dyed_teal": 0.03,
        "dyed_pink": 0.03,
    }
    colour = np.array(nearby(random, HAIR_COLOURS[chosen(random, shares)], 0.12))
    greyed = float(np.clip((looks.age - random.uniform(0.45, 0.95)) / 0.3, 0.0, 1.0))
    grey = HAIR_COLOURS["white"] if random.random() < looks.age - 0.45 else HAIR_COLOURS["grey"]
    return as_rgb(colour + greyed * (np.array(grey) - colour))


def draw_beard(seed: int, looks: Presentation, hair: Hair) -> Beard:
    """A beard for some masculine faces, a little redder than the hair."""
    random = generator(seed, "beard")
    shares = {"none": 1.1, "stubble": 0.9, "moustache": 0.35, "goatee": 0.4, "full": 0.7}
    style = chosen(random, shares) if looks.masculine > 0.5 else "none"
    colour = np.array(hair.colour) * np.array([1.08, 0.94, 0.88]) * random.uniform(0.75, 1.05)
    return Beard(
        style=style,
        colour=as_rgb(colour),
        length_mm=float(random.uniform(3.0, 11.0)),
        density=float(random.uniform(0.65, 1.0)),
    )


def draw_clothes(seed: int, looks: Presentation) -> Clothes:
    """Clothes in two colours that differ."""
    random = generator(seed, "clothes")
    first, second = random.choice(len(CLOTH_COLOURS), 2, replace=False)
    pattern = chosen(random, {"plain": 1.0, **dict.fromkeys(PATTERNS[1:], 0.22)})
    return Clothes(
        style=str(random.choice(CLOTHES_STYLES)),
        colour=nearby(random, CLOTH_COLOURS[int(first)], 0.06),
        second=nearby(random, CLOTH_COLOURS[int(second)], 0.06),
        pattern=pattern,
        breadth=float(np.clip(0.90 + 0.14 * looks.masculine + random.normal(0.0, 0.045), 0.82, 1.18)),
    )


def draw_backdrop(seed: int) -> Backdrop:
    """What is behind the person."""
    random = generator(seed, "backdrop")
    walls = random.choice(len(WALL_COLOURS), 3, replace=False)
    first, second, third = (nearby(random, WALL_COLOURS[int(wall)], 0.1) for wall in walls)
    return Backdrop(
        kind=str(random.choice(BACKDROP_KINDS)),
        colours=(first, second, third),
        blur=float(random.uniform(0.25, 1.0)),
        seed=int(random.integers(2**31)),
    )


def _cloth(random: np.random.Generator) -> Rgb:
    return nearby(random, CLOTH_COLOURS[int(random.integers(len(CLOTH_COLOURS)))], 0.06)
