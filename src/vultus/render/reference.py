"""The rasteriser, slow and obvious: rational arithmetic in plain loops, to test the fast ones against."""

from fractions import Fraction
from math import isfinite

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.render.fragments import Fragments

Corner = tuple[Fraction, ...]


def rasterise(
    points_image: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    size_px: tuple[int, int],
    cull_back: bool = False,
) -> Fragments:
    """`vultus.render.raster.rasterise`, one triangle and one pixel after the other."""
    frame_count = points_image.shape[0]
    face_index = torch.full((frame_count, *size_px), -1, dtype=torch.int64)
    barycentric = torch.zeros(frame_count, *size_px, 3, dtype=torch.float64)
    depth = torch.full((frame_count, *size_px), torch.inf, dtype=torch.float64)
    for frame, points in enumerate(points_image.tolist()):
        for index, face in enumerate(faces.tolist()):
            corners = [points[vertex] for vertex in face]
            if not all(isfinite(value) for corner in corners for value in corner):
                continue
            exact = [tuple(Fraction(value) for value in corner) for corner in corners]
            for row, column, weights in _covered(exact, size_px, cull_back):
                z = float(sum(weight * corner[2] for weight, corner in zip(weights, exact, strict=True)))
                if torch.tensor(z).float() < depth[frame, row, column].float():
                    face_index[frame, row, column] = index
                    barycentric[frame, row, column] = torch.tensor([float(weight) for weight in weights])
                    depth[frame, row, column] = z
    return Fragments(face_index, barycentric.to(points_image.dtype), depth.to(points_image.dtype))


def _covered(
    corners: list[Corner], size_px: tuple[int, int], cull_back: bool
) -> list[tuple[int, int, list[Fraction]]]:
    """Row, column and barycentric coordinates of each pixel whose centre lies in the triangle."""
    a, b, c = corners
    area = _cross(a, b, c)
    if area == 0 or (cull_back and area > 0):  # y points down: front faces have a negative area
        return []
    covered = []
    for row in _candidates([corner[1] for corner in corners], size_px[0]):
        for column in _candidates([corner[0] for corner in corners], size_px[1]):
            centre = (column + Fraction(1, 2), row + Fraction(1, 2), Fraction(0))
            weights = [_cross(p, q, centre) / area for p, q in ((b, c), (c, a), (a, b))]
            clockwise = corners if area > 0 else [a, c, b]
            if all(weight >= 0 for weight in weights) and not _on_excluded_edge(clockwise, centre):
                covered.append((row, column, weights))
    return covered


def _candidates(values: list[Fraction], count: int) -> range:
    """Pixels along one axis that the values' range touches."""
    return range(max(int(min(values)) - 1, 0), min(int(max(values)) + 1, count))


def _on_excluded_edge(clockwise: list[Corner], centre: Corner) -> bool:
    """Whether the centre lies on a bottom or right edge; clockwise as seen in the picture."""
    for start, end in zip(clockwise, [*clockwise[1:], clockwise[0]], strict=True):
        upwards, level, rightwards = end[1] < start[1], end[1] == start[1], end[0] > start[0]
        top_or_left = upwards or (level and rightwards)
        if _cross(start, end, centre) == 0 and not top_or_left:
            return True
    return False


def _cross(a: Corner, b: Corner, c: Corner) -> Fraction:
    """Doubled area of the triangle a, b, c; positive if clockwise as seen in the picture."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
