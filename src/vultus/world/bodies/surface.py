"""How far points are from a head, and meshes of where a field is zero."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from skimage.measure import marching_cubes

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]
Field = Callable[[Points], Values]
"""Negative inside, about mm."""

_NEIGHBOURS = 6
_SOFT_MM = 4.0
_SPACING_MM, _PLANES_HOLD = 9.0, 0.85


def vertex_normals(points: Points, faces: Int[np.ndarray, "m 3"]) -> Points:
    """Unit normals of vertices, averaged over their triangles by area."""
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, faces[:, corner], normal)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)


@dataclass(frozen=True)
class HeadSurface:
    """The skin as a cloud of points with normals, which tells inside from outside."""

    points: Points
    normals: Points
    tree: cKDTree

    @classmethod
    def of(cls, points: Points, faces: Int[np.ndarray, "m 3"], which: Int[np.ndarray, " k"]) -> "HeadSurface":
        """The surface at the vertices `which` of a mesh."""
        normals = vertex_normals(points, faces)[which]
        return cls(points[which], normals, cKDTree(points[which]))

    def distance(self, points: Points) -> Values:
        """Signed distance, mm: the mean distance from the tangent planes of the nearest vertices."""
        reach, index = self.tree.query(points, k=_NEIGHBOURS)
        weight = 1.0 / (reach**2 + _SOFT_MM**2)
        away = ((points[:, None] - self.points[index]) * self.normals[index]).sum(-1)
        plane = (away * weight).sum(1) / weight.sum(1)
        # Far off an edge a tangent plane may pass close by; whatever is not clearly inside is not near then.
        least = _PLANES_HOLD * (reach[:, 0] - _SPACING_MM)
        return np.where(plane > -0.5 * reach[:, 0], np.maximum(plane, least), plane)


class Shell(NamedTuple):
    """A mesh."""

    points: Points
    faces: Int[np.ndarray, "m 3"]
    normals: Points


def zero_surface(
    field: Field, low: tuple[float, float, float], high: tuple[float, float, float], cell_mm: float
) -> Shell:
    """Where a field is zero: marching cubes, then two steps of Newton's method along the gradient.

    Args:
        field: Negative inside.
        low: Lower corner of the box that is looked at, mm.
        high: Upper corner.
        cell_mm: Side of a cube.
    """
    axes = [np.arange(a, b + cell_mm, cell_mm) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    values = field(grid.reshape(-1, 3)).reshape(grid.shape[:3])
    # A closed box: what reaches its sides is capped there.
    for axis in range(3):
        ends = np.moveaxis(values, axis, 0)
        ends[[0, -1]] = np.maximum(ends[[0, -1]], 0.5 * cell_mm)
    points, faces, _, _ = marching_cubes(values, 0.0, spacing=(cell_mm,) * 3, gradient_direction="ascent")
    points = points.astype(np.float64) + np.array(low)
    for _ in range(2):
        value, slope = _slope(field, points, 0.4 * cell_mm)
        step = value / np.maximum((slope**2).sum(1), 0.25)
        points = points - np.clip(step, -0.4 * cell_mm, 0.4 * cell_mm)[:, None] * slope
    slope = _slope(field, points, 0.4 * cell_mm)[1]
    normals = slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9)
    return Shell(points, _outward(points, faces.astype(np.int64), normals), normals)


def kept(shell: Shell, keep: np.ndarray) -> tuple[Shell, Int[np.ndarray, " n"]]:
    """The largest connected patch of triangles with a corner in `keep`, and which vertices are left."""
    faces = _largest(shell.faces[keep[shell.faces].any(1)], len(shell.points))
    left, packed = np.unique(faces, return_inverse=True)
    return Shell(shell.points[left], packed.reshape(-1, 3), shell.normals[left]), left


def _largest(faces: Int[np.ndarray, "m 3"], count: int) -> Int[np.ndarray, "n 3"]:
    """Nothing floats: islands are left out."""
    joined = coo_matrix((np.ones(len(faces)), (faces[:, 0], faces[:, 1])), (count, count))
    joined = joined + coo_matrix((np.ones(len(faces)), (faces[:, 1], faces[:, 2])), (count, count))
    island = connected_components(joined, directed=False)[1][faces[:, 0]]
    return faces[island == np.bincount(island).argmax()]


def _slope(field: Field, points: Points, step: float) -> tuple[Values, Points]:
    """The field and its gradient, that by a tetrahedron of four values."""
    corners = np.array([(1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)]) * step
    values = np.stack([field(points + corner) for corner in corners])  # (4, n)
    return field(points), values.T @ corners / (4 * step**2)


def _outward(points: Points, faces: Int[np.ndarray, "m 3"], normals: Points) -> Int[np.ndarray, "m 3"]:
    """Triangles wound counter-clockwise from where the field is positive."""
    corners = points[faces]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    agrees = (facing * normals[faces].sum(1)).sum(1).sum() > 0
    return faces if agrees else faces[:, ::-1].copy()
