"""Graded distortions of pictures: what the world's extractors learn to see, and are calibrated with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

Picture = UInt8[np.ndarray, "h w 3"]
STRENGTHS = (0.15, 0.35, 0.6, 1.0)
"""Strengths that are compared with each other when distances are calibrated."""


def blur(rgb: Picture, strength: float) -> Picture:
    """Gaussian blur, σ up to 3 % of the side."""
    sigma = max(strength * 0.03 * min(rgb.shape[:2]), 1e-3)
    return cv2.GaussianBlur(rgb, (0, 0), sigma)


def noise(rgb: Picture, strength: float, seed: int = 0) -> Picture:
    """White noise, σ up to 40 of 255."""
    grain = np.random.default_rng(seed).normal(size=rgb.shape) * (40 * strength)
    return np.clip(np.rint(rgb + grain), 0, 255).astype(np.uint8)


def jpeg(rgb: Picture, strength: float) -> Picture:
    """JPEG of quality 70 down to 5."""
    _, coded = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, round(70 - 65 * strength)])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))


def colour(rgb: Picture, strength: float) -> Picture:
    """Red up and blue down by up to 50 of 255."""
    shift = np.array([50.0, 0.0, -50.0]) * strength
    return np.clip(np.rint(rgb + shift), 0, 255).astype(np.uint8)


def coarse(rgb: Picture, strength: float) -> Picture:
    """Shrunk to as little as an eighth and enlarged again."""
    height, width = rgb.shape[:2]
    share = 1 / (1 + 7 * strength)
    small = cv2.resize(
        rgb, (max(round(width * share), 1), max(round(height * share), 1)), interpolation=cv2.INTER_AREA
    )
    large: np.ndarray = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return large


def ripple(rgb: Picture, strength: float) -> Picture:
    """A wave of two periods that moves pixels by up to 4 % of the side."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = 0.04 * strength * min(height, width)
    across = x + reach * np.sin(4 * np.pi * y / height)
    down = y + reach * np.cos(4 * np.pi * x / width)
    moved: np.ndarray = cv2.remap(
        rgb,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return moved


DISTORTIONS: Mapping[str, Callable[[Picture, float], Picture]] = {
    "blur": blur,
    "noise": noise,
    "jpeg": jpeg,
    "colour": colour,
    "coarse": coarse,
    "ripple": ripple,
}
"""Each with a strength in [0, 1]; stronger is further from the picture."""


@dataclass(frozen=True)
class Spoilt:
    """A picture as training sees it."""

    rgb: Picture
    """The distorted picture."""

    strengths: Float[np.ndarray, " k"]
    """How strong each of `DISTORTIONS` was, 0 for none; in their order."""


def spoil(rgb: Picture, draws: np.random.Generator, share: float = 0.3) -> Spoilt:
    """Apply each distortion with probability `share` and a random strength, and change light and contrast.

    Light and contrast are not counted: the world's cameras differ in them as well.
    """
    gain, offset = draws.uniform(0.75, 1.25), draws.uniform(-20, 20)
    rgb = np.clip(np.rint((rgb - 127.5) * gain + 127.5 + offset), 0, 255).astype(np.uint8)
    strengths = np.where(draws.random(len(DISTORTIONS)) < share, draws.random(len(DISTORTIONS)), 0.0)
    seed = int(draws.integers(1 << 31))
    for strength, (name, distort) in zip(strengths, DISTORTIONS.items(), strict=True):
        if strength > 0:
            rgb = noise(rgb, float(strength), seed) if name == "noise" else distort(rgb, float(strength))
    return Spoilt(rgb, strengths)
