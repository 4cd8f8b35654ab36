"""The background that the head hides, completed."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8


def completed(rgb: UInt8[np.ndarray, "h w 3"], hole: Bool[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """Fill a hole from its surroundings; pixels outside are untouched.

    A pyramid fills it smoothly (pull, then push [gortler1996lumigraph, §5]); noise as strong as that around
    keeps the fill from looking painted.

    Args:
        rgb: The picture.
        hole: Pixels to replace.
    """
    if not hole.any() or hole.all():
        return rgb
    known = (~hole).astype(np.float32)
    smooth = push_pull(rgb.astype(np.float32), known)
    around = cv2.dilate(hole.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool) & ~hole
    whole = np.where(hole[..., None], smooth, rgb).astype(np.float32)
    detail = whole - cv2.GaussianBlur(whole, (0, 0), 1.5)
    strength = float(np.median(np.abs(detail[around]))) * 1.4826 if around.any() else 0.0
    grain = np.random.default_rng(0).normal(0, strength, hole.shape)[..., None]
    filled = (smooth + cv2.GaussianBlur(grain.astype(np.float32), (0, 0), 0.6).reshape(*hole.shape, 1)).clip(
        0, 255
    )
    return np.where(hole[..., None], filled.round().astype(np.uint8), rgb)


def push_pull(
    value: Float32[np.ndarray, "h w c"], weight: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w c"]:
    """Interpolate scattered values over a pyramid; where the weight is 1 they are kept.

    Args:
        value: Anything; ignored where the weight is 0.
        weight: [0, 1].
    """
    height, width = weight.shape
    value = np.where(weight[..., None] > 0, value, 0)
    if min(height, width) <= 2:
        mean = (value * weight[..., None]).sum((0, 1)) / max(float(weight.sum()), 1e-6)
        return value * weight[..., None] + mean.astype(np.float32) * (1 - weight[..., None])
    size = ((width + 1) // 2, (height + 1) // 2)
    total = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    below = cv2.resize(value * weight[..., None], size, interpolation=cv2.INTER_AREA)
    coarse = push_pull(below / np.maximum(total, 1e-6)[..., None], np.minimum(total * 4, 1))
    raised = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return value * weight[..., None] + raised * (1 - weight[..., None])
