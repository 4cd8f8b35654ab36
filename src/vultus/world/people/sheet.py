"""Contact sheets of people and turntables of one."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import UInt8

from vultus.data.sheets import contact_sheet
from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.world.anatomy import anatomy_of
from vultus.world.bodies import build_body
from vultus.world.motion.placing import Framing, draw_framing, place
from vultus.world.people.backdrops import paint_backdrop
from vultus.world.people.person import Person, draw_person
from vultus.world.people.records import HAIR_STYLES
from vultus.world.rendering import Stage, draw_stage
from vultus.world.rendering.renderer import WorldRenderer
from vultus.world.seeds import generator

TURNS_DEG = ((0.0, 0.0), (30.0, 0.0), (60.0, 0.0), (90.0, 0.0), (180.0, 0.0), (0.0, 25.0), (0.0, -25.0))
"""(yaw, pitch) of a turntable."""


def people_sheet(seeds: Iterable[int], side_px: int = 192, columns: int = 8) -> UInt8[np.ndarray, "h w 3"]:
    """Many people, each on a stage of their own and turned a little."""
    pictures, captions = [], []
    for seed in seeds:
        person, random = draw_person(seed), generator(seed, "sheet")
        turn = (float(random.uniform(-35, 35)), float(random.uniform(-12, 12)))
        pictures += portraits(person, [turn], side_px, draw_stage(seed), draw_framing(seed))
        captions.append(person.name)
    return contact_sheet(pictures, columns, captions)


def hair_sheet(first_seed: int = 0, side_px: int = 200) -> UInt8[np.ndarray, "h w 3"]:
    """A turntable of every hair style, each on another person."""
    pictures, captions = [], []
    for seed, style in enumerate(HAIR_STYLES, start=first_seed):
        person = draw_person(seed)
        person = replace(person, hair=replace(person.hair, style=style))
        pictures += turntable(person, side_px)
        captions += [style.replace("_", " ")] * len(TURNS_DEG)
    return contact_sheet(pictures, len(TURNS_DEG), captions)


def turntable(person: Person, side_px: int = 240) -> list[UInt8[np.ndarray, "h w 3"]]:
    """One person from `TURNS_DEG`."""
    return portraits(person, TURNS_DEG, side_px, draw_stage(person.seed), Framing())


def portraits(
    person: Person, turns_deg: Sequence[tuple[float, float]], side_px: int, stage: Stage, framing: Framing
) -> list[UInt8[np.ndarray, "h w 3"]]:
    """A person at rest, turned by (yaw, pitch)."""
    model = load_morphable(person.morphable)
    track = _turned(person, model, turns_deg, side_px, framing)
    backdrop = paint_backdrop(person.backdrop, (side_px, side_px))
    renderer = WorldRenderer(build_body(person, model), stage, backdrop, (side_px, side_px))
    return [frame.rgb for frame in renderer.render(track)]


def _turned(
    person: Person,
    model: MorphableModel,
    turns_deg: Sequence[tuple[float, float]],
    side_px: int,
    framing: Framing,
) -> Track:
    count = len(turns_deg)
    angles = np.array([(math.radians(yaw), math.radians(pitch), 0.0) for yaw, pitch in turns_deg])
    size_px = (side_px, side_px)
    placed = place(anatomy_of(person.identity, model), framing, angles, (0.0, 0.0, 0.0), size_px)
    return Track(
        identity=torch.tensor([person.identity]).expand(count, -1),
        expression=torch.zeros(count, model.expression_count),
        rotation_rad=placed.rotation_rad,
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=torch.zeros(count, 2, 3),
        scale=placed.scale,
        translation_px=placed.translation_px,
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=size_px,
        morphable=model.name,
        morphable_digest=model.digest,
    )
