"""The head's own vertices: what they are part of, their colours, and how the neck blends."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int

from vultus.face.morphable import MorphableModel
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.bodies.piece import smoothstep
from vultus.world.bodies.template import Likeness
from vultus.world.people.person import Person


class Paint(NamedTuple):
    """Surface of the head's own vertices."""

    albedo: Float[np.ndarray, "v 3"]
    gloss: Float[np.ndarray, " v"]


_REGION_PARTS = {
    "eye_left": "eyes",
    "eye_right": "eyes",
    "mouth": "mouth",
    "teeth": "teeth",
    "ears": "ears",
    "lips": "lips",
}


def part_head(person: Person, alike: Likeness, model: MorphableModel) -> Int[np.ndarray, " f"]:
    """Part of each of the model's triangles."""
    del person
    of_vertex = np.full(len(alike.head), PART_INDEX["skin"])
    low = alike.design[:, 1] - 0.35 * (alike.design[:, 2] + 90)
    of_vertex[low < -70] = PART_INDEX["neck"]
    for region, part in _REGION_PARTS.items():
        if region in model.regions:
            of_vertex[model.regions[region].numpy()] = PART_INDEX[part]
    # A triangle at a border belongs to the skin, which lies outermost.
    corners = of_vertex[model.faces.numpy()]
    same = (corners == corners[:, :1]).all(1)
    return np.where(same, corners[:, 0], PART_INDEX["skin"])


def paint_head(person: Person, alike: Likeness, model: MorphableModel) -> Paint:
    """Colours of the model's vertices."""
    del alike
    skin = torch.tensor(person.complexion.skin).double().numpy()
    return Paint(np.tile(skin, (len(model.mean), 1)), np.full(len(model.mean), person.complexion.gloss))


def neck_share(alike: Likeness) -> Float[np.ndarray, " v"]:
    """How far each vertex stays with the shoulders: nothing of the face does, all of the neck's base."""
    level = alike.design[:, 1] - 0.35 * (alike.design[:, 2] + 90)
    return smoothstep(level, -62.0, -140.0)
