"""What a rasteriser leaves for each pixel, and attributes spread over it."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Fragments:
    """The nearest triangle at each pixel's centre."""

    face_index: Int[Tensor, "b h w"]
    """Triangle seen at the pixel's centre, -1 where there is none."""

    barycentric: Float[Tensor, "b h w 3"]
    """Weights of the triangle's three corners, [0, 1], summing to one; 0 where there is no triangle."""

    depth: Float[Tensor, "b h w"]
    """Distance along the image frame's z, px; +inf where there is no triangle."""

    def __getitem__(self, which: slice | tuple[slice, ...]) -> "Fragments":
        """A part of the frames, or of their rows and columns, as `face_index[which]` would give it."""
        return Fragments(self.face_index[which], self.barycentric[which], self.depth[which])

    @property
    def mask(self) -> Bool[Tensor, "b h w"]:
        """Whether the pixel shows a triangle."""
        return self.face_index >= 0


def interpolate(
    fragments: Fragments,
    faces: Int[Tensor, "f 3"],
    attributes: Float[Tensor, "b v c"] | Float[Tensor, "v c"],
    background: float = 0.0,
) -> Float[Tensor, "b c h w"]:
    """Spread vertex attributes over the pixels; differentiable in them and in the barycentric coordinates.

    Args:
        fragments: What is seen.
        faces: Triangles. Concretely, ``attributes[..., faces[i, k], :]`` belongs to corner k of triangle i.
        attributes: One row for each vertex, any unit; one set for all frames or one for each.
        background: Value where no triangle is seen.

    Returns:
        Picture of the attributes; channels come last in memory.
    """
    frame_count, height, width = fragments.face_index.shape
    seen = fragments.face_index.flatten()  # (b * h * w,)
    pixel = (seen >= 0).nonzero()[:, 0]  # (n,)
    corners = faces.long().index_select(0, seen.index_select(0, pixel))  # (n, 3)
    if attributes.ndim == 3:
        corners = corners + (pixel // (height * width) * attributes.shape[1])[:, None]
    table = attributes.flatten(0, -2)  # (v or b * v, c)
    weights = fragments.barycentric.to(table.dtype).reshape(-1, 3).index_select(0, pixel)
    spread = torch.nn.functional.embedding_bag(corners, table, mode="sum", per_sample_weights=weights)
    picture = table.new_full((len(seen), table.shape[1]), background).index_copy(0, pixel, spread)
    return picture.unflatten(0, (frame_count, height, width)).movedim(-1, 1)


def with_differentiable_barycentric(
    fragments: Fragments, points_image: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]
) -> Fragments:
    """Recompute barycentric coordinates and depth from the points, so that gradients reach the points.

    Which triangle a pixel shows is held fixed, so silhouettes move no gradient.

    Args:
        fragments: What is seen of these very points.
        points_image: Vertices, image frame, px.
        faces: Triangles.
    """
    height, width = fragments.face_index.shape[1:]
    corner_index = faces.long()[fragments.face_index.clamp_min(0)].flatten(1)  # (b, h * w * 3)
    corners = points_image.gather(1, corner_index[..., None].expand(-1, -1, 3))
    corners = corners.unflatten(1, (height, width, 3))  # (b, h, w, 3 corners, 3)
    columns = torch.arange(width, device=corners.device, dtype=corners.dtype) + 0.5
    rows = torch.arange(height, device=corners.device, dtype=corners.dtype) + 0.5
    centres = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)  # (h, w, 2) px
    to_corner = corners[..., :2] - centres[:, :, None]  # (b, h, w, 3, 2) px
    following, last = to_corner.roll(-1, -2), to_corner.roll(-2, -2)
    areas = following[..., 0] * last[..., 1] - following[..., 1] * last[..., 0]  # (b, h, w, 3) px², doubled
    seen = fragments.mask
    total = torch.where(seen, areas.sum(-1), torch.ones_like(areas[..., 0]))
    barycentric = torch.where(seen[..., None], areas, torch.zeros_like(areas)) / total[..., None]
    depth = torch.where(seen, (barycentric * corners[..., 2]).sum(-1), torch.inf)
    return replace(fragments, barycentric=barycentric, depth=depth)
