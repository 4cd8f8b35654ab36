"""The warp as a method: a portrait becomes layers once, and every pose a warp of them."""

from dataclasses import replace
from typing import TypeGuard

import cv2
import numpy as np
import torch
from jaxtyping import Float32, UInt8

from vultus.data.track import Track
from vultus.face.crop import SquareCrop, head_crop
from vultus.face.morphable import MorphableModel
from vultus.methods.base import METHODS, AvatarOptions, Portrait
from vultus.methods.limits import limited
from vultus.methods.outline import outline_displacement, radial_outline
from vultus.methods.warp.alignment import detected_points, landmark_offsets
from vultus.methods.warp.composite import foreground, over, sampling_map, warped
from vultus.methods.warp.config import WarpConfig
from vultus.methods.warp.extension import Prior, border_window, closed_openings, extend
from vultus.methods.warp.field import MeshField, mesh_field, ramp, source_view
from vultus.methods.warp.fill import completed
from vultus.methods.warp.interior import MouthInterior, lay
from vultus.methods.warp.lids import Eyeball, Eyes, lid_colours, without_lids
from vultus.methods.warp.matte import person_matte
from vultus.methods.warp.parts import EYE, SKIN, head_parts
from vultus.methods.warp.poses import PoseChange, pose_changes
from vultus.methods.warp.surface import Surface, View, fitted_surface, with_offset
from vultus.methods.warp.tint import tint_of
from vultus.methods.warp.twin import find_twins, twin_patch
from vultus.render import rasterise


@METHODS.register("warp")
class Warp:
    """The generator that needs no training: it warps the portrait by the fitted meshes.

    Args:
        model: Morphable model of the tracks.
        config: Settings.
    """

    name = "warp"
    version = "builtin"

    def __init__(self, model: MorphableModel, config: WarpConfig | None = None) -> None:
        self._model = model
        self._parts = head_parts(model)
        self._config = config or WarpConfig()

    def create_avatar(self, portrait: Portrait, options: AvatarOptions) -> "WarpAvatar":
        """Do once for a portrait what does not depend on the motion."""
        surface = fitted_surface(self._model, self._parts, portrait.track)
        return WarpAvatar(surface, portrait, options, self._config)


