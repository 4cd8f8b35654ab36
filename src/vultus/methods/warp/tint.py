"""Matching rendered colours to a picture's exposure and saturation."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BRIGHT = 0.80
_CHROMA = 0.16


@dataclass(frozen=True)
class Tint:
    """How albedo turns into the picture's colours."""

    gain: float
    """Brightness of white in the picture, relative."""

    chroma: float
    """Saturation relative to an ordinary photograph; 0 in a grey one."""

    def __call__(self, albedo: Float32[np.ndarray, "*n 3"]) -> Float32[np.ndarray, "*n 3"]:
        """Colours as the picture would show them, [0, 255].

        Args:
            albedo: RGB, [0, 1].
        """
        luma = (albedo @ _LUMA)[..., None]
        return (255 * self.gain * (luma + self.chroma * (albedo - luma))).clip(0, 255).astype(np.float32)


def tint_of(skin: UInt8[np.ndarray, "n 3"]) -> Tint:
    """Judge a picture by the pixels of its face.

    Args:
        skin: RGB. Their brightest tenth tells the exposure, as skin's own tone says little.
    """
    if not len(skin):
        return Tint(1.0, 1.0)
    colours = skin / 255
    luma = colours @ _LUMA
    spread = np.abs(colours - luma[:, None]).max(axis=1)
    gain = float(np.quantile(luma, 0.9)) / _BRIGHT
    chroma = float(np.median(spread / np.maximum(luma, 0.05))) / _CHROMA
    return Tint(min(max(gain, 0.25), 1.1), min(chroma, 1.15))
