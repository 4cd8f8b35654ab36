"""The rasteriser in vectorised torch, for accelerators; the same numbers as the compiled one."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from vultus.render.fragments import Fragments

CANDIDATES_AT_ONCE = 1 << 20
"""Pairs of a triangle and a pixel in its bounding box that are tested together; bounds memory."""

SMALLEST_POSITIVE = torch.finfo(torch.float64).tiny
EMPTY = torch.iinfo(torch.int64).max


@dataclass(frozen=True)
class _Triangles:
    """Triangles of all frames that may show, ready to be tested; float64."""

    frame: Int[Tensor, " n"]
    face: Int[Tensor, " n"]
    depth: Float[Tensor, "n 3"]
    origin: Float[Tensor, "n 3 2"]
    direction: Float[Tensor, "n 3 2"]
    least: Float[Tensor, "n 3"]
    first_px: Int[Tensor, "n 2"]
    extent_px: Int[Tensor, "n 2"]

    def take(self, index: Int[Tensor, " m"]) -> "_Triangles":
        return _Triangles(*(value[index] for value in vars(self).values()))


def rasterise_vectorised(
    points_image: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    size_px: tuple[int, int],
    cull_back: bool = False,
) -> Fragments:
    """`vultus.render.raster.rasterise` for points on any device that knows float64.

    Every triangle meets every pixel in its bounding box; depth and triangle index are packed into one
    integer, whose minimum at each pixel is the visible triangle.
    """
    height, width = size_px
    points, faces = points_image.detach().double(), faces.long()
    triangles = _set_up(points, faces, size_px, cull_back)
    packed = torch.full((points.shape[0] * height * width,), EMPTY, device=points.device)
    for chunk in _chunks(triangles.extent_px.prod(-1)):
        _test(triangles.take(chunk), size_px, packed)
    packed = packed.unflatten(0, (points.shape[0], height, width))
    face_index = torch.where(packed == EMPTY, -1, packed & 0xFFFFFFFF)
    return _measure(points, faces, face_index, points_image.dtype)


def _set_up(
    points: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"], size_px: tuple[int, int], cull_back: bool
) -> _Triangles:
    corners = points[:, faces]  # (b, f, 3 corners, 3)
    ab, ac = corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0]
    area = ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]  # (b, f) px², doubled
    limit = torch.tensor([size_px[1], size_px[0]], device=points.device, dtype=points.dtype)
    # nan_to_num first: a corner that is not finite must not reach the conversion to integers.
    tame = corners[..., :2].nan_to_num()
    first = (tame.amin(2) - 0.5).ceil().clamp_min(0)  # (b, f, 2)
    last = torch.minimum((tame.amax(2) - 0.5).floor(), limit - 1)
    shown = corners.isfinite().all(-1).all(-1) & area.isfinite() & (area != 0) & (first <= last).all(-1)
    if cull_back:
        shown = shown & (area < 0)
    frame, face = shown.nonzero(as_tuple=True)
    corners, first, last, area = (value[frame, face] for value in (corners, first, last, area))
    origin, direction, least = _edges(corners[..., :2], area.sign())
    extent = (last - first + 1).long()
    return _Triangles(frame, face, corners[..., 2], origin, direction, least, first.long(), extent)


def _edges(
    corners: Float[Tensor, "n 3 2"], sign: Float[Tensor, " n"]
) -> tuple[Float[Tensor, "n 3 2"], Float[Tensor, "n 3 2"], Float[Tensor, "n 3"]]:
    """Origin, direction and least inside value of the edge opposite each corner."""
    a, b = corners.roll(-1, 1), corners.roll(-2, 1)
    swapped = (a[..., 0] > b[..., 0]) | ((a[..., 0] == b[..., 0]) & (a[..., 1] > b[..., 1]))
    origin, end = torch.where(swapped[..., None], b, a), torch.where(swapped[..., None], a, b)
    sign = torch.where(swapped, -sign[:, None], sign[:, None])
    direction = sign[..., None] * (end - origin)
    dx, dy = direction.unbind(-1)
    top_or_left = (dy < 0) | ((dy == 0) & (dx > 0))
    least = torch.full_like(dx, SMALLEST_POSITIVE).masked_fill(top_or_left, 0.0)
    return origin, direction, least


def _chunks(candidate_count: Int[Tensor, " n"]) -> tuple[Int[Tensor, " _"], ...]:
    """Runs of triangles with about `CANDIDATES_AT_ONCE` candidates each."""
    if not len(candidate_count):
        return ()
    index = torch.arange(len(candidate_count), device=candidate_count.device)
    run = (candidate_count.cumsum(0) - candidate_count) // CANDIDATES_AT_ONCE
    return index.split(run.unique_consecutive(return_counts=True)[1].tolist())


def _test(triangles: _Triangles, size_px: tuple[int, int], packed: Int[Tensor, " p"]) -> None:
    """Enter the candidates that lie inside their triangle into the packed z-buffer."""
    count = triangles.extent_px.prod(-1)
    owner = torch.arange(len(count), device=count.device).repeat_interleave(count)  # (m,)
    within = torch.arange(len(owner), device=count.device) - (count.cumsum(0) - count)[owner]
    wide = triangles.extent_px[owner, 0]
    column = triangles.first_px[owner, 0] + within % wide
    row = triangles.first_px[owner, 1] + within // wide
    value = _edge_values(triangles.origin[owner], triangles.direction[owner], column, row)
    inside = _all_reach(value, triangles.least[owner])
    owner, column, row, value = owner[inside], column[inside], row[inside], value[inside]
    pixel = (triangles.frame[owner] * size_px[0] + row) * size_px[1] + column
    key = (_sortable(_blend(value, triangles.depth[owner]).float()) << 32) | triangles.face[owner]
    packed.scatter_reduce_(0, pixel, key, "amin")


def _edge_values(
    origin: Float[Tensor, "m 3 2"],
    direction: Float[Tensor, "m 3 2"],
    column: Int[Tensor, " m"],
    row: Int[Tensor, " m"],
) -> Float[Tensor, "m 3"]:
    x, y = column[:, None] + 0.5, row[:, None] + 0.5
    return direction[..., 0] * (y - origin[..., 1]) - direction[..., 1] * (x - origin[..., 0])


def _all_reach(value: Float[Tensor, "m 3"], least: Float[Tensor, "m 3"]) -> Bool[Tensor, " m"]:
    return (value >= least).all(-1)


def _blend(value: Float[Tensor, "m 3"], depth: Float[Tensor, "m 3"]) -> Float[Tensor, " m"]:
    """Depth of each candidate, added up in the compiled rasteriser's order so that both round alike."""
    w0, w1, w2 = _shares(value).unbind(-1)
    z0, z1, z2 = depth.unbind(-1)
    return w0 * z0 + w1 * z1 + w2 * z2


