"""Renders a body on a stage, frame after frame."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor

from vultus.data.track import Track
from vultus.render.fragments import Fragments
from vultus.render.raster import rasterise
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.rendering.film import develop
from vultus.world.rendering.frames import WorldFrame
from vultus.world.rendering.geometry import add_normals, close_pinholes, depth_map, facing, map_axes, to_view
from vultus.world.rendering.harmonics import COSINE_LOBE, harmonic_basis
from vultus.world.rendering.landmarks import TrueLandmarks
from vultus.world.rendering.lens import HEAD_MM, bend
from vultus.world.rendering.materials import SurfaceArrays, material_table, surface_arrays
from vultus.world.rendering.resolving import resolve
from vultus.world.rendering.shading import Scene
from vultus.world.rendering.stage import Light, Stage
from vultus.world.rendering.surface import Surface

_BLOCK = 8
"""Frames posed at once. Blocks begin at multiples of it, so that a frame's bits do not depend on which frames
are asked for beside it."""

_SKIN_ALBEDO = 0.34
"""Luminance that the meter expects of skin."""

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_SHADOW_MM = 190.0
"""Half the side of what the shadow map covers, around `_SHADOW_MIDDLE_MM`."""
_SHADOW_MIDDLE_MM = np.array([0.0, -15.0, -60.0])
_APART_MM = 8.0
_TWO_SIDED = ("clothes",)
"""Parts that are seen from behind, too; the others are closed."""


@dataclass(frozen=True)
class Posed:
    """A body in one frame, before any pixel is drawn."""

    bent: Float32[Tensor, "v 3"]
    """Vertices where the lens shows them, image frame, px."""

    flat: Float32[Tensor, "v 3"]
    """Vertices of the affine camera, image frame, px."""

    centre_px: Float32[Tensor, " 2"]
    """Where the head's origin is seen."""

    px_per_mm: float
    """Size of a mm at the head's origin."""

    rotation: Float[np.ndarray, "3 3"]
    """R, head to view."""

    number: int
    """Number of the frame."""


