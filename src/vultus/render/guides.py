"""Images rendered from meshes that steer generators."""

from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.morphable import MorphableModel
from vultus.render.fragments import Fragments, interpolate
from vultus.render.raster import rasterise


def nmfc_colours(model: MorphableModel) -> Float[Tensor, "v 3"]:
    """Normalise mean-face coordinates: stretch each axis of the mean to [0, 1] [doukas2021headgan, §3.1].

    Red grows to the subject's left, green upwards, blue out of the face.
    """
    low, high = model.mean.amin(0), model.mean.amax(0)
    return (model.mean - low) / (high - low)


def nmfc_image(
    model: MorphableModel,
    points_image: Float[Tensor, "b v 3"],
    size_px: tuple[int, int],
    flat: bool = False,
    cull_back: bool = False,
) -> Float[Tensor, "b 3 h w"]:
    """Render a posed mesh in the colours of the mean face [doukas2021headgan, §3.1].

    Args:
        model: Whose mesh it is.
        points_image: Posed vertices, image frame, px.
        size_px: Height and width of the picture.
        flat: Give each triangle the colour of its first corner, as HeadGAN's renderer does, instead of
            blending the corners' colours.
        cull_back: Leave out triangles seen from behind.

    Returns:
        [0, 1], black where there is no face.
    """
    fragments = rasterise(points_image, model.faces, size_px, cull_back)
    if flat:
        fragments = _at_first_corner(fragments)
    return interpolate(fragments, model.faces, nmfc_colours(model).to(points_image))


def displacement_field(
    points_source: Float[Tensor, "b v 3"],
    points_driving: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    size_px: tuple[int, int],
    unit: Literal["px", "ndc"] = "px",
    fragments: Fragments | None = None,
) -> Float[Tensor, "b 2 h w"]:
    """Render, on the driving mesh, where each surface point lies in the source [zhong2022gdpw, §3.2].

    V = P(M_s) - P(M_d) is spread over the driving mesh, back faces culled. Concretely, the pixel centred at x
    shows what the source shows at x + V(x).

    Args:
        points_source: P(M_s), image frame, px; one for each driving mesh.
        points_driving: P(M_d), image frame, px.
        faces: Triangles of both.
        size_px: Height and width of the picture.
        unit: "px", or "ndc", where each side of the picture is 2 long, as for `grid_sample`.
        fragments: The driving mesh as rasterised before; made here when absent.

    Returns:
        (x, y), y down; 0 where there is no face.
    """
    if fragments is None:
        fragments = rasterise(points_driving, faces, size_px, cull_back=True)
    offset = (points_source - points_driving)[..., :2]
    if unit == "ndc":
        offset = offset * offset.new_tensor([2 / size_px[1], 2 / size_px[0]])
    return interpolate(fragments, faces, offset)


def code_image(
    points_image: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    codes: Float[Tensor, "v c"] | Float[Tensor, "b v c"],
    size_px: tuple[int, int],
    cull_back: bool = True,
) -> Float[Tensor, "b c h w"]:
    """Render learned codes of the vertices [zhong2022gdpw, §3.2]; gradients reach the codes.

    Args:
        points_image: Posed vertices, image frame, px.
        faces: Triangles.
        codes: E, one row for each vertex.
        size_px: Height and width of the picture.
        cull_back: Leave out triangles seen from behind.

    Returns:
        Blended codes, 0 where there is no face.
    """
    return interpolate(rasterise(points_image, faces, size_px, cull_back), faces, codes)


def _at_first_corner(fragments: Fragments) -> Fragments:
    """The same triangles with all weight on the first corner."""
    first = torch.zeros_like(fragments.barycentric)
    first[..., 0] = fragments.mask.to(first)
    return replace(fragments, barycentric=first)
