"""How far a head may leave its portrait's pose: motion beyond what a picture can show is eased off."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_axis_angle


@dataclass(frozen=True, kw_only=True)
class MotionLimits:
    """What is never exceeded; half of it passes unchanged."""

    turn_rad: float = 0.70
    """Rotation from the portrait's pose, rad."""

    shift: float = 0.28
    """Shift of the head, in sizes of the head."""

    zoom: float = 0.25
    """Change of the head's size, |ln ratio|."""


def soft_limit(length: Float[Tensor, "*b"], limit: float) -> Float[Tensor, "*b"]:
    """Ease lengths off so that they never reach `limit`; up to half of it they pass unchanged.

    Args:
        length: At least 0.
        limit: In the same unit.

    Example:
        >>> soft_limit(torch.tensor([0.2, 1.0, 100.0]), 1.0)
        tensor([0.2000, 0.8808, 1.0000])
    """
    knee = limit / 2
    beyond = (length - knee).clamp_min(0) / (limit - knee)
    return torch.where(length <= knee, length, knee + (limit - knee) * torch.tanh(beyond))


def limited(track: Track, source: Track, head_px: float, limits: MotionLimits = MotionLimits()) -> Track:
    """A track whose cameras stay near the source's; those that are near pass bit for bit.

    Args:
        track: Cameras in the portrait's pixels.
        source: The portrait's own pose, one frame.
        head_px: Size of the head in the portrait, px.
        limits: What is never exceeded.
    """
    origin = matrix_from_axis_angle(source.rotation_rad)
    turn = axis_angle_from_matrix(matrix_from_axis_angle(track.rotation_rad) @ origin.mT)
    far = turn.norm(dim=-1, keepdim=True) > limits.turn_rad / 2
    turned = axis_angle_from_matrix(matrix_from_axis_angle(_shortened(turn, limits.turn_rad)) @ origin)
    shift, reach = track.translation_px - source.translation_px, limits.shift * head_px
    away = shift.norm(dim=-1, keepdim=True) > reach / 2
    zoom = torch.log(track.scale / source.scale)
    eased = zoom.sign() * soft_limit(zoom.abs(), limits.zoom)
    return track.replace(
        rotation_rad=torch.where(far, turned, track.rotation_rad),
        translation_px=torch.where(
            away, source.translation_px + _shortened(shift, reach), track.translation_px
        ),
        scale=torch.where(zoom.abs() > limits.zoom / 2, source.scale * torch.exp(eased), track.scale),
    )


def _shortened(vectors: Float[Tensor, "t d"], limit: float) -> Float[Tensor, "t d"]:
    length = vectors.norm(dim=-1, keepdim=True)
    return vectors * soft_limit(length, limit) / length.clamp_min(1e-9)
