"""Cutting squares out of frames: resampling, and what lies beyond the picture."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from vultus.data.real.recipes import Recipe
from vultus.face.crop import SquareCrop

BLUR_SHARE = 0.02
"""Sigma of the blur beyond the picture, in sides of the square [karras2019stylegan, preparation of FFHQ]."""

RAMP_SHARE = 0.12
"""Distance from the picture over which the blur and then the median colour take over, in sides."""

_FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "cubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def cut_out(rgb: UInt8[np.ndarray, "h w 3"], crop: SquareCrop, recipe: Recipe) -> UInt8[np.ndarray, "s s 3"]:
    """The frame that a recipe makes of a picture.

    Args:
        rgb: The picture.
        crop: What is cut out.
        recipe: Its size, resampling and border.
    """
    side = recipe.size_px
    if recipe.interpolation == "area":
        framed = crop.resample(rgb, side)
    else:
        small = Image.fromarray(crop.cut(rgb)).resize((side, side), _FILTERS[recipe.interpolation])
        framed = np.asarray(small)
    if recipe.border != "mirror":
        outside = outside_px(crop, rgb.shape[:2], side)
        if outside.any():
            framed = _blackened(framed, outside) if recipe.border == "black" else _blurred(framed, outside)
    return np.ascontiguousarray(framed)


def outside_px(crop: SquareCrop, size_px: tuple[int, ...], side_px: int) -> Float[np.ndarray, "s s"]:
    """How far each pixel of the resampled crop lies beyond the picture, px of the crop; 0 inside."""
    zoom = side_px / crop.side_px
    centres = (np.arange(side_px) + 0.5) / zoom
    beyond = [
        np.maximum(np.maximum(-(start + centres), start + centres - length), 0) * zoom
        for start, length in ((crop.top_px, size_px[0]), (crop.left_px, size_px[1]))
    ]
    return np.maximum(beyond[0][:, None], beyond[1][None])


def _blackened(
    framed: UInt8[np.ndarray, "s s 3"], outside: Float[np.ndarray, "s s"]
) -> UInt8[np.ndarray, "s s 3"]:
    return np.where(outside[..., None] > 0, np.uint8(0), framed)


def _blurred(
    framed: UInt8[np.ndarray, "s s 3"], outside: Float[np.ndarray, "s s"]
) -> UInt8[np.ndarray, "s s 3"]:
    """Beyond the picture the mirrored pixels fade into their blur, and that into the median colour."""
    side = len(framed)
    share = outside / (RAMP_SHARE * side)
    blur = cv2.GaussianBlur(framed, (0, 0), BLUR_SHARE * side)
    median = np.median(framed[outside == 0].reshape(-1, 3), axis=0) if (outside == 0).any() else (0, 0, 0)
    soft = np.clip(3 * share, 0, 1)[..., None]
    plain = np.clip(share - 1 / 3, 0, 1)[..., None]
    mixed = framed * (1 - soft) + blur * soft
    return np.rint(mixed * (1 - plain) + np.asarray(median) * plain).astype(np.uint8)
