"""The head's own vertices: what they are part of, their colours, and how the neck blends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from vultus.face.morphable import MorphableModel
from vultus.world.bodies.facial_hair import beard_cover
from vultus.world.bodies.lips import redness_of_lips
from vultus.world.bodies.noise import noise
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.bodies.piece import smoothstep
from vultus.world.bodies.scalp import thickness
from vultus.world.bodies.template import Likeness, ear_vertices
from vultus.world.bodies.torso import neck_level
from vultus.world.people.person import Person
from vultus.world.people.records import Complexion

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]


class Paint(NamedTuple):
    """Surface of the head's own vertices."""

    albedo: Float[np.ndarray, "v 3"]
    gloss: Float[np.ndarray, " v"]


_REGION_PARTS = {
    "eye_left": "eyes",
    "eye_right": "eyes",
    "mouth": "mouth",
    "teeth": "teeth",
}
_TEETH, _GUMS, _MOUTH = (0.68, 0.62, 0.50), (0.42, 0.13, 0.12), (0.22, 0.055, 0.05)
_UNDER_SHOULDERS_MM, _UNDER_CLOTHES_MM = -101.0, -125.0
_TONGUE = (0.48, 0.17, 0.15)


def part_head(person: Person, alike: Likeness, model: MorphableModel) -> Int[np.ndarray, " f"]:
    """Part of each of the model's triangles."""
    of_vertex = np.full(len(alike.head), PART_INDEX["skin"])
    of_vertex[neck_level(alike.design) < -54] = PART_INDEX["neck"]
    of_vertex[redness_of_lips(alike.design) > 0.5] = PART_INDEX["lips"]
    of_vertex[thickness(alike.design, person.hair, person.seed) > 0] = PART_INDEX["hair"]
    for region, part in _REGION_PARTS.items():
        if region in model.regions:
            of_vertex[model.regions[region].numpy()] = PART_INDEX[part]
    of_vertex[ear_vertices(model)] = PART_INDEX["ears"]
    corners = of_vertex[model.faces.numpy()]
    # Where two corners agree, so does the triangle; the skin has what is left.
    agreed = np.where(corners[:, 0] == corners[:, 1], corners[:, 0], corners[:, 2])
    pairs = (corners[:, [0, 1, 2]] == corners[:, [1, 2, 0]]).any(1)
    return np.where(pairs, agreed, PART_INDEX["skin"])


def paint_head(person: Person, alike: Likeness, model: MorphableModel) -> Paint:
    """Colours of the model's vertices."""
    albedo = _skin(person, alike.design)
    gloss = np.full(len(albedo), person.complexion.gloss)
    oily = np.exp(-((alike.design[:, 0] / 22) ** 2)) * smoothstep(alike.design[:, 2], -10, 15)
    gloss = np.clip(gloss * (0.75 + 0.5 * oily), 0, 1)
    red = redness_of_lips(alike.design)
    gloss = gloss + red * (0.55 - gloss)
    for region, colour in (("mouth", _MOUTH), ("teeth", _TEETH), ("tongue", _TONGUE)):
        if region in model.regions:
            which = model.regions[region].numpy()
            albedo[which], gloss[which] = colour, 0.6
    _paint_gums(albedo, alike, model)
    for side in ("left", "right"):
        which = model.regions[f"eye_{side}"].numpy()
        albedo[which] = _eyeball(alike.design[which], person.complexion)
        gloss[which] = 1.0
    return Paint(np.clip(albedo, 0.0, 1.0), np.clip(gloss, 0.0, 1.0))


def seen_triangles(person: Person, alike: Likeness, model: MorphableModel) -> Int[np.ndarray, " f"]:
    """The model's triangles that neither thick hair nor the shoulders always hide, by index."""
    hidden = thickness(alike.design, person.hair, person.seed) > 3.5
    # Only the template's own neck is known to run so closely under the shoulders.
    covered = _UNDER_SHOULDERS_MM if model.name == "builtin" else _UNDER_CLOTHES_MM
    hidden |= neck_level(alike.design) < covered
    hidden[ear_vertices(model)] = False
    for region in ("eye_left", "eye_right", "mouth"):
        if region in model.regions:
            hidden[model.regions[region].numpy()] = False
    named = np.zeros(len(alike.head), dtype=bool)
    named[np.concatenate([which.numpy() for which in model.regions.values()])] = True
    faces = model.faces.numpy()
    # What belongs to no region are helper meshes, lashes and films over the eyes.
    return np.flatnonzero(~hidden[faces].all(1) & named[faces].all(1))


