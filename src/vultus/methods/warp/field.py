"""The displacement field of the fitted meshes: where each pixel of the driven head lies in the portrait.

The field stands on the driving mesh. The z-buffer tells which point of the head each pixel shows; that
point's place in the portrait minus the pixel's is the backward displacement [zhong2022gdpw, §3].
"""

from dataclasses import dataclass
from typing import no_type_check

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float32, UInt8
from numba import njit

from vultus.methods.warp.hidden import borrowed_positions
from vultus.methods.warp.parts import MOUTH, SKIN, HeadParts
from vultus.render import rasterise


@dataclass(frozen=True)
class MeshField:
    """What the driving mesh says about each pixel of the grid; 0 where no mesh is seen."""

    displacement: Float32[np.ndarray, "h w 2"]
    """Portrait's minus driven position, grid px."""

    trust: Float32[np.ndarray, "h w"]
    """[0, 1]: 0 off the mesh, at points that the portrait hides, and where either pose sees them edge on."""

    cover: Float32[np.ndarray, "h w"]
    """How far a pixel shows a lid that slides down when the eye shuts or, in the mouth, a tooth, [0, 1]."""

    colour: Float32[np.ndarray, "h w 3"]
    """Albedo of the mouth's interior; on the skin the lids' colour times `cover`; RGB [0, 1]."""

    mirrored: Float32[np.ndarray, "h w 4"]
    """Displacement to the same point on the face's other side, px; how far that stands in, [0, 1]; and its
    ratio of brightness."""

    label: UInt8[np.ndarray, "h w"]
    """NOTHING, SKIN, EYE or MOUTH."""

    depth: Float32[np.ndarray, "h w"]
    """Distance along the view, grid px; +inf off the mesh."""


@dataclass(frozen=True)
class SourceView:
    """What the portrait says about each vertex."""

    position: Float32[np.ndarray, "v 3"]
    """In the portrait, image frame of the grid, px."""

    borrowed: Float32[np.ndarray, "v 3"]
    """Where the vertex takes its pixels from while the portrait hides it."""

    trust: Float32[np.ndarray, " v"]
    """How well the portrait shows it, [0, 1]."""

    missed: Float32[np.ndarray, " v"]
    """Whether the fitted vertex lies beside the person, [0, 1]."""

    facing: Float32[np.ndarray, " v"]
    """Cosine between normal and view in the portrait, [-1, 1]."""

    twins: Float32[np.ndarray, "v 4"]
    """The counterpart on the face's other side: its position, px, how far it stands in, [0, 1], and ratio of
    brightness."""

    colours: Float32[np.ndarray, "v 3"]
    """What is drawn where the portrait shows nothing, as in `MeshField.colour`."""


def source_view(
    parts: HeadParts, source: Float32[np.ndarray, "v 3"], matte: Float32[np.ndarray, "s s"]
) -> SourceView:
    """Look at the fitted head in the portrait.

    Args:
        parts: Triangles.
        source: Vertices in the portrait, image frame of the grid, px.
        matte: Probability that a pixel of the grid shows the person, [0, 1].
    """
    missed = 1 - _person(source, matte)
    facing = vertex_facing(source, parts.faces)
    shown = _shown(parts, source, len(matte), 0.02, MOUTH)
    trust = ramp(facing - parts.rim, 0.0, 0.3) * (1 - missed) * parts.trust * shown
    inner = np.setdiff1d(parts.faces[parts.label != SKIN], parts.faces[parts.label == SKIN])
    trust[inner] = _shown(parts, source, len(matte), 0.004, SKIN)[inner]
    missed[inner] = 0.0
    skin = parts.faces[parts.label == SKIN]
    borrowed = borrowed_positions(skin, source, trust**4, parts.rest, parts.neck)
    twins = np.zeros((len(source), 4), np.float32)
    return SourceView(source, borrowed, trust.astype(np.float32), missed, facing, twins, parts.colours)


