"""Small mesh tools: parts, subdivision, fairing."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.linalg import factorized

Vertices = Float[np.ndarray, "v 3"]
Triangles = Int[np.ndarray, "f 3"]


@dataclass(frozen=True)
class Part:
    """One connected piece of the head."""

    name: str
    """Region that all its vertices belong to."""

    vertices: Vertices
    """Head frame, mm."""

    faces: Triangles
    """Counter-clockwise from outside."""

    colours: Vertices
    """RGB [0, 1]."""

    def mirrored(self, name: str) -> "Part":
        """The same piece on the other side of the head."""
        return Part(name, self.vertices * [-1.0, 1.0, 1.0], self.faces[:, ::-1], self.colours)


def grid_faces(rows: int, columns: int, closed: bool) -> Triangles:
    """Triangles of a grid of vertices in row-major order.

    Counter-clockwise where, seen from outside, rows run downwards and columns to the right.

    Args:
        rows: Rows of vertices.
        columns: Vertices in each row.
        closed: The last column joins the first.
    """
    row, column = np.meshgrid(
        np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij"
    )
    right = (column + 1) % columns
    a, b = row * columns + column, row * columns + right
    c, d = a + columns, b + columns
    return np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])


def edges_of(faces: Triangles) -> Int[np.ndarray, "e 2"]:
    """Undirected edges, each once, sorted."""
    return np.unique(np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=-1).reshape(-1, 2), axis=0)


def subdivide(faces: Triangles, count: int) -> tuple[Int[np.ndarray, "g 3"], Int[np.ndarray, "e 2"]]:
    """Split each triangle into four at its edges' middles.

    Returns:
        The new triangles, and the ends of the edge that each new vertex (numbered from `count`) lies on.
    """
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=-1)  # (f, 3, 2)
    edges, index = np.unique(sides.reshape(-1, 2), axis=0, return_inverse=True)
    ab, bc, ca = (count + index.reshape(-1, 3)).T
    a, b, c = faces.T
    quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.concatenate([np.stack(q, -1) for q in quarters]), edges


def graph_laplacian(faces: Triangles, count: int) -> sparse.csr_matrix:
    """I - (mean over the neighbours); vertices of a border see their neighbours on the border only."""
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=-1).reshape(-1, 2)
    edges, uses = np.unique(sides, axis=0, return_counts=True)
    border = np.zeros(count, bool)
    border[edges[uses == 1].ravel()] = True
    rows = np.concatenate([edges[:, 0], edges[:, 1]])
    columns = np.concatenate([edges[:, 1], edges[:, 0]])
    keep = ~border[rows] | np.tile(uses == 1, 2)
    rows, columns = rows[keep], columns[keep]
    degree = np.bincount(rows, minlength=count).clip(1)
    mean = sparse.csr_matrix((1 / degree[rows], (rows, columns)), shape=(count, count))
    return (sparse.identity(count, format="csr") - mean).tocsr()


def fair(faces: Triangles, start: Vertices, pull: Float[np.ndarray, " v"]) -> Vertices:
    """The smoothest surface near given positions.

    Minimises ‖L x‖² + Σ pull_i ‖x_i - start_i‖².

    Args:
        faces: Triangles.
        start: Positions, mm.
        pull: Weight of each vertex's position: 0 free, 1e6 as good as fixed.
    """
    laplacian = graph_laplacian(faces, len(start))
    system = (laplacian.T @ laplacian + sparse.diags(pull + 1e-9)).tocsc()
    solve = factorized(system)
    right = (pull + 1e-9)[:, None] * start
    return np.stack([solve(right[:, axis]) for axis in range(3)], -1)


def vertex_normals(vertices: Vertices, faces: Triangles) -> Vertices:
    """Area-weighted unit normals."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    area = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(total, faces[:, corner], area)
    return total / np.linalg.norm(total, axis=-1, keepdims=True).clip(1e-12)


def smoothstep(x: Float[np.ndarray, "*n"], low: float | int, high: float | int) -> Float[np.ndarray, "*n"]:
    """0 below `low`, 1 above `high`, 3 t² - 2 t³ between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
