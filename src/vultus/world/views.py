"""The same moment from many sides: cameras around a head."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles, matrix_from_axis_angle
from vultus.world.rendering.harmonics import harmonic_basis
from vultus.world.rendering.stage import Stage
from vultus.world.rendering.surface import Surface
from vultus.world.seeds import generator


@dataclass(frozen=True)
class View:
    """Where a camera stands: on a sphere about the head, looking at its middle.

    The angles are those that a head whose rotation is the identity has for this camera (docs/conventions.md):
    concretely, yaw > 0 shows more of the subject's left cheek, and the nose points to the image's left.
    """

    yaw_rad: float = 0.0
    """About the vertical axis, rad."""

    pitch_rad: float = 0.0
    """> 0: from above, rad."""

    def to_json(self) -> dict[str, float]:
        """The angles by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "View":
        """What `to_json` made."""
        return cls(float(values["yaw_rad"]), float(values["pitch_rad"]))

    @property
    def yaw_deg(self) -> float:
        """Yaw in degrees."""
        return math.degrees(self.yaw_rad)

    @property
    def pitch_deg(self) -> float:
        """Pitch in degrees."""
        return math.degrees(self.pitch_rad)

    @property
    def rotation(self) -> Float[Tensor, "3 3"]:
        """V, view frame of the frontal camera to view frame of this one, float64."""
        return matrix_from_angles(torch.tensor([self.yaw_rad, self.pitch_rad, 0.0], dtype=torch.float64))


MIDDLE_MM = 75.0
"""From the head's origin, between the cheeks, back to the middle of the skull."""

FRONTAL = View()
"""The camera that the listener's eyes are at."""


def ring(count: int, yaw_rad: float = math.radians(60), pitch_rad: float = 0.0) -> tuple[View, ...]:
    """Cameras side by side at one height, evenly from -yaw to +yaw; one camera is frontal.

    Args:
        count: How many, >= 1.
        yaw_rad: Of the outermost cameras.
        pitch_rad: Of all.

    Example:
        >>> [round(math.degrees(view.yaw_rad)) for view in ring(5)]
        [-60, -30, 0, 30, 60]
    """
    if count < 1:
        raise ValueError(f"a ring of {count} cameras")
    half = (count - 1) / 2
    return tuple(View(yaw_rad * (index - half) / max(half, 0.5), pitch_rad) for index in range(count))


class SeenFrom:
    """A body as another camera sees it.

    Shoulders and clothes follow the head only a little, so turning the head is not the same as walking round
    it: the body is placed for the frontal camera, then the whole scene is turned.

    Args:
        body: Placed for the frontal camera.
        frontal: Track of the whole clip for that camera.
        view: The other camera.
    """

    def __init__(self, body: Surface, frontal: Track, view: View) -> None:
        self.model, self.identity = body.model, body.identity
        self.faces, self.part = body.faces, body.part
        self.albedo, self.gloss = body.albedo, body.gloss
        self.rest, self.strand = body.rest, body.strand
        self._body, self._frontal, self._rotation = body, frontal, view.rotation.float()
        self._pivot_px = pivot_of(frontal, body.model)

    def place(self, track: Track) -> Float[Tensor, "t v 3"]:
        """Vertices of frames of `seen_track(frontal, view)`, image frame of this camera, px."""
        rows = (track.time_s * track.fps).round().long()
        rotation_rad, origin_px = self._frontal.rotation_rad[rows], self._frontal.translation_px[rows]
        points = self._body.place(track.replace(rotation_rad=rotation_rad, translation_px=origin_px))
        return turned(points, origin_px, self._pivot_px, self._rotation)


def seen_track(frontal: Track, view: View, model: MorphableModel) -> Track:
    """The track of the same motion for another camera.

    Args:
        frontal: Of the whole clip, for the frontal camera.
        view: The other camera.
        model: The track's.
    """
    if view == FRONTAL:
        return frontal
    rotation = view.rotation @ matrix_from_axis_angle(frontal.rotation_rad.double())
    origin = torch.nn.functional.pad(frontal.translation_px, (0, 1))[
        :, None
    ]  # (t, 1, 3) the head's own origin
    moved = turned(origin, frontal.translation_px, pivot_of(frontal, model), view.rotation.float())
    return frontal.replace(
        rotation_rad=axis_angle_from_matrix(rotation).float(), translation_px=moved[:, 0, :2].contiguous()
    )


def seen_stage(stage: Stage, view: View) -> Stage:
    """The same lamps, seen by another camera that has a film of its own."""
    if view == FRONTAL:
        return stage
    seed = int(generator(stage.seed, "view", repr(view)).integers(2**31))
    rotation = view.rotation.numpy()
    coefficients = _turned_harmonics(np.asarray(stage.light.harmonics), rotation)
    key = rotation @ np.asarray(stage.light.key_direction)
    light = replace(
        stage.light,
        harmonics=tuple(_triple(row) for row in coefficients),
        key_direction=_triple(key),
    )
    return replace(stage, seed=seed, light=light)


def pivot_of(frontal: Track, model: MorphableModel) -> Float[Tensor, " 3"]:
    """What all cameras of a clip look at: the middle of the head where it is most of the time.

    Returns:
        (x, y, depth), image frame of the frontal camera, px.
    """
    behind_px = MIDDLE_MM / model.unit_mm * frontal.scale.median()
    return torch.cat([frontal.translation_px.median(dim=0).values, behind_px[None]])


def turned(
    points_image: Float[Tensor, "t v 3"],
    origin_px: Float[Tensor, "t 2"],
    pivot_px: Float[Tensor, " 3"],
    rotation: Float[Tensor, "3 3"],
) -> Float[Tensor, "t v 3"]:
    """Points of the frontal camera's image frame in that of a camera turned about a pivot.

    x' = F V F (x - c) + c with F = diag(1, -1, -1), and depth 0 at the head's origin again.

    Args:
        points_image: x, px.
        origin_px: Where the head's origin is seen by the frontal camera.
        pivot_px: c, px.
        rotation: V, view frame to view frame.
    """
    flip = torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    in_image = flip @ rotation @ flip
    origin = torch.nn.functional.pad(origin_px, (0, 1))[:, None]  # (t, 1, 3)
    moved = (points_image - pivot_px) @ in_image.mT + pivot_px
    depth_of_origin = ((origin - pivot_px) @ in_image.mT + pivot_px)[..., 2]  # (t, 1)
    moved[..., 2] -= depth_of_origin
    return moved


def _turned_harmonics(
    coefficients: Float[np.ndarray, "9 3"], rotation: Float[np.ndarray, "3 3"]
) -> Float[np.ndarray, "9 3"]:
    """Coefficients of light that is turned: L'(ω) = L(Vᵀ ω), exact within each order.

    Found by least squares over directions all over the sphere, of which there are more than functions.
    """
    directions = np.random.Generator(np.random.PCG64(0)).normal(size=(64, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    light = harmonic_basis(directions @ rotation) @ coefficients  # rows are Vᵀ ω
    return np.linalg.lstsq(harmonic_basis(directions), light, rcond=None)[0]


def _triple(values: Float[np.ndarray, " 3"]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
