"""The displacement field of the fitted meshes: where each pixel of the driven head lies in the portrait.

The field stands on the driving mesh, whose pixels tell by the z-buffer which point of the head they show; the same
point's place in the portrait minus the pixel's is the backward displacement [yataoz2023gdpw, §3].
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
import torch
from jaxtyping import Float32, Int, UInt8
from numba import njit

from vultus.methods.warp.parts import NOTHING, SKIN, HeadParts
from vultus.render import rasterise


@dataclass(frozen=True)
class MeshField:
    """What the driving mesh says about each pixel of the grid."""

    displacement: Float32[np.ndarray, "h w 2"]
    """Portrait's minus driven position, grid px; 0 where no mesh is seen."""

    trust: Float32[np.ndarray, "h w"]
    """[0, 1]: 0 off the mesh, at points that the portrait does not show, and where either pose sees them edge on."""

    label: UInt8[np.ndarray, "h w"]
    """NOTHING, SKIN, EYE or MOUTH."""

    depth: Float32[np.ndarray, "h w"]
    """Distance along the view, grid px; +inf off the mesh."""

    colour: Float32[np.ndarray, "h w 3"]
    """The model's albedo, RGB [0, 1]."""


def mesh_field(
    parts: HeadParts,
    driven: Float32[np.ndarray, "v 3"],
    source: Float32[np.ndarray, "v 3"],
    trust: Float32[np.ndarray, " v"],
    side_px: int,
) -> MeshField:
    """Draw the driving mesh and measure the displacement at each of its pixels.

    Args:
        parts: Triangles to draw.
        driven: Vertices in the driving pose, image frame of the grid, px.
        source: The same vertices in the portrait, image frame of the grid, px.
        trust: How far each vertex may be followed for the portrait's sake, [0, 1].
        side_px: Side of the grid.
    """
    facing = vertex_facing(driven, parts.faces)
    drawn = rasterise(
        torch.from_numpy(driven)[None], torch.from_numpy(parts.faces), (side_px, side_px), cull_back=True
    )
    face_index, barycentric = drawn.face_index[0].numpy(), drawn.barycentric[0].numpy()
    outputs = (
        np.zeros((side_px, side_px, 2), np.float32),
        np.zeros((side_px, side_px), np.float32),
        np.zeros((side_px, side_px), np.uint8),
        np.zeros((side_px, side_px, 3), np.float32),
    )
    vertices = (driven, source, trust * ramp(facing, 0.10, 0.35), parts.colours)
    _spread(face_index, barycentric, parts.faces, parts.label, *vertices, *outputs)
    displacement, weight, label, colour = outputs
    return MeshField(displacement, weight, label, drawn.depth[0].numpy(), colour)


def source_trust(parts: HeadParts, source: Float32[np.ndarray, "v 3"], side_px: int) -> Float32[np.ndarray, " v"]:
    """How well the portrait shows each vertex, [0, 1]: hidden and edge-on ones not at all.

    Args:
        parts: Triangles that may hide each other.
        source: Vertices in the portrait, image frame, px.
        side_px: Side of the z-buffer.
    """
    skin = parts.faces[parts.label == SKIN]
    drawn = rasterise(torch.from_numpy(source)[None], torch.from_numpy(skin), (side_px, side_px), cull_back=True)
    nearest = drawn.depth[0].numpy()
    column, row = (np.floor(source[:, axis]).astype(int).clip(0, side_px - 1) for axis in (0, 1))
    slack = 0.02 * side_px
    shown = source[:, 2] <= nearest[row, column] + slack
    seen = ramp(vertex_facing(source, parts.faces), 0.0, 0.3) * shown
    inside = np.unique(parts.faces[parts.label != SKIN])
    seen[inside] = 1.0
    return (seen * np.where(np.isin(np.arange(len(seen)), inside), 1.0, parts.trust)).astype(np.float32)


def ramp(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = ((value - low) / (high - low)).clip(0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


@njit(cache=True, nogil=True)
@no_type_check
def vertex_facing(points, faces):
    """How far the surface at each vertex faces the viewer: the cosine of the angle between normal and view, [-1, 1].

    Args:
        points: (v, 3) vertices, image frame, px.
        faces: (f, 3) triangles.
    """
    normal = np.zeros(points.shape, np.float32)
    for f in range(faces.shape[0]):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        bx, by, bz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for v in (i, j, k):
            normal[v, 0] += nx
            normal[v, 1] += ny
            normal[v, 2] += nz
    facing = np.zeros(points.shape[0], np.float32)
    for v in range(points.shape[0]):
        x, y, z = normal[v, 0], normal[v, 1], normal[v, 2]
        length = np.sqrt(x * x + y * y + z * z)
        # The image frame's z points away from the viewer, so what faces the viewer has a negative one.
        facing[v] = -z / length if length > 0 else 0.0
    return facing


@njit(cache=True, nogil=True)
@no_type_check
def _spread(
    face_index, barycentric, faces, labels, driven, source, trust, colours, displacement, weight, label, colour
):
    height, width = face_index.shape
    for row in range(height):
        for column in range(width):
            f = face_index[row, column]
            if f < 0:
                label[row, column] = NOTHING
                continue
            label[row, column] = labels[f]
            for corner in range(3):
                v, share = faces[f, corner], barycentric[row, column, corner]
                weight[row, column] += share * trust[v]
                for axis in range(2):
                    displacement[row, column, axis] += share * (source[v, axis] - driven[v, axis])
                if labels[f] != SKIN:
                    for channel in range(3):
                        colour[row, column, channel] += share * colours[v, channel]