class WarpAvatar:
    """A portrait in layers, and the surface that moves them.

    Args:
        surface: The fitted head.
        portrait: Picture and fit.
        options: Layout of the frames.
        config: Settings.
    """

    def __init__(
        self, surface: Surface, portrait: Portrait, options: AvatarOptions, config: WarpConfig
    ) -> None:
        self._config = config
        self._picture = portrait.rgb if options.paste_back else None
        self._place(surface, portrait, options)
        self._surface = self._aligned(surface) if config.align else surface
        self._prepare_layers()
        self._prepare_field()
        self._prepare_openings()
        holders = (self, self._view, self._eyes, self._mouth)
        arrays = [value for holder in holders for value in vars(holder).values() if _is_array(value)]
        self.memory_bytes: int = sum(array.nbytes for array in arrays) + self._surface.offset_head.nbytes

    def _place(self, surface: Surface, portrait: Portrait, options: AvatarOptions) -> None:
        """Place the frame in the picture, and cut the layer: the frame and what may come into it."""
        points = surface.track.camera.project(surface.driven(surface.track))[0, :, :2].double().numpy()
        head = points[surface.parts.head]
        self._head_px = float(np.ptp(head, axis=0).max())
        height, width = portrait.rgb.shape[:2]
        self._crop = head_crop(head, (height, width), self._config.zoom)
        side = self._side = self._crop.side_px if options.paste_back else options.side_px
        self.size_px: tuple[int, int] = (height, width) if options.paste_back else (side, side)
        self._margin = 0 if options.paste_back else round(self._config.margin * side)
        around = round(self._margin * self._crop.side_px / side)
        crop = self._crop
        outer = SquareCrop(crop.left_px - around, crop.top_px - around, crop.side_px + 2 * around)
        self._layer = outer.resample(portrait.rgb, side + 2 * self._margin)
        zoom = len(self._layer) / outer.side_px
        self._layer_view = View((float(outer.left_px), float(outer.top_px)), zoom)
        coarse = self._config.coarse_px
        self._grid = max(min(self._config.field_px, side) // coarse, 1) * coarse
        inset = self._margin / zoom
        self._grid_view = View((outer.left_px + inset, outer.top_px + inset), zoom * self._grid / side)

    def _aligned(self, surface: Surface) -> Surface:
        embedding = surface.model.landmarks.get("mediapipe468")
        if embedding is None:
            return surface
        projected = torch.from_numpy(surface.project(surface.track, self._layer_view))
        fitted = embedding.on(projected, surface.model.faces)[0, :, :2].double().numpy()
        found = detected_points(self._layer, fitted)
        if found is None:
            return surface
        corners = surface.model.faces[embedding.face_index].numpy()
        weights = embedding.barycentric.double().numpy()
        offset_px = (found - fitted) / self._layer_view.zoom
        return with_offset(
            surface,
            landmark_offsets(surface.parts, len(surface.model.mean), corners, weights, offset_px),
        )

    def _prepare_field(self) -> None:
        """The portrait's vertices on the grid, what they may say, and what is believed beyond them."""
        surface, grid, coarse = self._surface, self._grid, self._config.coarse_px
        self._source = surface.project(surface.track, self._grid_view)[0]
        matte = cv2.resize(self._matte, (grid, grid), interpolation=cv2.INTER_AREA)
        self._view = source_view(surface.parts, self._source, matte)
        head = self._source[surface.parts.head]
        self._rim = surface.parts.head[surface.parts.trust[surface.parts.head] > 0]
        self._centre = surface.centre_px(surface.track, self._grid_view)[0]
        self._outline = radial_outline(self._source[self._rim, :2], self._centre)
        chin, crown = float(head[:, 1].max()), float(head[:, 1].min())
        collar = chin + 0.22 * (chin - crown)
        height = (np.arange(coarse) + 0.5) * (grid / coarse)
        self._still = np.repeat(ramp(height, chin, collar)[:, None], coarse, axis=1)
        border = self._config.border if self._picture is not None else 0.0
        self._window = border_window(grid, border)[..., None]

    def _prepare_layers(self) -> None:
        parts = self._surface.parts
        source = torch.from_numpy(self._surface.project(self._surface.track, self._layer_view))
        faces = torch.from_numpy(parts.faces[parts.label == SKIN])
        head = rasterise(source, faces, self._layer.shape[:2]).mask[0].numpy()
        rows = np.nonzero(head.any(axis=1))[0]
        core = head & (np.arange(len(head)) < rows[0] + 0.6 * np.ptp(rows))[:, None]
        matte = person_matte(self._layer, core)
        self._opacity, hole = foreground(matte, 0.035 * self._side)
        self._background = self._inner(completed(self._layer, hole))
        self._matte = self._inner(matte)

    def _prepare_openings(self) -> None:
        """What shows between lids and between lips."""
        grid, parts = self._grid, self._surface.parts
        picture = cv2.resize(self._inner(self._layer), (grid, grid), interpolation=cv2.INTER_AREA)
        mesh = mesh_field(parts, self._recessed(self._source, 1.0), self._view, 0.0, grid)
        tint = tint_of(picture[(mesh.label == SKIN) & (mesh.trust > 0.9)])
        head_px = self._head_px * self._grid_view.zoom
        eyes = [self._eyeball(vertices) for vertices in parts.eyes if len(vertices)]
        self._picture_grid = picture
        balls = [(eye.centre_px, eye.radius_px) for eye in eyes]
        cover = np.where(
            np.isin(np.arange(len(parts.cover)), parts.faces[parts.label == SKIN]), parts.cover, 0
        )
        lids = lid_colours(picture, self._source, cover, balls)
        skin = np.isin(np.arange(len(cover)), parts.faces[parts.label == SKIN])[:, None]
        colours = np.where(skin, lids * cover[:, None], parts.colours)
        twins = find_twins(
            parts.faces[parts.label == SKIN],
            parts.rest,
            parts.trust,
            (self._source, self._view.borrowed, self._view.trust),
            picture,
        )
        columns = [twins.position, twins.weight[:, None], twins.ratio[:, None]]
        self._view = replace(self._view, colours=colours.astype(np.float32), twins=np.hstack(columns))
        self._eyes = Eyes(mesh, without_lids(picture, mesh.label == EYE, eyes, tint), head_px)
        self._mouth = MouthInterior(mesh, tint, head_px)

    def _eyeball(self, vertices: np.ndarray) -> Eyeball:
        seen, rest = self._source[vertices], self._surface.parts.rest[vertices]
        radius = float(np.ptp(rest[:, 0])) / 2 * float(self._surface.track.scale[0]) * self._grid_view.zoom
        pole = vertices[rest[:, 2].argmax()]
        middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
        return Eyeball(middle[:2].astype(float), self._source[pole, :2].astype(float), radius)

    def _recessed(self, points: Float32[np.ndarray, "v 3"], zoom: float) -> Float32[np.ndarray, "v 3"]:
        """Eyeballs and the mouth's interior moved away from the viewer, behind lids and lips."""
        moved = points.copy()
        moved[:, 2] += (
            self._surface.parts.recess * float(self._surface.track.scale[0]) * zoom * self._grid_view.zoom
        )
        return moved

    def _inner(self, layer: UInt8[np.ndarray, "h w *c"] | Float32[np.ndarray, "h w"]) -> np.ndarray:
        """The part of a layer that the frame covers."""
        inside = slice(self._margin, self._margin + self._side)
        return np.ascontiguousarray(layer[inside, inside])

    def render(self, track: Track) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`, whose cameras are in the portrait's pixels."""
        track.check_model(self._surface.model)
        frames = np.empty((len(track), *self.size_px, 3), np.uint8)
        source = self._surface.track
        track = limited(track, source, self._head_px, self._config.limits)
        rigid = self._surface.project(track, self._grid_view)
        centres = self._surface.centre_px(track, self._grid_view)
        shift = self._config.sway * self._surface.torso_shift_px(track, self._grid_view)
        shift = np.zeros_like(shift) if self._picture is not None else shift
        for index, change in enumerate(pose_changes(track, source, shift)):
            self._draw(frames[index], change, rigid[index], centres[index])
        return frames

    def _draw(
        self,
        frame: UInt8[np.ndarray, "h w 3"],
        change: PoseChange,
        rigid: Float32[np.ndarray, "v 3"],
        centre: np.ndarray,
    ) -> None:
        parts = self._surface.parts
        torso = self._source + np.array([*change.torso_px, 0.0], np.float32)
        driven = rigid + parts.fixed[:, None] * (torso - rigid)
        mesh = mesh_field(parts, self._recessed(driven, change.zoom), self._view, change.motion, self._grid)
        displacement, trust = closed_openings(mesh.displacement, mesh.trust, mesh.label)
        field = extend(displacement, trust, self._prior(change, driven, centre, mesh.label)) * self._window
        positions = sampling_map(field, self._side, self._margin)
        crop = warped(self._layer, positions, sharp=True)
        over(crop, warped(self._opacity, positions), self._background)
        self._patch(crop, mesh, change, driven)
        self._put(crop, frame)

    def _patch(
        self,
        crop: UInt8[np.ndarray, "s s 3"],
        mesh: MeshField,
        change: PoseChange,
        driven: Float32[np.ndarray, "v 3"],
    ) -> None:
        """Draw what the portrait does not show: its hidden side, what lies between lids and between lips."""
        lips = self._surface.parts.lips
        lips_depth = float(driven[lips, 2].mean()) if len(lips) else 0.0
        for patch in (
            twin_patch(mesh.mirrored, self._picture_grid),
            self._eyes.lid_patch(mesh, change.zoom),
            self._eyes.patch(mesh, change.gaze_rad, change.zoom),
            self._mouth.patch(mesh, lips_depth, self._picture_grid, change.zoom),
        ):
            if patch is not None:
                lay(patch, crop, self._grid)

    def _put(self, crop: UInt8[np.ndarray, "s s 3"], frame: UInt8[np.ndarray, "h w 3"]) -> None:
        if self._picture is None:
            frame[:] = crop
            return
        frame[:] = self._picture
        rows, columns = self._crop.inside(self.size_px)
        top, left = rows.start - self._crop.top_px, columns.start - self._crop.left_px
        frame[rows, columns] = crop[
            top : top + rows.stop - rows.start, left : left + columns.stop - columns.start
        ]

    def _prior(
        self,
        change: PoseChange,
        driven: Float32[np.ndarray, "v 3"],
        centre: np.ndarray,
        label: UInt8[np.ndarray, "g g"],
    ) -> Prior:
        """What is believed beyond the mesh: hair goes with the head's outline, the torso stays."""
        coarse = self._config.coarse_px
        outline = radial_outline(driven[self._rim, :2], centre)
        moved, beyond = outline_displacement(
            (centre, outline),
            (self._centre, self._outline),
            change.turn_rad,
            1 / change.zoom,
            self._grid / coarse,
            coarse,
        )
        off = cv2.resize((label == 0).astype(np.float32), (coarse, coarse), interpolation=cv2.INTER_AREA)
        near = np.exp(-np.maximum(beyond, 0) / (0.05 * self._grid)) * self._sideways(centre, change.turn_rad)
        weight = off * ((0.1 + near) * (1 - self._still) + 2.0 * self._still)
        moved += self._still[..., None] * (-np.array(change.torso_px, np.float32) - moved)
        return Prior(moved, weight.astype(np.float32))

    def _sideways(self, centre: np.ndarray, turn_rad: float) -> Float32[np.ndarray, "c c"]:
        """1 beside and above the head, 0 below the chin, where the neck joins."""
        coarse = self._config.coarse_px
        centres = (np.arange(coarse) + 0.5) * (self._grid / coarse)
        x, y = (centres - centre[0])[None, :], (centres - centre[1])[:, None]
        below = (np.cos(turn_rad) * y + np.sin(turn_rad) * x) / (np.hypot(x, y) + 1e-6)
        return 1 - ramp(below, 0.6, 0.85)


def _is_array(value: object) -> TypeGuard[np.ndarray]:
    return isinstance(value, np.ndarray)
