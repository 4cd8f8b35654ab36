"""How far a head may leave its portrait's pose: motion beyond what a warp can show is eased off."""

import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from vultus.methods.warp.config import WarpConfig


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


def limited(track: Track, source: Track, head_px: float, config: WarpConfig) -> Track:
    """A track whose cameras stay near the source's.

    Args:
        track: Cameras in the portrait's pixels.
        source: The portrait's own pose, one frame.
        head_px: Size of the head in the portrait, px.
        config: Limits.
    """
    origin = matrix_from_axis_angle(source.rotation_rad)
    turn = axis_angle_from_matrix(matrix_from_axis_angle(track.rotation_rad) @ origin.mT)
    turn = _shortened(turn, config.turn_limit_rad)
    rotation = axis_angle_from_matrix(matrix_from_axis_angle(turn) @ origin)
    shift = _shortened(track.translation_px - source.translation_px, config.shift_limit * head_px)
    zoom = torch.log(track.scale / source.scale)
    zoom = zoom.sign() * soft_limit(zoom.abs(), config.zoom_limit)
    return track.replace(
        rotation_rad=rotation,
        translation_px=source.translation_px + shift,
        scale=source.scale * torch.exp(zoom),
    )


def _shortened(vectors: Float[Tensor, "t d"], limit: float) -> Float[Tensor, "t d"]:
    length = vectors.norm(dim=-1, keepdim=True)
    return vectors * soft_limit(length, limit) / length.clamp_min(1e-9)
