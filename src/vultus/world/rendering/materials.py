"""How each part of a body takes light, and everything about a body's surface that no pose changes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8

from vultus.data.track import Track
from vultus.world.bodies.parts import PARTS
from vultus.world.rendering.geometry import add_normals, openness
from vultus.world.rendering.landmarks import eyeball_centres
from vultus.world.rendering.surface import Surface
from vultus.world.rendering.textures import (
    CLOTH,
    EYES,
    HAIR,
    IRIS_RAD,
    LIMBUS_RAD,
    LIPS,
    PLAIN,
    PUPIL_RAD,
    SKIN,
)

Points = Float[np.ndarray, "v 3"]


class Material(NamedTuple):
    """How one part takes light."""

    kind: int = PLAIN
    """Kind of texture."""

    wrap: float = 0.0
    """How far red light creeps past the terminator, [0, 1]; green a third as far, blue a quarter."""

    reflectance: float = 0.04
    """Of the surface facing the viewer, for a gloss of 1."""

    exponent: float = 20.0
    """Sharpness of the highlight."""

    ambient: float = 1.0
    """Share of the light from all round that reaches it where nothing near hides it."""


MATERIALS: dict[str, Material] = {
    "skin": Material(SKIN, 0.35, 0.075, 14.0),
    "lips": Material(LIPS, 0.30, 0.07, 40.0),
    "mouth": Material(PLAIN, 0.2, 0.04, 50.0, 0.8),
    "teeth": Material(PLAIN, 0.2, 0.05, 60.0, 0.8),
    "eyes": Material(EYES, 0.25, 0.05, 220.0, 0.9),
    "brows": Material(HAIR, 0.2, 0.03, 12.0),
    "hair": Material(HAIR, 0.2, 0.06, 26.0),
    "beard": Material(HAIR, 0.2, 0.04, 20.0),
    "ears": Material(SKIN, 0.45, 0.06, 16.0),
    "neck": Material(SKIN, 0.35, 0.06, 14.0),
    "glasses": Material(PLAIN, 0.0, 0.06, 60.0),
    "clothes": Material(CLOTH, 0.1, 0.03, 6.0),
}
"""By part; the background has none."""


def material_table() -> Float[np.ndarray, "p 5"]:
    """The materials as rows, in the order of `PARTS`."""
    return np.array([MATERIALS.get(part, Material()) for part in PARTS], dtype=np.float64)


@dataclass(frozen=True)
class SurfaceArrays:
    """A body as the compiled loops want it."""

    faces: Int[np.ndarray, "f 3"]
    """Triangles, int64."""

    part: UInt8[np.ndarray, " f"]
    """Part of each triangle."""

    fixed: Float[np.ndarray, "v 10"]
    """Albedo (3), gloss, place at rest in mm (3), direction of the strands at rest (3); float32."""

    shut: Float[np.ndarray, " v"]
    """Share of the sky that is seen with the mouth shut; float32."""

    open: Float[np.ndarray, " v"]
    """The same with the mouth open."""

    eyes: Float[np.ndarray, "4 3"]
    """As in `Scene`."""


def surface_arrays(body: Surface) -> SurfaceArrays:
    """Prepare a body once; as many renderers as wanted may share it."""
    faces = np.ascontiguousarray(body.faces.numpy().astype(np.int64))
    unit_mm = body.model.unit_mm
    rest = body.rest.numpy().astype(np.float64) * unit_mm
    shut, opened = (openness(points, faces) for points in _poses(body, unit_mm))
    fixed = np.concatenate(
        [body.albedo.numpy(), body.gloss.numpy()[:, None], rest, _strands(body, rest, faces)], axis=1
    )
    return SurfaceArrays(
        faces,
        np.ascontiguousarray(body.part.numpy().astype(np.uint8)),
        np.ascontiguousarray(fixed.astype(np.float32)),
        shut,
        opened,
        _eyes(body, faces),
    )


def _poses(body: Surface, unit_mm: float) -> list[Points]:
    """The body with its mouth shut and open, head frame, mm."""
    names = body.model.expression_names
    expression = torch.zeros(2, body.model.expression_count)
    if "jawOpen" in names:
        expression[1, names.index("jawOpen")] = 1.0
    track = Track(
        identity=body.identity.float().expand(2, -1),
        expression=expression,
        rotation_rad=torch.zeros(2, 3),
        jaw_rad=torch.zeros(2, 3),
        eyes_rad=torch.zeros(2, 2, 3),
        scale=torch.ones(2),
        translation_px=torch.zeros(2, 2),
        valid=torch.ones(2, dtype=torch.bool),
        confidence=torch.ones(2),
        time_s=torch.arange(2, dtype=torch.float64),
        fps=1.0,
        size_px=(1, 1),
        morphable=body.model.name,
        morphable_digest=body.model.digest,
    )
    placed = body.place(track).double() * torch.tensor([1.0, -1.0, -1.0])
    return [points.numpy() * unit_mm for points in placed]


def _strands(body: Surface, rest: Points, faces: Int[np.ndarray, "f 3"]) -> Points:
    """Direction of the hair at each vertex: the body's own, or down along the surface where it has none."""
    own = body.strand.numpy().astype(np.float64)
    normals = np.zeros_like(rest)
    add_normals(rest, faces, normals)
    down = np.array([0.0, -1.0, -0.25])
    along = down - (normals @ down)[:, None] * normals
    along /= np.linalg.norm(along, axis=-1, keepdims=True).clip(1e-3)
    return np.where((own**2).sum(-1, keepdims=True) > 0.25, own, along)


def _eyes(body: Surface, faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "4 3"]:
    """What `Scene.eyes` holds; far away where the eyeballs are not known: no iris is drawn."""
    count, unit_mm = len(body.model.mean), body.model.unit_mm
    centres = eyeball_centres(body.rest[:count], body.model) * unit_mm
    if not len(centres):
        return np.array([[0.0, 0.0, 1e6]] * 2 + [[0.0] * 3] * 2)
    albedo, rest = body.albedo.numpy().astype(np.float64), body.rest.numpy()[:count] * unit_mm
    balls = [body.model.regions[f"eye_{side}"].numpy() for side in ("right", "left")]
    polar = np.concatenate([_polar(rest[ball] - centre) for ball, centre in zip(balls, centres, strict=True)])
    colours = albedo[np.concatenate(balls)]
    iris = colours[(polar > PUPIL_RAD + 0.01) & (polar < IRIS_RAD - 0.1)].mean(0)
    white = colours[(polar > LIMBUS_RAD + 0.1) & (polar < LIMBUS_RAD + 0.5)].mean(0)
    return np.stack([*centres, iris, white])


def _polar(from_centre: Points) -> Float[np.ndarray, " v"]:
    return np.arctan2(np.linalg.norm(from_centre[:, :2], axis=-1), from_centre[:, 2])