class WorldRenderer:
    """Draws a body on a stage.

    A frame's bits depend on body, stage, backdrop, size and its own row of the track, on nothing else.

    Args:
        body: Who.
        stage: Lens, light and film.
        backdrop: What is behind, linear light, as large as the pictures.
        size_px: (height, width) of the pictures, 32 to 1024; tracks are scaled from their own size.
        surface: `surface_arrays(body)`, where several renderers share a body.
    """

    def __init__(
        self,
        body: Surface,
        stage: Stage,
        backdrop: Float[np.ndarray, "h w 3"],
        size_px: tuple[int, int],
        surface: SurfaceArrays | None = None,
    ) -> None:
        self.body, self.stage, self.size_px = body, stage, size_px
        self.surface = surface or surface_arrays(body)
        self._backdrop = np.ascontiguousarray(backdrop, dtype=np.float32)
        self._landmarks = TrueLandmarks(body.model)
        self._table = material_table()
        self._samples = samples_across(min(size_px))
        self._two_sided = np.isin(self.surface.part, [PART_INDEX[part] for part in _TWO_SIDED])
        self._lamp_axes = _lamp_axes(stage.light)
        self._shadow_side = round(208 - 104 * stage.light.key_softness)
        self._gain = (_SKIN_ALBEDO / self._skin_albedo()) ** stage.film.metering

    def render(self, track: Track) -> Iterator[WorldFrame]:
        """Every frame of a track, one at a time.

        The number of a frame, which names its noise, comes from its time: a part of a track gives the same
        frames as the whole.
        """
        for posed in self.pose(track):
            yield self._frame(posed)

    def pose(self, track: Track) -> Iterator[Posed]:
        """Place the body in every frame of a track."""
        track = scaled_to(track, self.size_px)
        numbers = frame_numbers(track)
        unit_mm = self.body.model.unit_mm
        for rows, kept in _blocks(numbers):
            block = _picked(track, rows)
            flat = self.body.place(block).float()
            per_mm = block.scale.float() / unit_mm
            bent = bend(flat, block.translation_px.float(), HEAD_MM * per_mm, self.stage.lens)
            rotations = block.camera.rotation.double().numpy()
            for place in kept:
                yield Posed(
                    bent[place],
                    flat[place],
                    block.translation_px[place].float(),
                    float(per_mm[place]),
                    rotations[place],
                    int(numbers[rows[place]]),
                )

    def visible(self, posed: Posed, samples: int) -> Fragments:
        """What is seen at `samples` x `samples` places of each pixel."""
        size_px = (self.size_px[0] * samples, self.size_px[1] * samples)
        chosen = torch.from_numpy(facing(posed.bent.numpy(), self.surface.faces, self._two_sided))
        seen = rasterise(posed.bent[None] * samples, self.body.faces[chosen], size_px)
        close_pinholes(seen.face_index[0].numpy(), seen.barycentric[0].numpy(), seen.depth[0].numpy())
        named = torch.nn.functional.pad(chosen, (0, 1), value=-1)  # the last one answers for -1
        return replace(seen, face_index=named[seen.face_index])

    def landmarks(self, posed: Posed) -> Float32[np.ndarray, "l 3"]:
        """`mediapipe478` points, image frame, px."""
        return self._landmarks.on(posed.bent[None])[0].numpy()

    def _frame(self, posed: Posed) -> WorldFrame:
        seen = self.visible(posed, self._samples)
        moving, shadow = self._moving(posed)
        linear = self._backdrop.copy()
        depth, part = np.empty(self.size_px, np.float32), np.empty(self.size_px, np.uint8)
        resolve(
            (seen.face_index[0].numpy(), seen.barycentric[0].numpy(), seen.depth[0].numpy()),
            (self.surface.faces, self.surface.part, self.surface.fixed, moving),
            self._scene(posed),
            shadow,
            (linear, depth, part),
        )
        rgb = develop(linear, self.stage.film, self._gain, (self.stage.seed, posed.number))
        return WorldFrame(rgb, depth, part, self.landmarks(posed), posed.number)

    def _moving(self, posed: Posed) -> tuple[Float32[np.ndarray, "v 7"], Float32[np.ndarray, "s s"]]:
        """The columns of a frame's vertices that the pose changes, and the key lamp's depth map."""
        count = len(posed.flat)
        view_mm, moving = np.empty((count, 3), np.float32), np.empty((count, 7), np.float32)
        lamp = np.empty((count, 3), np.float32)
        to_view(
            posed.flat.numpy(),
            posed.centre_px.double().numpy(),
            posed.px_per_mm,
            view_mm,
            self._lamp_axes,
            posed.rotation @ _SHADOW_MIDDLE_MM,
            self._mm_per_texel,
            lamp,
        )
        lamp[:, :2] += np.float32(self._shadow_side / 2)
        add_normals(view_mm, self.surface.faces, moving[:, :3])
        share = self._mouth_open(posed)
        moving[:, 3] = self.surface.shut + share * (self.surface.open - self.surface.shut)
        moving[:, 4:] = lamp
        return moving, depth_map(lamp, self.surface.faces, self._shadow_side, cull_back=True)

    def _mouth_open(self, posed: Posed) -> np.float32:
        """How far the lips are apart, [0, 1]; 1 where light reaches the mouth as with the jaw fully open."""
        points = self.landmarks(posed)
        apart_mm = float(np.linalg.norm(points[13] - points[14])) / posed.px_per_mm
        return np.float32(min(max((apart_mm - 0.5) / 14.0, 0.0), 1.0) ** 0.6)

    def _scene(self, posed: Posed) -> Scene:
        return Scene(
            harmonics=_factors(self.stage.light),
            key=_key(self.stage.light, self._lamp_axes),
            rotation=posed.rotation,
            materials=self._table,
            eyes=self.surface.eyes,
            offset_mm=37.0 * self.surface.fixed[0, 4:7].astype(np.float64),
            px_per_mm=posed.px_per_mm,
            mm_per_texel=self._mm_per_texel,
            apart_px=_APART_MM * posed.px_per_mm,
        )

    @property
    def _mm_per_texel(self) -> float:
        return 2 * _SHADOW_MM / self._shadow_side

    def _skin_albedo(self) -> float:
        """Luminance of the skin's middle."""
        faces = self.surface.faces[self.surface.part == PART_INDEX["skin"]]
        if not len(faces):
            return _SKIN_ALBEDO
        return max(float(np.median(self.surface.fixed[np.unique(faces), :3] @ _LUMINANCE)), 0.02)


