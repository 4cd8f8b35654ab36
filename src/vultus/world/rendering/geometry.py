"""Compiled geometry: normals of vertices, and depth maps of what a direction sees."""

from typing import no_type_check

import numpy as np
import torch
from jaxtyping import Float, Int
from numba import njit

from vultus.render.raster import rasterise


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def add_normals(points, faces, normals):
    """Average the adjacent triangles' normals by area, as `vultus.render.normals.vertex_normals`.

    Args:
        points: (v, 3), any right-handed frame.
        faces: (f, 3), counter-clockwise from outside.
        normals: (v, 3), written: outward unit vectors in the points' frame.
    """
    normals[:] = 0.0
    for face in range(faces.shape[0]):
        i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
        ux, uy, uz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        vx, vy, vz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for vertex in (i, j, k):
            normals[vertex, 0] += x
            normals[vertex, 1] += y
            normals[vertex, 2] += z
    for vertex in range(normals.shape[0]):
        x, y, z = normals[vertex, 0], normals[vertex, 1], normals[vertex, 2]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[vertex, 0], normals[vertex, 1], normals[vertex, 2] = x / length, y / length, z / length


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def facing(points, faces, either):
    """Indices of the triangles that may be seen: front faces, and any of those marked in `either`.

    Args:
        points: (v, 3), image frame.
        faces: (f, 3), counter-clockwise from outside.
        either: (f,), whether a triangle is seen from behind, too.
    """
    found = np.empty(faces.shape[0], np.int64)
    count = 0
    for face in range(faces.shape[0]):
        a, b, c = points[faces[face, 0]], points[faces[face, 1]], points[faces[face, 2]]
        # The image's y points down, so a front face has a negative area.
        if either[face] or (b[0] - a[0]) * (c[1] - a[1]) < (b[1] - a[1]) * (c[0] - a[0]):
            found[count] = face
            count += 1
    return found[:count]


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def close_pinholes(face_index, barycentric, depth):
    """Where the background shows at one or two samples with the mesh all round, show the mesh beside it.

    Lids and eyeballs, hair and skin are meshes of their own: between them a gap may be a hair's breadth wide.

    Args:
        face_index: (h, w), -1 where the background is seen; closed.
        barycentric: (h, w, 3), closed likewise.
        depth: (h, w), closed likewise.
    """
    height, width = face_index.shape
    for row in range(3, height - 3):
        for column in range(3, width - 3):
            if face_index[row, column] >= 0 or face_index[row, column - 1] < 0:
                continue
            if (
                (face_index[row, column + 1] >= 0 or face_index[row, column + 2] >= 0)
                and (face_index[row - 1, column] >= 0 or face_index[row - 2, column] >= 0)
                and (face_index[row + 1, column] >= 0 or face_index[row + 2, column] >= 0)
            ):
                face_index[row, column] = face_index[row, column - 1]
                barycentric[row, column] = barycentric[row, column - 1]
                depth[row, column] = depth[row, column - 1]


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def to_view(points, centre, px_per_mm, view, lamp_axes, lamp_middle, mm_per_texel, lamp):
    """Image points as mm from the head's origin in the view frame, and as places in the shadow map.

    Args:
        points: (v, 3), image frame, px.
        centre: (2,), where the head's origin is seen, px.
        px_per_mm: Size of a mm.
        view: (v, 3), written: view frame, mm.
        lamp_axes: (3, 3), right, down and away from the lamp, view frame.
        lamp_middle: (3,), middle of the map, view frame, mm.
        mm_per_texel: Size of the map's texels.
        lamp: (v, 3), written: texels from the map's middle, twice, and mm.
    """
    for vertex in range(points.shape[0]):
        x = (points[vertex, 0] - centre[0]) / px_per_mm
        y = (centre[1] - points[vertex, 1]) / px_per_mm
        z = -points[vertex, 2] / px_per_mm
        view[vertex, 0], view[vertex, 1], view[vertex, 2] = x, y, z
        x, y, z = x - lamp_middle[0], y - lamp_middle[1], z - lamp_middle[2]
        for axis in range(3):
            along = lamp_axes[axis, 0] * x + lamp_axes[axis, 1] * y + lamp_axes[axis, 2] * z
            lamp[vertex, axis] = along if axis == 2 else along / mm_per_texel


def depth_map(
    points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], side: int, cull_back: bool = False
) -> Float[np.ndarray, "s s"]:
    """Smallest third coordinate at each texel's centre of a square map, +inf where there is nothing.

    Args:
        points: In texels along the first two axes.
        faces: Triangles.
        side: Of the map, texels.
        cull_back: Leave out triangles seen from behind.
    """
    corners = torch.from_numpy(faces)
    fragments = rasterise(torch.from_numpy(points)[None].float(), corners, (side, side), cull_back)
    return fragments.depth[0].numpy()


def openness(
    points_head: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], directions: int = 48
) -> Float[np.ndarray, " v"]:
    """Share of the light from all round that reaches each vertex past the rest of the mesh, [0, 1].

    The cosine-weighted hemisphere is sampled by depth maps from directions all over the sphere.

    Args:
        points_head: Vertices, mm.
        faces: Triangles, counter-clockwise from outside.
        directions: How many maps.
    """
    normals = np.zeros_like(points_head)
    add_normals(points_head, faces, normals)
    lifted = points_head + 1.5 * normals
    reached, possible = np.zeros(len(points_head)), np.full(len(points_head), 1e-6)
    for direction in _sphere(directions):
        texels, depth = _seen_from(points_head, lifted, faces, direction)
        cosine = np.maximum(normals @ direction, 0.0)
        reached += cosine * (depth <= texels + 1.5)
        possible += cosine
    return np.clip(reached / possible, 0.0, 1.0).astype(np.float32)


def _seen_from(
    points: Float[np.ndarray, "v 3"],
    places: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    direction: Float[np.ndarray, " 3"],
    side: int = 128,
) -> tuple[Float[np.ndarray, " v"], Float[np.ndarray, " v"]]:
    """Depth of the nearest surface around where each place is seen from a direction, and its own depth."""
    axes = np.stack([*map_axes(direction), -direction], -1)
    seen, wanted = points @ axes, places @ axes
    low = seen[:, :2].min(0)
    scale = (side - 4) / (seen[:, :2].max(0) - low).max()
    seen[:, :2] = (seen[:, :2] - low) * scale + 2
    texel = np.clip(((wanted[:, :2] - low) * scale + 2).astype(np.int64), 0, side - 1)
    nearest = depth_map(seen, faces, side)
    return nearest[texel[:, 1], texel[:, 0]], wanted[:, 2]


def map_axes(direction: Float[np.ndarray, " 3"]) -> tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]]:
    """Two unit vectors across a direction: where a map seen from there has its right and its down."""
    upright = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.95 else np.array([0.0, 0.0, 1.0])
    right = np.cross(upright, direction)
    right = right / np.linalg.norm(right)
    return right, -np.cross(direction, right)


def _sphere(count: int) -> Float[np.ndarray, "n 3"]:
    """Unit vectors spread evenly: a spiral with the golden angle."""
    height = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    across = np.sqrt(1 - height**2)
    return np.stack([across * np.cos(angle), height, across * np.sin(angle)], -1)
