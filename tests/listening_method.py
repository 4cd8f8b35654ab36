"""A method whose frames show what it hears."""

from dataclasses import dataclass

import numpy as np

from vultus.methods.base import Context

VALUES = (0, 3, 4, 7, 42)
"""Columns of h_t that a frame shows: crossings, centroid, spread, roll-off, spread of the crossings."""

SIDE_PX = 16


def shown(values):
    """Frames of h_t: a square for each of `VALUES`, the brighter the larger."""
    levels = np.clip(250 * np.asarray(values)[:, VALUES], 0, 255).astype(np.uint8)
    squares = levels[:, None, :, None].repeat(SIDE_PX, axis=1).repeat(SIDE_PX, axis=2)
    return squares.repeat(3, axis=3)


@dataclass
class Listening:
    size_px: tuple[int, int] = (SIDE_PX, SIDE_PX * len(VALUES))
    memory_bytes: int = 0
    past_frames: int = 0
    hears: bool = True

    def render(self, track):
        return self.render_within(track, Context())

    def render_within(self, track, context):
        return shown(np.zeros((len(track), 300)) if context.heard is None else context.heard)


class Listener:
    """Shows what it hears."""

    name, version = "listener", "builtin"

    def __init__(self, morphable):
        pass

    def create_avatar(self, portrait, options):
        return Listening()
