"""Where points of the head that the portrait hides borrow their pixels: from the rim of what it shows."""

import numpy as np
from jaxtyping import Bool, Float, Float32, Int
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

_HOLD = 30.0
_NEAR = 0.3
_SEEN = 0.8
_STILL = 1e-6


def edge_laplacian(faces: Int[np.ndarray, "f 3"], vertex_count: int) -> sparse.csr_matrix:
    """Graph Laplacian D - A of a mesh's edges; empty rows for vertices without triangles."""
    i, j = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).T
    edges = sparse.csr_matrix((np.ones(len(i)), (i, j)), (vertex_count, vertex_count))
    edges = ((edges + edges.T) > 0).astype(np.float64)
    return (sparse.diags(np.asarray(edges.sum(axis=1)).ravel()) - edges).tocsr()


def borrowed_positions(
    faces: Int[np.ndarray, "f 3"],
    source: Float32[np.ndarray, "v 3"],
    trust: Float32[np.ndarray, " v"],
    rest: Float[np.ndarray, "v 3"],
    neck: Bool[np.ndarray, " v"],
) -> Float32[np.ndarray, "v 3"]:
    """Positions in the portrait that continue those of trusted vertices smoothly over the mesh.

    Minimises hold Σ trust |q - p|² + near Σ (1 - trust) |q - n|² + Σ |q_i - q_j|² over edges, where n is the
    position of the nearest trusted vertex. So hidden parts look up pixels near the rim, never beyond it.

    Args:
        faces: Triangles of the skin.
        source: p, image frame, px.
        trust: How well the portrait shows each vertex, [0, 1].
        rest: Where vertices are near each other, head frame.
        neck: Vertices of the neck; the head borrows nothing from them.
    """
    if not (trust > _SEEN).any():
        return source
    nearest = source[_nearest(rest, trust > _SEEN)]
    if (trust[~neck] > _SEEN).any():
        nearest[~neck] = source[_nearest(rest, (trust > _SEEN) & ~neck)[~neck]]
    hold, near = _HOLD * trust.astype(np.float64), _NEAR * (1 - trust.astype(np.float64)) + _STILL
    system = edge_laplacian(faces, len(source)) + sparse.diags(hold + near)
    found = splu(system.tocsc()).solve(hold[:, None] * source + near[:, None] * nearest)
    return found.astype(np.float32)


def _nearest(rest: Float[np.ndarray, "v 3"], among: Bool[np.ndarray, " v"]) -> Int[np.ndarray, " v"]:
    """Nearest chosen vertex to each vertex."""
    chosen = np.nonzero(among)[0]
    return np.asarray(chosen[cKDTree(rest[chosen]).query(rest)[1]])
