"""Backdrops as pictures: scenes painted from smooth shapes, out of focus."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float

from vultus.world.people.records import Backdrop
from vultus.world.seeds import generator

Picture = Float[np.ndarray, "h w 3"]

_SIDE = 192
"""Scenes are painted on a square of this many pixels, so that they look alike at every size."""


def paint_backdrop(backdrop: Backdrop, size_px: tuple[int, int]) -> Picture:
    """What the camera sees behind the person, linear RGB; the same scene at every size.

    Args:
        backdrop: Kind, colours and seed.
        size_px: (height, width) of the picture; what is not square sees less of the scene.

    Example:
        >>> from vultus.world.people import draw_person
        >>> paint_backdrop(draw_person(1).backdrop, (4, 6)).shape
        (4, 6, 3)
    """
    height, width = size_px
    scene = np.clip(_SCENES[backdrop.kind](backdrop, generator(backdrop.seed, "backdrop")), 0.0, None)
    side = max(height, width)
    # Cubic interpolation may undershoot beside a highlight.
    picture = cv2.resize(scene.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC).clip(0.0)
    top, left = (side - height) // 2, (side - width) // 2
    return np.ascontiguousarray(picture[top : top + height, left : left + width])


def _places() -> tuple[Float[np.ndarray, "s s"], Float[np.ndarray, "s s"]]:
    """How far right and how far down each pixel is, [0, 1]."""
    line = (np.arange(_SIDE) + 0.5) / _SIDE
    return np.broadcast_to(line, (_SIDE, _SIDE)), np.broadcast_to(line[:, None], (_SIDE, _SIDE))


def _colours(backdrop: Backdrop) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, second, third = (np.array(colour) for colour in backdrop.colours)
    return first, second, third


def _blurred(picture: np.ndarray, deviation: float) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation, borderType=cv2.BORDER_REFLECT))


def _cloudy(random: np.random.Generator, cells: int) -> np.ndarray:
    """Smooth noise, about [-1, 1]."""
    coarse = random.uniform(-1, 1, (cells, cells))
    return np.asarray(cv2.resize(coarse, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC))


def _vignette(strength: float, random: np.random.Generator) -> np.ndarray:
    x, y = _places()
    centre = random.uniform(0.3, 0.7, 2)
    return 1 - strength * np.clip((x - centre[0]) ** 2 + (y - centre[1]) ** 2, 0, 1)


def _plain(backdrop: Backdrop, random: np.random.Generator) -> Picture:
    """A wall with the light falling off."""
    light = _vignette(0.7, random) * (1 + 0.03 * _cloudy(random, 7))
    return _colours(backdrop)[0] * light[..., None]


def _gradient(backdrop: Backdrop, random: np.random.Generator) -> Picture:
    x, y = _places()
    angle = random.uniform(-0.7, 0.7)
    share = np.clip(0.5 + (y - 0.5) * np.cos(angle) + (x - 0.5) * np.sin(angle), 0, 1)[..., None]
    first, second, _ = _colours(backdrop)
    return first + share * (second - first)


def _room(backdrop: Backdrop, random: np.random.Generator) -> Picture:
    """A wall with furniture, pictures and perhaps a window, out of focus."""
    wall, other, bright = _colours(backdrop)
    scene = np.tile(wall * random.uniform(0.5, 0.9), (_SIDE, _SIDE, 1))
    floor = int(_SIDE * random.uniform(0.72, 0.95))
    scene[floor:] = other * 0.4
    for _ in range(int(random.integers(3, 7))):
        left, top = random.uniform(-0.1, 0.95), random.uniform(0.0, 0.7)
        wide, high = random.uniform(0.08, 0.35), random.uniform(0.1, 0.5)
        colour = (wall, other, bright)[int(random.integers(3))] * random.uniform(0.15, 0.8)
        _fill(scene, left, top, wide, high, colour)
        _fill(scene, left + 0.015, top + 0.015, wide - 0.03, high - 0.03, colour * random.uniform(0.6, 1.5))
    if random.random() < 0.5:
        left = random.choice([random.uniform(0, 0.15), random.uniform(0.65, 0.8)])
        _fill(scene, left, 0.05, 0.25, 0.5, np.array([0.9, 0.98, 1.1]) * random.uniform(0.8, 1.6))
    light = _vignette(0.5, random)[..., None]
    return _blurred(scene, 2.0 + 7.0 * backdrop.blur) * light


def _fill(scene: Picture, left: float, top: float, wide: float, high: float, colour: np.ndarray) -> None:
    rows = slice(max(int(top * _SIDE), 0), max(int((top + high) * _SIDE), 0))
    columns = slice(max(int(left * _SIDE), 0), max(int((left + wide) * _SIDE), 0))
    scene[rows, columns] = colour


def _bokeh(backdrop: Backdrop, random: np.random.Generator) -> Picture:
    """A dusky scene with lights that are discs out of focus."""
    first, second, third = _colours(backdrop)
    share = np.clip(0.5 + 0.5 * _cloudy(random, 5), 0, 1)[..., None]
    scene = (first + share * (second - first)) * 0.25
    x, y = _places()
    for _ in range(int(random.integers(14, 40))):
        centre = random.uniform(-0.05, 1.05), random.beta(1.5, 2.0)
        radius = random.uniform(0.02, 0.05) * (0.6 + backdrop.blur)
        away = np.hypot(x - centre[0], y - centre[1])
        disc = np.clip((radius - away) * _SIDE / 3, 0, 1) * (0.75 + 0.35 * np.clip(away / radius, 0, 1))
        tint = third * random.uniform(0.5, 1.5, 3) + np.array([0.25, 0.18, 0.08]) * random.random()
        scene = scene + (random.uniform(0.15, 0.8) * disc)[..., None] * tint
    return _blurred(scene, 1.2)


def _outdoors(backdrop: Backdrop, random: np.random.Generator) -> Picture:
    """Sky, a line of trees or houses, and ground."""
    x, y = _places()
    horizon = random.uniform(0.45, 0.7)
    sky = np.array([0.35, 0.55, 0.9]) * random.uniform(0.7, 1.1)
    haze = np.array([0.85, 0.9, 0.95]) * random.uniform(0.7, 1.0)
    share = np.clip(y / horizon, 0, 1)[..., None]
    scene = sky + share**1.5 * (haze - sky)
    cloud = np.clip(_cloudy(random, 6) + 0.5 * _cloudy(random, 13), 0, 1)[..., None]
    scene = scene + 0.5 * cloud * (np.array([1.0, 1.0, 1.0]) - scene)
    green = np.array([0.06, 0.12, 0.03]) * random.uniform(0.6, 1.8, 3)
    outline = horizon - 0.12 - 0.1 * _cloudy(random, 9)[0][None]
    leaves = 1 + 0.6 * _cloudy(random, 40)
    scene = np.where((y > outline)[..., None], green * leaves[..., None], scene)
    ground = _colours(backdrop)[1] * 0.45 * (1 + 0.15 * _cloudy(random, 25))[..., None]
    scene = np.where((y > horizon)[..., None], ground, scene)
    del x
    return _blurred(scene, 1.5 + 5.0 * backdrop.blur)


_SCENES: dict[str, Callable[[Backdrop, np.random.Generator], Picture]] = {
    "plain": _plain,
    "gradient": _gradient,
    "room": _room,
    "bokeh": _bokeh,
    "outdoors": _outdoors,
}
