"""Rasterising meshes and the guides made from them."""

from vultus.render.fragments import Fragments, interpolate, with_differentiable_barycentric
from vultus.render.raster import rasterise

__all__ = ["Fragments", "interpolate", "rasterise", "with_differentiable_barycentric"]
