"""What an opened mouth shows: the portrait's own teeth where it has them, else the model's, in its light."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from vultus.methods.warp.composite import warped
from vultus.methods.warp.field import MeshField, step
from vultus.methods.warp.parts import MOUTH
from vultus.methods.warp.tint import Tint

_DEPTH = 0.25
"""Distance behind the lips at which the light from outside has fallen to 1/e, in sizes of the head."""

_AMBIENT = 0.3
"""Light that reaches everywhere."""

_WIDE = (0.04, 0.08)
"""Opening of the portrait's mouth from which more than its teeth is kept, in sizes of the head."""

_GROWTH = (0.002, 0.012)
"""Growth of the opening's height at which the interior begins to show, and is full, in sizes of the head."""


@dataclass(frozen=True)
class Patch:
    """Colours to lay over a part of the frame's grid."""

    top: int
    """First row."""

    left: int
    """First column."""

    colour: Float32[np.ndarray, "h w 3"]
    """RGB [0, 255], multiplied by the opacity."""

    opacity: Float32[np.ndarray, "h w"]
    """[0, 1]."""


def opening_height(label: UInt8[np.ndarray, "h w"], kind: int) -> float:
    """Mean height of an opening over its columns, px."""
    count = (label == kind).sum(axis=0)
    width = int((count > 0).sum())
    return float(count.sum()) / width if width else 0.0


class MouthInterior:
    """Draws the inside of the mouth where the driven mouth is open wider than the portrait's.

    Args:
        source: The portrait's own field of view: the mesh drawn in the portrait's pose.
        tint: The picture's light.
        head_px: Size of the head on the grid, px.
    """

    def __init__(self, source: MeshField, tint: Tint, head_px: float) -> None:
        opening = (source.label == MOUTH).astype(np.float32)
        self._own = cv2.erode(cv2.blur(opening, (3, 3)), np.ones((3, 3), np.uint8))
        self._height = opening_height(source.label, MOUTH)
        self._soft = step(self._height / head_px, *_WIDE)
        self._tint = tint
        self._head_px = head_px

    def patch(
        self, mesh: MeshField, lips_depth: float, picture: UInt8[np.ndarray, "h w 3"], zoom: float
    ) -> Patch | None:
        """The interior in one frame, or None where the mouth opens no wider than in the portrait.

        Args:
            mesh: The driving mesh.
            lips_depth: Depth of the lips, px.
            picture: The portrait on the grid.
            zoom: Driven size of the head over its size in the portrait.
        """
        shown = mesh.label == MOUTH
        growth = opening_height(mesh.label, MOUTH) - zoom * self._height
        weight = step(growth / self._head_px, *_GROWTH)
        box = bounding_box(shown, 3)
        if weight == 0 or box is None:
            return None
        shown = shown[box].astype(np.float32)
        depth = np.where(shown > 0, np.maximum(mesh.depth[box] - lips_depth, 0), 0) / self._head_px
        light = (_AMBIENT + (1 - _AMBIENT) * np.exp(-depth / _DEPTH))[..., None]
        drawn = self._tint(mesh.colour[box]) * light
        positions = sampled_positions(mesh, box)
        own = (warped(self._own, positions) * mesh.trust[box])[..., None]
        own *= np.maximum(mesh.cover[box], self._soft)[..., None]
        kept = warped(picture, positions)
        return soft_patch(box, own * kept + (1 - own) * drawn, shown * weight)


def bounding_box(mask: np.ndarray, around: int) -> tuple[slice, slice] | None:
    """Rows and columns of a mask's pixels and a margin, or None of an empty one."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return None
    top, left = max(int(rows[0]) - around, 0), max(int(columns[0]) - around, 0)
    return slice(top, int(rows[-1]) + around + 1), slice(left, int(columns[-1]) + around + 1)


def pixel_grid(box: tuple[slice, slice], size_px: tuple[int, int]) -> Float32[np.ndarray, "h w 2"]:
    """Column and row of each pixel of a box, which `size_px` may have cut short."""
    rows = np.arange(box[0].start, box[0].start + size_px[0], dtype=np.float32)
    columns = np.arange(box[1].start, box[1].start + size_px[1], dtype=np.float32)
    return np.stack(np.meshgrid(columns, rows), axis=-1)


def sampled_positions(mesh: MeshField, box: tuple[slice, slice]) -> Float32[np.ndarray, "h w 2"]:
    """Where the mesh's pixels lie in the portrait, counted as `cv2.remap` does."""
    moved = mesh.displacement[box]
    return pixel_grid(box, (moved.shape[0], moved.shape[1])) + moved


def soft_patch(
    box: tuple[slice, slice], colour: Float32[np.ndarray, "h w 3"], opacity: Float32[np.ndarray, "h w"]
) -> Patch:
    """A patch with edges softened over a pixel."""
    softened = cv2.GaussianBlur(
        np.dstack([colour * opacity[..., None], opacity]).astype(np.float32), (3, 3), 0.7
    )
    return Patch(box[0].start, box[1].start, softened[..., :3], softened[..., 3])


def lay(patch: Patch, frame: UInt8[np.ndarray, "s s 3"], grid_px: int) -> None:
    """Lay a patch over the frame, in place.

    Args:
        patch: On the grid.
        frame: The frame.
        grid_px: Side of the grid.
    """
    ratio = len(frame) / grid_px
    colour, opacity = patch.colour, patch.opacity
    top, left = round(patch.top * ratio), round(patch.left * ratio)
    if ratio != 1:
        size = (round(opacity.shape[1] * ratio), round(opacity.shape[0] * ratio))
        colour, opacity = cv2.resize(colour, size), cv2.resize(opacity, size)
    part = frame[top : top + len(opacity), left : left + opacity.shape[1]]
    opacity, colour = opacity[: len(part), : part.shape[1], None], colour[: len(part), : part.shape[1]]
    part[:] = (part * (1 - opacity) + colour).round().clip(0, 255).astype(np.uint8)
