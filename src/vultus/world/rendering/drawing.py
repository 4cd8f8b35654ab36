"""Stages drawn at random: from an overcast day to a lamp at the side, from a good camera to a poor one."""

import numpy as np
from jaxtyping import Float

from vultus.world.rendering.harmonics import ambient_harmonics, lamp_harmonics, reflected
from vultus.world.rendering.stage import Film, Lens, Light, Rgb, Stage
from vultus.world.seeds import generator

_FACING = np.array([[0.0, 0.0, 1.0], [0.5, 0.3, 0.81], [-0.5, 0.3, 0.81]])
_WARMEST, _COOLEST = np.array([1.0, 0.72, 0.44]), np.array([0.80, 0.92, 1.18])
_AFFINE_SHARE = 0.3


def draw_stage(seed: int) -> Stage:
    """A random stage; a face that looks into the camera is never lost in the dark.

    Example:
        >>> draw_stage(3) == draw_stage(3), draw_stage(3) == draw_stage(4)
        (True, False)
    """
    return Stage(
        seed,
        _draw_lens(generator(seed, "lens")),
        _draw_light(generator(seed, "light")),
        _draw_film(generator(seed, "film")),
    )


def _draw_lens(rng: np.random.Generator) -> Lens:
    affine, nearness = rng.random() < _AFFINE_SHARE, rng.random()
    return Lens(None if affine else round(float(1 / (1 / 12 + nearness * (1 / 2.6 - 1 / 12))), 3))


def _draw_light(rng: np.random.Generator) -> Light:
    key_share = rng.uniform(0.25, 0.78)  # of the light on a face turned to the camera
    azimuth = np.radians(rng.choice([-1, 1]) * rng.triangular(5, 38, 80))
    elevation = np.radians(rng.triangular(2, 32, 58))
    key = np.array(
        [np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)]
    )
    warmth = rng.uniform(0, 1)
    key_colour, sky_colour = _tint(warmth), _tint(np.clip(rng.normal(1 - warmth, 0.25), 0, 1))
    coefficients = ambient_harmonics(0.5 * sky_colour)
    coefficients += lamp_harmonics(np.array([0.0, 1.0, 0.3]), rng.uniform(0.1, 0.6) * sky_colour, 1.0)
    coefficients += lamp_harmonics(np.array([0.0, -1.0, 0.3]), rng.uniform(0.0, 0.25) * _tint(0.3), 1.0)
    for _ in range(2):
        side = np.array([rng.uniform(-1, 1), rng.uniform(-0.3, 0.8), rng.uniform(-0.5, 0.7)])
        coefficients += lamp_harmonics(side, rng.uniform(0.0, 0.45) * _tint(rng.random()), 0.6)
    coefficients *= (1 - key_share) / reflected(coefficients, _FACING).mean()
    strength = key_share / max(float((_FACING @ key).clip(0).mean()), 0.35)
    return Light(
        tuple(_rgb(row) for row in coefficients),
        (float(key[0]), float(key[1]), float(key[2])),
        _rgb(strength * key_colour),
        float(rng.uniform(0.15, 1.0)),
    )


def _draw_film(rng: np.random.Generator) -> Film:
    cast = np.exp(rng.normal(0, 0.035, 3))
    return Film(
        exposure_ev=float(np.clip(rng.normal(0.0, 0.3), -0.6, 0.6)),
        metering=float(rng.uniform(0.35, 0.8)),
        white_balance=_rgb(cast / cast.mean()),
        contrast=float(rng.uniform(0.2, 0.9)),
        noise=float(0.003 + 0.02 * rng.random() ** 2),
        blur_px=float(rng.uniform(0.0, 0.7)),
        quality=int(rng.integers(70, 98)),
    )


def _tint(warmth: float) -> Float[np.ndarray, " 3"]:
    """Colour of a lamp from cool (0) to warm (1), of the same luminance, half corrected by the camera."""
    colour = _COOLEST ** (1 - warmth) * _WARMEST**warmth
    colour = colour**0.5
    return colour / (colour @ np.array([0.2126, 0.7152, 0.0722]))


def _rgb(values: Float[np.ndarray, " 3"]) -> Rgb:
    return float(values[0]), float(values[1]), float(values[2])
