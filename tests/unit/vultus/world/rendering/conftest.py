"""A head without hair or clothes as something to render: quick, and known in every part."""

import numpy as np
import pytest
import torch

from vultus.data.track import Track
from vultus.face.builtin import build_head
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.rendering import Film, Lens, Light, Stage
from vultus.world.rendering.harmonics import ambient_harmonics
from vultus.world.rendering.materials import surface_arrays

SIDE_PX = 96
_REGIONS = {
    "neck": "neck",
    "ears": "ears",
    "scalp": "hair",
    "mouth": "mouth",
    "teeth": "teeth",
    "eye_left": "eyes",
    "eye_right": "eyes",
}


class BareHead:
    """The built-in head itself."""

    def __init__(self) -> None:
        self.model = build_head()
        self.identity = torch.zeros(self.model.identity_count)
        self.faces = self.model.faces
        part = torch.full((len(self.model.mean),), PART_INDEX["skin"])
        for region, name in _REGIONS.items():
            part[self.model.regions[region]] = PART_INDEX[name]
        self.part = part[self.faces].mode(1).values
        self.albedo = self.model.colours**2.2
        self.gloss = torch.full((len(self.model.mean),), 0.4)
        self.rest = self.model.mean
        self.strand = torch.zeros(len(self.model.mean), 3)

    def place(self, track: Track) -> torch.Tensor:
        """Vertices, image frame, px."""
        return track.camera.project(track.vertices(self.model))


@pytest.fixture(scope="session")
def body():
    return BareHead()


@pytest.fixture(scope="session")
def surface(body):
    return surface_arrays(body)


@pytest.fixture(scope="session")
def make_track(body):
    def make(angles_deg, side_px=SIDE_PX, **expressions):
        """One frame for each (yaw, pitch, roll); expressions as lists of one value each."""
        model, count = body.model, len(angles_deg)
        turns = torch.deg2rad(torch.tensor(angles_deg, dtype=torch.float64))
        expression = torch.zeros(count, model.expression_count)
        for name, values in expressions.items():
            expression[:, model.expression_names.index(name)] = torch.tensor(values)
        return Track(
            identity=body.identity.expand(count, -1).clone(),
            expression=expression,
            rotation_rad=axis_angle_from_matrix(matrix_from_angles(turns)).float(),
            jaw_rad=torch.zeros(count, 3),
            eyes_rad=torch.zeros(count, 2, 3),
            scale=torch.full((count,), side_px / 260),
            translation_px=torch.tensor([[side_px * 0.5, side_px * 0.53]]).repeat(count, 1),
            valid=torch.ones(count, dtype=torch.bool),
            confidence=torch.ones(count),
            time_s=torch.arange(count, dtype=torch.float64) / 25,
            fps=25.0,
            size_px=(side_px, side_px),
            morphable=model.name,
            morphable_digest=model.digest,
        )

    return make


@pytest.fixture(scope="session")
def even_stage():
    """Light from all round alone, a clean film, the affine camera."""
    even = tuple(tuple(row) for row in ambient_harmonics(np.ones(3)).tolist())
    light = Light(even, (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    return Stage(5, Lens(), light, Film(noise=0.0, blur_px=0.0, quality=100))
