"""Skin, eyes, brows and glasses of a person."""

import numpy as np

from vultus.world.people.drawing import Presentation, as_rgb, chosen, nearby
from vultus.world.people.palette import FRAME_COLOURS, IRIS_COLOURS, SKIN_TONES, blended
from vultus.world.people.records import GLASSES_STYLES, Complexion, Glasses, Hair, Rgb
from vultus.world.seeds import generator

_GLASSES_SHARE = 0.24


def draw_complexion(seed: int, looks: Presentation, hair: Hair) -> Complexion:
    """Skin of the person's tone; brows that go with the hair."""
    random = generator(seed, "complexion")
    skin = as_rgb(np.minimum(nearby(random, blended(SKIN_TONES, looks.melanin), 0.05), 0.86))
    pale = 1.0 - looks.melanin
    return Complexion(
        skin=skin,
        lips=_lips(random, skin, looks),
        brow=_brows(random, hair, skin),
        iris=_iris(random, pale),
        sclera=_sclera(looks),
        blush=float(random.beta(2.0, 2.5)) * (0.4 + 0.6 * pale),
        mottling=float(random.beta(2.0, 2.5)),
        freckles=float(random.random() ** 3) if random.random() < 0.4 * pale else 0.0,
        shadow_under_eyes=float(random.beta(1.5, 3.0)) * (0.5 + 0.8 * looks.age),
        brow_thickness_mm=float(random.uniform(5.8, 8.6) + 3.6 * looks.masculine),
        brow_arch_mm=float(random.uniform(-0.5, 2.0) + 1.5 * (1 - looks.masculine)),
        brow_density=float(random.uniform(0.62, 0.95)),
        gloss=float(random.uniform(0.25, 0.75)),
        age=looks.age,
    )


def _sclera(looks: Presentation) -> Rgb:
    """Yellower and darker with age."""
    fresh = np.array([0.78, 0.76, 0.73]) * (1 - 0.12 * looks.age)
    return as_rgb(fresh * [1.0, 1.0 - 0.03 * looks.age, 1.0 - 0.06 * looks.age])


def _lips(random: np.random.Generator, skin: Rgb, looks: Presentation) -> Rgb:
    """Redder and a little darker than the skin; sometimes painted."""
    natural = np.array(skin) * np.array([0.80, 0.52, 0.56]) * random.uniform(0.85, 1.1)
    if random.random() < 0.45 * (1 - looks.masculine):
        paint = np.array(nearby(random, (0.42, 0.055, 0.07), 0.3))
        natural += random.uniform(0.25, 0.75) * (paint - natural)
    return as_rgb(natural)


def _brows(random: np.random.Generator, hair: Hair, skin: Rgb) -> Rgb:
    """The hair's colour, darker where that is light, and always seen against the skin."""
    colour = (
        np.array(hair.colour) if min(hair.colour) < 0.5 * max(hair.colour) else np.array(hair.colour) * 0.6
    )
    colour = colour * random.uniform(0.5, 0.8)
    return as_rgb(np.minimum(colour, 0.38 * np.array(skin)))


def _iris(random: np.random.Generator, pale: float) -> Rgb:
    light = pale**2
    shares = {
        "dark_brown": 0.2 + 1.6 * (1 - pale),
        "brown": 0.8,
        "hazel": 0.6 * light,
        "green": 0.4 * light,
        "grey": 0.4 * light,
        "blue": 0.9 * light,
    }
    return nearby(random, IRIS_COLOURS[chosen(random, shares)], 0.12)


def draw_glasses(seed: int, looks: Presentation) -> Glasses | None:
    """Glasses, more often for the old; None for most."""
    random = generator(seed, "glasses")
    if random.random() > _GLASSES_SHARE * (0.7 + 0.8 * looks.age):
        return None
    return Glasses(
        style=str(random.choice(GLASSES_STYLES)),
        colour=FRAME_COLOURS[int(random.integers(len(FRAME_COLOURS)))],
        rim_mm=float(random.uniform(1.6, 3.6)),
        size=float(random.uniform(0.9, 1.1)),
    )
