"""Eyes that open, close and look around: eyeballs completed where lids hide them, lids that cover them."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from vultus.methods.warp.composite import warped
from vultus.methods.warp.field import MeshField, ramp, step
from vultus.methods.warp.interior import Patch, bounding_box, opening_height, sampled_positions, soft_patch
from vultus.methods.warp.parts import EYE, SKIN
from vultus.methods.warp.tint import Tint

_SCLERA = np.array([0.82, 0.79, 0.77], np.float32)
_IRIS = np.array([0.26, 0.18, 0.13], np.float32)
_RINGS = 12
_COVER = 0.75
"""Opacity of a shut lid's skin over what the warp stretches there."""


@dataclass(frozen=True)
class Eyeball:
    """An eyeball in the portrait, px of the grid."""

    centre_px: Float[np.ndarray, " 2"]
    """Middle of the ball."""

    iris_px: Float[np.ndarray, " 2"]
    """Middle of the iris."""

    radius_px: float
    """Of the ball; the iris has 0.48 of it."""


def without_lids(
    picture: UInt8[np.ndarray, "h w 3"], seen: Bool[np.ndarray, "h w"], eyes: list[Eyeball], tint: Tint
) -> UInt8[np.ndarray, "h w 3"]:
    """The picture as if the eyes had no lids.

    What lids hide of the iris takes the median colour at its distance from the iris's middle; the rest is
    white as the eye's visible white is.

    Args:
        picture: The portrait on the grid.
        seen: Pixels that show an eyeball.
        eyes: Where the eyeballs are.
        tint: Light for eyes that are shut.
    """
    bare = picture.copy()
    inside = cv2.erode(seen.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    for eye in eyes:
        _complete(bare, picture, inside, eye, tint)
    return bare


def _complete(
    bare: UInt8[np.ndarray, "h w 3"],
    picture: UInt8[np.ndarray, "h w 3"],
    inside: Bool[np.ndarray, "h w"],
    eye: Eyeball,
    tint: Tint,
) -> None:
    reach = int(np.ceil(1.1 * eye.radius_px)) + 2
    left, top = (int(c) - reach for c in eye.centre_px)
    box = slice(max(top, 0), top + 2 * reach + 1), slice(max(left, 0), left + 2 * reach + 1)
    shown, colours = inside[box], picture[box].astype(np.float32)
    rows, columns = np.mgrid[
        box[0].start : box[0].start + len(shown), box[1].start : box[1].start + shown.shape[1]
    ]
    iris_radius = 0.48 * eye.radius_px
    ring = np.hypot(columns + 0.5 - eye.iris_px[0], rows + 0.5 - eye.iris_px[1]) / iris_radius
    white = _typical(colours[shown & (ring > 1.15)], tint(_SCLERA))
    profile = np.stack(
        [
            _typical(colours[shown & (np.abs(ring - r) < 0.12)], tint(_IRIS * (0.3 if r < 0.35 else 1.0)))
            for r in _steps()
        ]
    )
    place = np.minimum(ring, 1.0) * (_RINGS - 1)
    low = np.minimum(place.astype(np.int64), _RINGS - 2)
    share = (place - low)[..., None]
    iris = (1 - share) * profile[low] + share * profile[low + 1]
    outer = ramp(ring, 0.92, 1.12)[..., None]
    made = iris * (1 - outer) + white * outer
    keep = cv2.blur(shown.astype(np.float32), (3, 3))[..., None] * shown[..., None]
    bare[box] = (keep * colours + (1 - keep) * made).round().clip(0, 255).astype(np.uint8)


def _steps() -> Float[np.ndarray, " 12"]:
    return np.linspace(0, 1, _RINGS)


def _typical(
    colours: Float32[np.ndarray, "n 3"], otherwise: Float32[np.ndarray, " 3"]
) -> Float32[np.ndarray, " 3"]:
    """Median colour, leaning on the other one where there are few."""
    if not len(colours):
        return otherwise
    share = min(len(colours) / 6, 1.0)
    return (share * np.median(colours, axis=0) + (1 - share) * otherwise).astype(np.float32)


class Eyes:
    """Draws the eyeballs between the lids whenever lids or gaze differ from the portrait's.

    Args:
        source: The mesh drawn in the portrait's pose.
        bare: The picture without lids, on the grid.
        head_px: Size of the head on the grid, px.
    """

    def __init__(self, source: MeshField, bare: UInt8[np.ndarray, "h w 3"], head_px: float) -> None:
        self._bare = bare
        self._height = opening_height(source.label, EYE)
        self._head_px = head_px

    def patch(self, mesh: MeshField, gaze_rad: float, zoom: float) -> Patch | None:
        """The eyes in one frame, or None where they are as in the portrait.

        Args:
            mesh: The driving mesh.
            gaze_rad: How far the gaze has turned.
            zoom: Driven size of the head over its size in the portrait.
        """
        shown = mesh.label == EYE
        height = opening_height(mesh.label, EYE)
        moved = abs(height - zoom * self._height) / self._head_px
        weight = max(step(moved, 0.002, 0.010), step(gaze_rad, 0.01, 0.08))
        box = bounding_box(shown, 3)
        if weight == 0 or box is None:
            return None
        positions = sampled_positions(mesh, box)
        colour = warped(self._bare, positions)
        weight *= step(height / self._head_px, 0.002, 0.010)  # a slit shows lashes, no eyeball
        return soft_patch(box, colour.astype(np.float32), shown[box].astype(np.float32) * weight)

    def lid_patch(self, mesh: MeshField, zoom: float) -> Patch | None:
        """The skin of the upper lids where they come down further than in the portrait.

        Args:
            mesh: The driving mesh; its colours on the lids are those of the skin around the eye.
            zoom: Driven size of the head over its size in the portrait.
        """
        height = opening_height(mesh.label, EYE)
        shut = 1 - height / max(zoom * self._height, 1e-6)
        cover = np.where(mesh.label == SKIN, mesh.cover, 0)
        box = bounding_box(cover > 0, 2)
        if shut <= 0 or box is None:
            return None
        opacity = cover[box] * step(shut, 0.1, 0.8) * _COVER
        colour = 255 * mesh.colour[box] / np.maximum(mesh.cover[box], 1e-6)[..., None]
        return soft_patch(box, colour.astype(np.float32), opacity.astype(np.float32))


def lid_colours(
    picture: UInt8[np.ndarray, "h w 3"],
    source: Float32[np.ndarray, "v 3"],
    cover: Float32[np.ndarray, " v"],
    eyes: list[tuple[Float[np.ndarray, " 2"], float]],
) -> Float32[np.ndarray, "v 3"]:
    """Colour of the lids' hidden skin, taken from the skin below the eyes; RGB [0, 1].

    Args:
        picture: The portrait on the grid.
        source: Vertices in the portrait, px.
        cover: Which vertices belong to the lids.
        eyes: Middle and radius of each eyeball, px.
    """
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.12 * eyes[0][1], 0.8)) if eyes else picture
    colours = np.zeros((len(source), 3), np.float32)
    for vertex in np.nonzero(cover > 0)[0]:
        middle, radius = min(eyes, key=lambda eye: float(np.hypot(*(source[vertex, :2] - eye[0]))))
        x = middle[0] + 0.7 * (source[vertex, 0] - middle[0])
        y = middle[1] + 0.80 * radius
        row, column = (int(min(max(c, 0), len(soft) - 1)) for c in (y, x))
        colours[vertex] = soft[row, column] / 255
    return colours
