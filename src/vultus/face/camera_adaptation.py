"""Adapting a driver's camera to another person's clip, as HeadGAN's authors do [doukas2021headgan, code]."""

from typing import Literal, get_args

from jaxtyping import Float
from torch import Tensor

from vultus.face.smoothing import moving_average

WINDOW_FRAMES = 15
"""Length of the moving average."""

Mode = Literal["default", "standardized", "scale_only"]
MODES: tuple[Mode, ...] = get_args(Mode)


def adapt_camera(
    driving_scale: Float[Tensor, " t"],
    driving_translation: Float[Tensor, "t d"],
    reference_scale: Float[Tensor, " r"],
    reference_translation: Float[Tensor, "r d"],
    mode: Mode = "default",
) -> tuple[Float[Tensor, " t"], Float[Tensor, "t d"]]:
    """Bring the driver's scales and translations into the range of a reference clip's; rotations stay.

    Scales are multiplied by the ratio of the means, then averaged over 15 frames. Translations are compared
    in units of the head, t / s: they are shifted to the reference's mean ("default"), scaled to its
    standard deviation as well ("standardized"), both averaged over 15 frames, or kept ("scale_only"); then
    multiplied by the new scale. Not for self-reenactment, where the driver's camera is the right one.

    Args:
        driving_scale: px for each model unit.
        driving_translation: px.
        reference_scale: px for each model unit.
        reference_translation: px.
        mode: What is done to t / s.

    Returns:
        Scales and translations, as the driver's.
    """
    scale = driving_scale * (reference_scale.mean() / driving_scale.mean())
    scale = moving_average(scale[:, None], WINDOW_FRAMES)[:, 0]
    place = driving_translation / driving_scale[:, None]  # (t, d) model units
    if mode == "scale_only":
        return scale, place * scale[:, None]
    wanted = reference_translation / reference_scale[:, None]
    moved = place - place.mean(0)
    if mode == "standardized":
        moved = moved * (wanted.std(0, correction=0) / place.std(0, correction=0))
    return scale, moving_average(moved + wanted.mean(0), WINDOW_FRAMES) * scale[:, None]
