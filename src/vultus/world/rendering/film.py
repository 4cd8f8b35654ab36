"""From linear light to the bytes of a picture."""

from typing import no_type_check

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from numba import njit

from vultus.world.rendering.stage import Film
from vultus.world.seeds import generator

ROWS = 256
"""Of the pictures that `Film.noise` and `Film.blur_px` are said for."""

GREY = 0.18
"""What a meter takes for the middle, linear."""

_WHITE = 3.0
"""Linear value that the shoulder brings to white."""

_STEPS = 4096


def develop(
    linear: Float32[np.ndarray, "h w 3"], film: Film, gain: float, key: tuple[int | str, ...]
) -> UInt8[np.ndarray, "h w 3"]:
    """Expose, blur, add noise, curve and compress.

    Args:
        linear: Light of each pixel.
        film: How.
        gain: What the meter says, without `Film.exposure_ev`.
        key: Names the noise: the stage's seed and the frame's number.

    Returns:
        sRGB.
    """
    height = linear.shape[0]
    deviation = film.blur_px * height / ROWS
    if deviation > 0.15:
        linear = cv2.GaussianBlur(linear, (0, 0), deviation, borderType=cv2.BORDER_REFLECT)
    gains = np.float32(gain * 2.0**film.exposure_ev) * np.asarray(film.white_balance, np.float32)
    strength = np.float32(noise_deviation(film.noise, height))
    grain = generator(*key, "grain").standard_normal(linear.shape, dtype=np.float32)
    rgb = np.empty(linear.shape, np.uint8)
    _expose(np.ascontiguousarray(linear), grain, gains, strength, tone_table(film.contrast), rgb)
    return rgb if film.quality >= 100 else _compressed(rgb, film.quality)


def noise_deviation(noise: float, rows: int) -> float:
    """Standard deviation of the linear noise at middle grey for `Film.noise`, which is said in sRGB."""
    slope = 2.4 / 1.055 * ((0.4614 + 0.055) / 1.055) ** 1.4  # d linear / d sRGB at middle grey
    return noise * slope * float(np.clip(rows / ROWS, 0.5, 1.25))


def tone_table(contrast: float) -> Float[np.ndarray, " n"]:
    """The tone curve, sRGB bytes (not yet rounded) over the square root of linear light in [0, 2].

    A shoulder [reinhard2002tone, Eq. 4] that leaves middle grey where it is, sRGB's curve, and an S.
    """
    linear = np.linspace(0.0, 2.0, _STEPS) ** 2
    lifted = _shoulder(linear) * (GREY / _shoulder(np.array([GREY]))[0])
    lifted = linear + (0.6 + 0.4 * min(contrast, 1.0)) * (lifted - linear)
    curved = linear_to_srgb(np.clip(lifted, 0, 1))
    curved = curved - 0.05 * contrast * np.sin(2 * np.pi * curved)
    return (255 * np.clip(curved, 0, 1)).astype(np.float32)


def linear_to_srgb(linear: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    """IEC 61966-2-1."""
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    )


def srgb_to_linear(srgb: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    """IEC 61966-2-1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _shoulder(linear: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    return linear * (1 + linear / _WHITE**2) / (1 + linear)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _expose(linear, grain, gains, strength, table, rgb):
    """Gain, noise that grows with the square root of light, and the curve."""
    last = table.shape[0] - 1
    for row in range(rgb.shape[0]):
        for column in range(rgb.shape[1]):
            for channel in range(3):
                light = max(linear[row, column, channel] * gains[channel], np.float32(0.0))
                growth = np.sqrt((light + np.float32(0.01)) / np.float32(0.19))
                light += grain[row, column, channel] * strength * growth
                place = np.sqrt(max(light, np.float32(0.0))) * np.float32(0.5 * last) + np.float32(0.5)
                rgb[row, column, channel] = np.uint8(table[min(int(place), last)] + np.float32(0.5))


def _compressed(rgb: UInt8[np.ndarray, "h w 3"], quality: int) -> UInt8[np.ndarray, "h w 3"]:
    """The picture after a passage through JPEG."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return cv2.cvtColor(np.asarray(decoded), cv2.COLOR_BGR2RGB)