def mesh_field(
    parts: HeadParts, driven: Float32[np.ndarray, "v 3"], source: SourceView, motion: float, side_px: int
) -> MeshField:
    """Draw the driving mesh and measure the displacement at each of its pixels.

    Args:
        parts: Triangles to draw.
        driven: Vertices in the driving pose, image frame of the grid, px.
        source: The same vertices in the portrait.
        motion: Whether the head moves at all, [0, 1].
        side_px: Side of the grid.
    """
    points, faces = torch.from_numpy(driven)[None], torch.from_numpy(parts.faces)
    drawn = rasterise(points, faces, (side_px, side_px), cull_back=True)
    face_index = drawn.face_index[0].numpy()
    attributes = _attributes(parts, driven, source, motion)
    spread = _spread(face_index, drawn.barycentric[0].numpy(), parts.faces, attributes)
    return MeshField(
        displacement=spread[..., :2],
        trust=spread[..., 2],
        cover=spread[..., 3],
        colour=spread[..., 4:7],
        mirrored=spread[..., 7:],
        label=np.append(parts.label, 0).astype(np.uint8)[face_index],
        depth=drawn.depth[0].numpy(),
    )


def _attributes(
    parts: HeadParts, driven: Float32[np.ndarray, "v 3"], source: SourceView, motion: float
) -> Float32[np.ndarray, "v 11"]:
    """Columns of `MeshField`, in its order, for each vertex."""
    facing = vertex_facing(driven, parts.faces)
    # Only what turns towards the viewer borrows, so that a head that does not move stays as it is.
    turned = np.maximum(ramp(facing - source.facing, 0.02, 0.12), source.missed * motion) * (1 - parts.fixed)
    borrows = turned * (1 - source.trust)
    position = source.position + borrows[:, None] * (source.borrowed - source.position)
    columns = np.empty((len(driven), 11), np.float32)
    columns[:, :2] = (position - driven)[:, :2]
    columns[:, 2] = (1 - (1 - source.trust) * (1 - turned)) * ramp(facing, 0.05, 0.30)
    columns[:, 3] = parts.cover
    columns[:, 4:7] = source.colours
    columns[:, 7:9] = source.twins[:, :2] - driven[:, :2]
    columns[:, 9] = source.twins[:, 2] * turned
    columns[:, 10] = source.twins[:, 3]
    return columns


def ramp(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """Smooth step from 0 at `low` to 1 at `high`.

    Example:
        >>> ramp(np.array([0.0, 1.0, 2.0, 3.0]), 1.0, 3.0)
        array([0. , 0. , 0.5, 1. ], dtype=float32)
    """
    t = ((value - low) / (high - low)).clip(0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def step(value: float, low: float, high: float) -> float:
    """`ramp` of one number."""
    return float(ramp(np.array([value]), low, high)[0])


def _person(
    source: Float32[np.ndarray, "v 3"], matte: Float32[np.ndarray, "s s"]
) -> Float32[np.ndarray, " v"]:
    """Whether a vertex lies on the person, a pixel inside its outline or more, [0, 1]."""
    inner = ramp(cv2.GaussianBlur(matte, (0, 0), len(matte) / 256), 0.6, 0.95)
    row, column = _pixels(source, len(matte))
    return inner[row, column]


def _shown(
    parts: HeadParts, source: Float32[np.ndarray, "v 3"], side_px: int, slack: float, without: int
) -> Bool[np.ndarray, " v"]:
    """Whether nothing lies more than `slack` sides before a vertex; those labelled `without` do not count."""
    faces = torch.from_numpy(parts.faces[parts.label != without])
    drawn = rasterise(torch.from_numpy(source)[None], faces, (side_px, side_px), cull_back=True)
    row, column = _pixels(source, side_px)
    return np.asarray(source[:, 2] <= drawn.depth[0].numpy()[row, column] + slack * side_px)


def _pixels(points: Float32[np.ndarray, "v 3"], side_px: int) -> tuple[np.ndarray, np.ndarray]:
    column, row = (np.floor(points[:, axis]).astype(int).clip(0, side_px - 1) for axis in (0, 1))
    return row, column


@njit(cache=True, nogil=True)
@no_type_check
def vertex_facing(points, faces):
    """How far the surface at each vertex faces the viewer: the cosine between normal and view, [-1, 1].

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
def _spread(face_index, barycentric, faces, attributes):
    """Vertex attributes over the pixels, 0 off the mesh: `vultus.render.interpolate` with channels last."""
    height, width = face_index.shape
    count = attributes.shape[1]
    spread = np.zeros((height, width, count), np.float32)
    for row in range(height):
        for column in range(width):
            f = face_index[row, column]
            if f < 0:
                continue
            pixel = spread[row, column]
            for corner in range(3):
                share = barycentric[row, column, corner]
                values = attributes[faces[f, corner]]
                for channel in range(count):
                    pixel[channel] += share * values[channel]
    return spread
