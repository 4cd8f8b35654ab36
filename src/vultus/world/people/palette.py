"""Colours that people, their clothes and their rooms have; sRGB hexadecimal in, linear RGB out."""

import numpy as np

from vultus.world.people.records import Rgb


def linear(code: str) -> Rgb:
    """Linear RGB of an sRGB colour like "c68863" [IEC 61966-2-1].

    Example:
        >>> linear("ffffff")
        (1.0, 1.0, 1.0)
    """
    value = np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    red, green, blue = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).tolist()
    return red, green, blue


SKIN_TONES = tuple(
    linear(code)
    for code in ("f0cdbb", "e8bda6", "deab8e", "d09a78", "bd8460", "a36d4a", "875638", "6b432c", "523324")
)
"""From the palest to the darkest."""

HAIR_COLOURS = {
    "black": linear("1d1917"),
    "dark_brown": linear("35251c"),
    "brown": linear("523725"),
    "light_brown": linear("7a5738"),
    "blond": linear("b08a56"),
    "pale_blond": linear("cfb184"),
    "auburn": linear("6b3420"),
    "red": linear("9a4a22"),
    "grey": linear("8b8781"),
    "white": linear("cbc7c0"),
    "dyed_teal": linear("2a6f78"),
    "dyed_pink": linear("b35a7c"),
}
IRIS_COLOURS = {
    "dark_brown": linear("3a2214"),
    "brown": linear("5a3820"),
    "hazel": linear("75592e"),
    "green": linear("62774a"),
    "grey": linear("7d8b93"),
    "blue": linear("5b84a8"),
}
CLOTH_COLOURS = tuple(
    linear(code)
    for code in (
        "e9e7e1", "c9cbc8", "8b9094", "4a4e55", "24262b", "1f2f4d", "34558b", "6f96bd", "7a2a2e", "b3433c",
        "c7793b", "d8b45a", "3c5a40", "6f8a5e", "5b3f63", "a583a8", "5e4433", "a98c6b", "1e6265", "d99aa0",
    )
)  # fmt: skip
FRAME_COLOURS = tuple(
    linear(code) for code in ("151414", "15151a", "3a2418", "5c3a1e", "6e6f73", "a9894a", "3b1f26", "243447")
)
WALL_COLOURS = tuple(
    linear(code)
    for code in (
        "e4e0d8", "cfd3d6", "b9b3a6", "8e979e", "6c7883", "a8b5a2", "c7b299", "55606b", "3c434b", "b79d94",
        "8aa0b5", "71806f", "d9cbb4", "9a8fa6",
    )
)  # fmt: skip


def blended(tones: tuple[Rgb, ...], at: float) -> Rgb:
    """A colour between neighbours of a row of them, at [0, 1] of its length."""
    place = float(np.clip(at, 0.0, 1.0)) * (len(tones) - 1)
    red, green, blue = (
        float(np.interp(place, range(len(tones)), [tone[channel] for tone in tones])) for channel in range(3)
    )
    return red, green, blue
