"""Backdrops as pictures."""

import numpy as np
from jaxtyping import Float

from vultus.world.people.records import Backdrop


def paint_backdrop(backdrop: Backdrop, size_px: tuple[int, int]) -> Float[np.ndarray, "h w 3"]:
    """What the camera sees behind the person, linear RGB; the same scene at every size.

    Args:
        backdrop: Kind, colours and seed.
        size_px: (height, width) of the picture.
    """
    height, width = size_px
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    first, second = (np.array(colour, dtype=np.float32) for colour in backdrop.colours[:2])
    share = (
        np.broadcast_to(down, (height, width, 1))
        if backdrop.kind != "plain"
        else np.zeros((height, width, 1))
    )
    return (first + share * (second - first)).astype(np.float32)
