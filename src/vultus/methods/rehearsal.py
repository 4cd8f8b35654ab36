"""One frame of nobody: shows that a method works, and makes its first real frame as fast as the others."""

import numpy as np
import torch

from vultus.data.track import Track
from vultus.errors import IncompatibleError
from vultus.face.morphable import MorphableModel
from vultus.methods.base import AvatarOptions, Method, Portrait

SIDE_PX = 128
"""Side of the picture, px."""

HEAD_SHARE = 0.5
"""Height of the head over the height of the picture."""


def neutral_track(model: MorphableModel, side_px: int = SIDE_PX) -> Track:
    """One frame of the mean head, frontal, in the middle of a square picture.

    Args:
        model: Morphable model of the track.
        side_px: Side of the picture, px.

    Example:
        >>> from vultus.face.models import load_morphable
        >>> track = neutral_track(load_morphable("builtin"))
        >>> len(track), track.size_px
        (1, (128, 128))
    """
    low, high = model.mean.amin(0), model.mean.amax(0)
    scale = HEAD_SHARE * side_px / float(high[1] - low[1])
    middle = (low + high) / 2 * scale
    return Track(
        identity=torch.zeros(1, model.identity_count),
        expression=torch.zeros(1, model.expression_count),
        rotation_rad=torch.zeros(1, 3),
        jaw_rad=torch.zeros(1, 3),
        eyes_rad=torch.zeros(1, 2, 3),
        scale=torch.full((1,), scale),
        translation_px=torch.tensor([[side_px / 2 - float(middle[0]), side_px / 2 + float(middle[1])]]),
        valid=torch.ones(1, dtype=torch.bool),
        confidence=torch.ones(1),
        time_s=torch.zeros(1, dtype=torch.float64),
        fps=25.0,
        size_px=(side_px, side_px),
        morphable=model.name,
        morphable_digest=model.digest,
    )


def rehearse(method: Method, model: MorphableModel, side_px: int = SIDE_PX) -> None:
    """Animate a grey picture for one frame.

    Args:
        method: The method, made for `model`.
        model: Its morphable model.
        side_px: Side of the frame, px.

    Raises:
        IncompatibleError: The method answers something that is no frame.
    """
    track = neutral_track(model)
    grey = np.full((SIDE_PX, SIDE_PX, 3), 128, np.uint8)
    avatar = method.create_avatar(Portrait(grey, track), AvatarOptions(side_px=side_px))
    frames = avatar.render(track)
    if frames.shape != (1, side_px, side_px, 3) or frames.dtype != np.uint8:
        raise IncompatibleError(
            f"{method.name} {method.version} answered {frames.dtype} of shape {frames.shape} "
            f"for one frame of {side_px} px",
            remedy="train the model again, or take its folder from where it came whole",
            metadata={"method": method.name, "version": method.version},
        )
