"""The z-buffer rasteriser: compiled loops on the CPU, vectorised torch elsewhere.

Coverage is decided by the signs of edge functions [pineda1988] in float64. Each edge is evaluated from the
same end whichever triangle asks, so that the two triangles at an edge get exactly opposite values: a pixel
centre beside it can be neither lost nor hit twice. A centre exactly on the edge belongs to the triangle whose
top or left edge it is.
"""

from typing import no_type_check

import numpy as np
import torch
from jaxtyping import Float, Int
from numba import njit
from torch import Tensor

from vultus.render.device import rasterise_vectorised
from vultus.render.fragments import Fragments

SMALLEST_POSITIVE = float(np.finfo(np.float64).tiny)
"""What an edge function must reach where the edge itself is excluded."""


def rasterise(
    points_image: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    size_px: tuple[int, int],
    cull_back: bool = False,
) -> Fragments:
    """Find the nearest triangle at each pixel's centre.

    Triangles without area or with a corner that is not finite show nothing. At equal depth, compared in
    float32, the first triangle is kept. One core does the work, with the interpreter's lock released.

    Args:
        points_image: Vertices, image frame, px; the smallest z is nearest. Gradients do not pass: see
            `with_differentiable_barycentric`.
        faces: Triangles, counter-clockwise from outside.
        size_px: Height and width of the picture.
        cull_back: Leave out triangles whose view-space normal has z <= 0.

    Example:
        >>> corner = torch.tensor([[[0.0, 0.0, 5.0], [0.0, 2.0, 5.0], [2.0, 0.0, 5.0]]])
        >>> rasterise(corner, torch.tensor([[0, 1, 2]]), (2, 3)).face_index
        tensor([[[ 0, -1, -1],
                 [-1, -1, -1]]])
    """
    points_image = points_image.detach()
    if points_image.device.type != "cpu":
        return rasterise_vectorised(points_image, faces, size_px, cull_back)
    frame_count = points_image.shape[0]
    face_index = torch.full((frame_count, *size_px), -1, dtype=torch.int64)
    barycentric = points_image.new_zeros(frame_count, *size_px, 3)
    depth = points_image.new_full((frame_count, *size_px), torch.inf)
    points, corners = np.ascontiguousarray(points_image.double().numpy()), np.ascontiguousarray(faces.numpy())
    outputs = face_index.numpy(), barycentric.numpy(), depth.numpy()
    for frame in range(frame_count):
        _draw(points[frame], corners, cull_back, *(output[frame] for output in outputs))
    return Fragments(face_index, barycentric, depth)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _draw(points, faces, cull_back, face_index, barycentric, depth):
    """Draw all triangles of one frame into its three pictures."""
    height, width = face_index.shape
    nearest = np.full((height, width), np.float32(np.inf), dtype=np.float32)
    for index in range(faces.shape[0]):
        i, j, k = faces[index, 0], faces[index, 1], faces[index, 2]
        ax, ay, az = points[i, 0], points[i, 1], points[i, 2]
        bx, by, bz = points[j, 0], points[j, 1], points[j, 2]
        cx, cy, cz = points[k, 0], points[k, 1], points[k, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # The image's y points down, so a front face has a negative area here.
        if not np.isfinite(area + az + bz + cz) or area == 0.0 or (cull_back and area > 0.0):
            continue
        left, right = _pixel_range(min(ax, bx, cx), max(ax, bx, cx), width)
        top, bottom = _pixel_range(min(ay, by, cy), max(ay, by, cy), height)
        if left >= right or top >= bottom:
            continue
        sign = 1.0 if area > 0.0 else -1.0
        ox0, oy0, dx0, dy0, least0 = _edge(bx, by, cx, cy, sign)
        ox1, oy1, dx1, dy1, least1 = _edge(cx, cy, ax, ay, sign)
        ox2, oy2, dx2, dy2, least2 = _edge(ax, ay, bx, by, sign)
        for row in range(top, bottom):
            y = row + 0.5
            along0, along1, along2 = dx0 * (y - oy0), dx1 * (y - oy1), dx2 * (y - oy2)
            for column in range(left, right):
                x = column + 0.5
                e0 = along0 - dy0 * (x - ox0)
                e1 = along1 - dy1 * (x - ox1)
                e2 = along2 - dy2 * (x - ox2)
                if e0 >= least0 and e1 >= least1 and e2 >= least2:
                    share = 1.0 / (e0 + e1 + e2)
                    e0, e1, e2 = e0 * share, e1 * share, e2 * share
                    z = e0 * az + e1 * bz + e2 * cz
                    rounded = np.float32(z)
                    if rounded < nearest[row, column]:
                        nearest[row, column] = rounded
                        face_index[row, column] = index
                        depth[row, column] = z
                        pixel = barycentric[row, column]
                        pixel[0], pixel[1], pixel[2] = e0, e1, e2


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _pixel_range(low, high, count):
    """First pixel whose centre may lie in [low, high], and one past the last."""
    first = max(np.ceil(low - 0.5), 0.0)
    last = min(np.floor(high - 0.5), count - 1.0)
    return (int(first), int(last) + 1) if first <= last else (0, 0)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _edge(ax, ay, bx, by, sign):
    """Origin and direction of the edge from a to b, and the least value of its function inside."""
    if ax > bx or (ax == bx and ay > by):
        ax, ay, bx, by, sign = bx, by, ax, ay, -sign
    dx, dy = sign * (bx - ax), sign * (by - ay)
    top_or_left = dy < 0.0 or (dy == 0.0 and dx > 0.0)
    return ax, ay, dx, dy, 0.0 if top_or_left else SMALLEST_POSITIVE
