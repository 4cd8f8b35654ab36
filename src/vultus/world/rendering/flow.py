"""Where each visible point of one frame lies in another, exactly: both show the same mesh."""

import numpy as np
from jaxtyping import Bool, Float, Float32

from vultus.data.track import Track
from vultus.world.rendering.renderer import Posed, WorldRenderer

_TOLERANCE_MM = 2.0
"""A surface this far in front of a point does not hide it: depths are compared beside the point, at the
nearest pixel's centre."""

_STEEPEST = 4.0


def optical_flow(
    renderer: WorldRenderer, track: Track, i: int, j: int
) -> tuple[Float32[np.ndarray, "h w 2"], Bool[np.ndarray, "h w"]]:
    """Displacement from frame i to frame j of what is seen at each pixel's centre.

    The background stands still: its flow is 0.

    Args:
        renderer: Who renders the clip.
        track: The clip's.
        i: Row of the frame whose pixels are asked for.
        j: Row of the other frame.

    Returns:
        (x, y), px, y down, and whether frame j shows the point: inside the picture and not hidden.
        Concretely, what frame i shows at x is at x + flow in frame j.
    """
    here, there = (next(renderer.pose(track[row : row + 1])) for row in (i, j))
    return flow_between(renderer, here, there)


def flow_between(
    renderer: WorldRenderer, here: Posed, there: Posed
) -> tuple[Float32[np.ndarray, "h w 2"], Bool[np.ndarray, "h w"]]:
    """`optical_flow` of two posed frames."""
    seen, other = renderer.visible(here, 1), renderer.visible(there, 1)
    face, mask = seen.face_index[0].numpy(), seen.mask[0].numpy()
    corners = renderer.surface.faces[face[mask]]  # (n, 3)
    weights = seen.barycentric[0].numpy()[mask].astype(np.float64)  # (n, 3)
    triangles = there.bent.numpy().astype(np.float64)[corners]  # (n, 3 corners, 3)
    place = np.einsum("nkx,nk->nx", triangles, weights)
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    flow, visible = np.zeros((height, width, 2), np.float32), ~mask & ~other.mask[0].numpy()
    flow[mask] = place[:, :2] - np.stack([columns + 0.5, rows + 0.5], -1)
    tolerance = _TOLERANCE_MM * there.px_per_mm
    visible[mask] = _shown(triangles, place, other.depth[0].numpy(), tolerance)
    return flow, visible


def _shown(
    triangles: Float[np.ndarray, "n 3 3"],
    place: Float[np.ndarray, "n 3"],
    depth: Float[np.ndarray, "h w"],
    tolerance_px: float,
) -> Bool[np.ndarray, " n"]:
    """Whether nothing lies in front of points on triangles, and the triangles face the viewer."""
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    column, row = np.floor(place[:, 0]).astype(int), np.floor(place[:, 1]).astype(int)
    height, width = depth.shape
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    column, row = column.clip(0, width - 1), row.clip(0, height - 1)
    ahead = np.where(np.abs(normal[:, 2]) > 1e-9, normal[:, 2], 1e-9)
    slope = np.clip(-normal[:, :2] / ahead[:, None], -_STEEPEST, _STEEPEST)
    centre = np.stack([column + 0.5, row + 0.5], -1)
    expected = place[:, 2] + ((centre - place[:, :2]) * slope).sum(-1)
    # A front face has a negative area in the image frame, whose y points down.
    return inside & (normal[:, 2] < 0) & (expected <= depth[row, column] + tolerance_px)
