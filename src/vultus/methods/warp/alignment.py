"""Drawing the fitted mesh to the portrait: a smooth offset that brings its landmarks to detected ones."""

import numpy as np
from jaxtyping import Float, Int, UInt8
from scipy import sparse
from scipy.sparse.linalg import splu

from vultus.errors import AssetMissingError
from vultus.face.detectors import DETECTORS
from vultus.methods.warp.hidden import edge_laplacian
from vultus.methods.warp.parts import SKIN, HeadParts

_HOLD = 3.0
_STILL = 0.002


def detected_points(
    rgb: UInt8[np.ndarray, "h w 3"], expected_px: Float[np.ndarray, "l 2"]
) -> Float[np.ndarray, "468 2"] | None:
    """Landmarks of the face in a crop, or None without a detector, a face, or where it is another face.

    Args:
        rgb: The crop around the head.
        expected_px: The fitted model's landmarks in the crop, px.
    """
    try:
        detector = DETECTORS["mediapipe"](video=False, face_count=3)
        faces = detector.detect(rgb)
        detector.close()
    except AssetMissingError:
        return None
    size = float(np.ptp(expected_px, axis=0).max())
    middle = expected_px.mean(axis=0)
    near = [f.points_image[:468, :2] for f in faces]
    near = [p for p in near if np.linalg.norm(p.mean(axis=0) - middle) < 0.25 * size]
    return min(near, key=lambda p: float(np.linalg.norm(p.mean(axis=0) - middle))) if near else None


def landmark_offsets(
    parts: HeadParts,
    vertex_count: int,
    corners: Int[np.ndarray, "l 3"],
    weights: Float[np.ndarray, "l 3"],
    offset_px: Float[np.ndarray, "l 2"],
) -> Float[np.ndarray, "v 2"]:
    """Spread offsets of landmarks over the mesh, smoothly along its edges.

    Minimises hold Σ |w · d - offset|² + |L d|² + still |d|², with L the graph Laplacian of the skin.
    Eyeballs and the mouth's interior move as wholes, with what surrounds them.

    Args:
        parts: The mesh.
        vertex_count: v.
        corners: Vertices of the triangle that each landmark lies in.
        weights: Barycentric coordinates of each landmark.
        offset_px: Wanted offsets, px.
    """
    laplacian = edge_laplacian(parts.faces[parts.label == SKIN], vertex_count)
    degree = laplacian.diagonal()
    laplacian = sparse.diags(1 / np.maximum(degree, 1)) @ laplacian
    rows = np.repeat(np.arange(len(corners)), 3)
    pick = sparse.csr_matrix((weights.ravel(), (rows, corners.ravel())), (len(corners), vertex_count))
    system = _HOLD * pick.T @ pick + laplacian.T @ laplacian + _STILL * sparse.identity(vertex_count)
    offset = splu(system.tocsc()).solve(np.asarray(_HOLD * pick.T @ offset_px))
    offset *= (1 - parts.fixed)[:, None]
    for inside in (*parts.eyes, parts.mouth):
        if len(inside):
            offset[inside] = offset[_around(parts, inside)].mean(axis=0)
    return offset


def _around(parts: HeadParts, inside: Int[np.ndarray, " n"]) -> Int[np.ndarray, " m"]:
    """Vertices of the skin around an opening: the lids of an eye, the lips of the mouth."""
    if inside is parts.mouth and len(parts.lips):
        return parts.lips
    return parts.lids[0] if inside is parts.eyes[0] else parts.lids[1]
