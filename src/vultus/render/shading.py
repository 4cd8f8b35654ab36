"""A shaded preview of a mesh."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.render.fragments import interpolate
from vultus.render.normals import vertex_normals
from vultus.render.raster import rasterise

CLAY = (0.78, 0.74, 0.70)
"""Colour of a mesh without colours, sRGB."""


@dataclass(frozen=True)
class Lamp:
    """A distant lamp."""

    towards: tuple[float, float, float]
    """Direction from the mesh to the lamp, view frame: x right, y up, z to the viewer; any length."""

    strength: float
    """Reflected share of a white surface that faces the lamp, linear light."""


@dataclass(frozen=True)
class Lighting:
    """A key lamp from above, a fill lamp beside it, a rim lamp and light from all round."""

    lamps: tuple[Lamp, ...] = (
        Lamp((-0.45, 0.55, 0.80), 0.62),
        Lamp((0.80, 0.10, 0.55), 0.20),
        Lamp((0.10, 0.60, -0.60), 0.12),
    )
    """Lambertian, one after the other."""

    sky: float = 0.24
    """Light from above, reaching a surface that faces up."""

    ground: float = 0.08
    """Light from below, reaching a surface that faces down."""

    gloss: float = 0.05
    """Strength of the first lamp's highlight."""


@dataclass(frozen=True)
class PreviewConfig:
    """How a preview looks."""

    lighting: Lighting = field(default_factory=Lighting)
    """Lamps and light from all round."""

    supersampling: int = 3
    """Samples along each side of a pixel; more than one smooths silhouettes."""

    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """sRGB [0, 1]."""


def shaded_preview(
    points_image: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    size_px: tuple[int, int],
    colours: Float[Tensor, "v 3"] | None = None,
    config: PreviewConfig = PreviewConfig(),
) -> Float[Tensor, "b 3 h w"]:
    """Render lit meshes with smooth shading.

    Light is added and pixels are averaged in linear light. A surface seen from behind is lit as if it faced
    the viewer.

    Args:
        points_image: Vertices, image frame, px.
        faces: Triangles, counter-clockwise from outside.
        size_px: Height and width of the picture.
        colours: Albedo of the vertices, sRGB [0, 1]; clay when absent.
        config: Lamps, smoothness, background.

    Returns:
        sRGB [0, 1].
    """
    if colours is None:
        colours = points_image.new_tensor(CLAY).expand(points_image.shape[1], 3)
    albedo = _to_linear(colours.to(points_image))
    normal = vertex_normals(points_image, faces) * points_image.new_tensor([1.0, -1.0, -1.0])  # view frame
    samples = config.supersampling
    fine_px = (size_px[0] * samples, size_px[1] * samples)
    fragments = rasterise(points_image * samples, faces, fine_px)
    attributes = torch.cat([normal, albedo.expand_as(normal)], -1)
    seen_normal, seen_albedo = interpolate(fragments, faces, attributes).split(3, dim=1)  # (b, 3, h, w)
    lit = _light(torch.nn.functional.normalize(seen_normal, dim=1), seen_albedo, config.lighting)
    background = _to_linear(lit.new_tensor(config.background))[None, :, None, None]
    fine = torch.where(fragments.mask[:, None], lit, background)
    return _to_srgb(torch.nn.functional.avg_pool2d(fine, samples).clamp(0, 1))


def _light(
    normal: Float[Tensor, "b 3 h w"], albedo: Float[Tensor, "b 3 h w"], lighting: Lighting
) -> Float[Tensor, "b 3 h w"]:
    normal = torch.where(normal[:, 2:] < 0, normal * normal.new_tensor([1, 1, -1])[:, None, None], normal)
    upward = (1 + normal[:, 1:2]) / 2
    received = lighting.ground + (lighting.sky - lighting.ground) * upward  # (b, 1, h, w)
    for lamp in lighting.lamps:
        received = received + lamp.strength * _cosine(normal, lamp.towards)
    key = normal.new_tensor(lighting.lamps[0].towards)
    halfway = torch.nn.functional.normalize(key, dim=0) + key.new_tensor([0.0, 0.0, 1.0])
    highlight = lighting.gloss * _cosine(normal, tuple(halfway.tolist())) ** 24
    return albedo * received + highlight


def _cosine(normal: Float[Tensor, "b 3 h w"], towards: tuple[float, ...]) -> Float[Tensor, "b 1 h w"]:
    direction = torch.nn.functional.normalize(normal.new_tensor(towards), dim=0)
    return torch.einsum("bchw,c->bhw", normal, direction).clamp_min(0)[:, None]


def _to_linear(srgb: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """IEC 61966-2-1."""
    return torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _to_srgb(linear: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """IEC 61966-2-1."""
    curved = 1.055 * linear.clamp_min(0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, linear * 12.92, curved)