_NOSTRIL, _NOSTRIL_RADII_MM = np.array([8.3, -9.8, 20.5]), np.array([3.2, 2.6, 5.5])


def _skin(person: Person, design: Points) -> Points:
    looks = person.complexion
    colour = np.tile(looks.skin, (len(design), 1))
    colour *= _pigment(person, design)[:, None]
    flush = looks.blush * _warm_places(design)
    colour = colour * (1 - flush[:, None] * np.array([0.02, 0.30, 0.24]))
    under = looks.shadow_under_eyes * _near(
        design, [(30.0, 20.0, -2.0), (22.0, 21.0, 0.0), (38.0, 21.0, -5.0)], 7.0
    )
    colour *= 1 - under[:, None] * np.array([0.24, 0.30, 0.22])
    off = (np.abs(design) * [1, 0, 0] + design * [0, 1, 1] - _NOSTRIL) / _NOSTRIL_RADII_MM
    colour *= 1 - 0.95 * np.exp(-0.5 * (off**2).sum(-1))[:, None]
    stubble = beard_cover(design, person.beard) * (0.55 if person.beard.style == "stubble" else 0.85)
    colour = _mixed(colour, np.array(person.beard.colour), stubble * person.beard.density)
    grown = smoothstep(thickness(design, person.hair, person.seed), -5.0, 2.0)
    roots = 0.78 if person.hair.style in ("buzz", "receding", "crop") else 0.9
    colour = _mixed(colour, np.array(person.hair.colour) * 0.7, roots * grown)
    return _mixed(colour, np.array(looks.lips), redness_of_lips(design))


def _mixed(base: Points, over: Float[np.ndarray, " 3"], share: Values) -> Points:
    return base + share[:, None] * (over - base)


def _pigment(person: Person, design: Points) -> Values:
    """Uneven lightness: mottling in broad patches, freckles in small ones."""
    looks = person.complexion
    broad = noise(design, 14.0, person.seed, "mottling") + 0.6 * noise(design, 6.0, person.seed, "fine")
    spots = smoothstep(noise(design, 4.5, person.seed, "freckles"), 0.15, 0.7)
    where = _near(design, [(28.0, 8.0, 5.0), (0.0, 12.0, 28.0), (45.0, 12.0, -15.0)], 22.0)
    return 1 + 0.045 * looks.mottling * broad - 0.22 * looks.freckles * spots * where


def _warm_places(design: Points) -> Values:
    return np.clip(
        _near(design, [(42.0, -2.0, -8.0)], 15.0)
        + 0.8 * _near(design, [(0.0, 2.0, 34.0), (14.0, -8.0, 14.0)], 9.0)
        + 0.7 * _near(design, [(85.0, 20.0, -85.0), (82.0, 0.0, -75.0)], 16.0)
        + 0.4 * _near(design, [(0.0, -72.0, 4.0)], 12.0),
        0,
        1,
    )


def _near(design: Points, places: Sequence[Sequence[float]], radius: float) -> Values:
    """1 at the places or their mirror images, fading with a Gaussian."""
    folded = design * [1, 1, 1]
    folded[:, 0] = np.abs(folded[:, 0])
    square = ((folded[:, None] - np.array(places, dtype=np.float64)[None]) ** 2).sum(-1).min(1)
    return np.exp(-square / (2 * radius**2))


def _paint_gums(albedo: Points, alike: Likeness, model: MorphableModel) -> None:
    """Teeth are red where they leave the jaw."""
    for region, sign in (("teeth_upper", 1.0), ("teeth_lower", -1.0)):
        if region in model.regions:
            which = model.regions[region].numpy()
            height = sign * alike.design[which, 1]
            share = smoothstep(height, np.quantile(height, 0.72), np.quantile(height, 0.95))
            albedo[which] = _mixed(albedo[which], np.array(_GUMS), 0.9 * share)


def _eyeball(design: Points, looks: Complexion) -> Points:
    """White, redder at the corners, with an iris and a pupil by the angle from the gaze."""
    middle = (design.min(0) + design.max(0)) / 2
    middle[2] = design[:, 2].max() - 12.2
    away = design - middle
    away = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    polar = np.arccos(np.clip(away[:, 2], -1, 1))
    colour = np.tile(looks.sclera, (len(design), 1))
    corner = smoothstep(np.abs(away[:, 0]), 0.7, 1.0) * 0.55
    colour = _mixed(colour, np.array(looks.sclera) * [0.9, 0.6, 0.56], corner)
    # The iris's rim is drawn by the renderer, over white.
    colour[polar < 0.42] = looks.iris
    colour[polar < 0.20] = 0.004
    return colour