def samples_across(side_px: int) -> int:
    """Samples along each side of a pixel: more where there are few pixels."""
    return 4 if side_px <= 96 else 3 if side_px <= 160 else 2


def scaled_to(track: Track, size_px: tuple[int, int]) -> Track:
    """The track of the same clip in pictures of another size, of the same height to width."""
    factor = size_px[0] / track.size_px[0]
    if factor == 1.0:
        return track
    return track.replace(
        scale=track.scale * factor, translation_px=track.translation_px * factor, size_px=size_px
    )


def frame_numbers(track: Track) -> Int[np.ndarray, " t"]:
    """Number of each frame in its clip, from its time."""
    return (track.time_s * track.fps).round().long().numpy()


def _blocks(numbers: Int[np.ndarray, " t"]) -> Iterator[tuple[Tensor, list[int]]]:
    """Rows to pose at once, always `_BLOCK` of them, and which of them are wanted."""
    first = 0
    while first < len(numbers):
        block = numbers[first] // _BLOCK
        rows, kept = np.full(_BLOCK, first), []
        while first < len(numbers) and numbers[first] // _BLOCK == block:
            place = int(numbers[first] % _BLOCK)
            rows[place] = first
            kept.append(place)
            first += 1
        yield torch.from_numpy(rows), kept


def _picked(track: Track, rows: Int[Tensor, " n"]) -> Track:
    """Rows of a track, and one more in which every joint is turned.

    A body may leave out joints that rest in all frames, which would change the others' last bits.
    """
    rows = torch.cat([rows, rows[-1:]])
    chosen = track.replace(**{name: getattr(track, name)[rows] for name in Track.tensor_names()})
    chosen.jaw_rad[-1], chosen.eyes_rad[-1] = 1e-3, 1e-3
    return chosen


def _lamp_axes(light: Light) -> Float[np.ndarray, "3 3"]:
    """Right, down and away from the key lamp, view frame."""
    direction = np.array(light.key_direction)
    direction = direction / np.linalg.norm(direction)
    return np.stack([*map_axes(direction), -direction])


def _key(light: Light, axes: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "6 3"]:
    """What `Scene.key` holds."""
    viewer = np.array([0.0, 0.0, 1.0])
    half = viewer - axes[2]
    # The eyes' wet surface shows the lamp or its surroundings wherever it is: near the middle, never lost.
    eyes = 2.2 * viewer - axes[2] + np.array([0.0, 0.15, 0.0])
    unit = [half / np.linalg.norm(half), eyes / np.linalg.norm(eyes)]
    return np.stack([-axes[2], axes[0], axes[1], *unit, np.array(light.key_colour)])


def _factors(light: Light) -> Float[np.ndarray, "9 3"]:
    """What `Scene.harmonics` holds: the cosine lobe and the functions' own factors, in the coefficients."""
    ones = harmonic_basis(np.eye(3)[[0]])[0, 0]
    lobes = np.array([ones, *[0.488603] * 3, *[1.092548] * 2, 0.315392, 1.092548, 0.546274])
    return (COSINE_LOBE * lobes)[:, None] * np.array(light.harmonics)