def _shares(value: Float[Tensor, "m 3"]) -> Float[Tensor, "m 3"]:
    """Barycentric coordinates from the three edge functions."""
    e0, e1, e2 = value.unbind(-1)
    return value * (1 / (e0 + e1 + e2))[:, None]


def _sortable(depth: Float[Tensor, " m"]) -> Int[Tensor, " m"]:
    """Integers in the order of the float32 numbers they stand for."""
    bits = (depth + 0.0).view(torch.int32)  # adding zero turns -0 into +0
    return torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()


def _measure(
    points: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    face_index: Int[Tensor, "b h w"],
    dtype: torch.dtype,
) -> Fragments:
    """Barycentric coordinates and depth of the visible triangles."""
    barycentric = torch.zeros(*face_index.shape, 3, device=points.device, dtype=dtype)
    depth = torch.full(face_index.shape, torch.inf, device=points.device, dtype=dtype)
    frame, row, column = (face_index >= 0).nonzero(as_tuple=True)
    corners = points[frame[:, None], faces[face_index[frame, row, column]]]  # (m, 3 corners, 3)
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    sign = (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]).sign()
    origin, direction, _ = _edges(corners[..., :2], sign)
    value = _edge_values(origin, direction, column, row)
    barycentric[frame, row, column] = _shares(value).to(dtype)
    depth[frame, row, column] = _blend(value, corners[..., 2]).to(dtype)
    return Fragments(face_index, barycentric, depth)
