"""What a reenactment method is: a portrait becomes an avatar, an avatar and a track become frames."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.registry import Registry


@dataclass(frozen=True)
class Portrait:
    """A picture of a person and the fit of the head in it."""

    rgb: UInt8[np.ndarray, "h w 3"]
    """The picture, RGB."""

    track: Track
    """One frame; its camera is in the picture's pixels."""


@dataclass(frozen=True)
class AvatarOptions:
    """How an avatar's frames are laid out."""

    side_px: int = 256
    """Side of the square frame around the head, px; not used with `paste_back`."""

    paste_back: bool = False
    """Whether frames are the whole picture with the head changed in place."""


@runtime_checkable
class Avatar(Protocol):
    """A portrait prepared for animation by one method."""

    size_px: tuple[int, int]
    """(height, width) of the frames."""

    memory_bytes: int
    """What keeping the avatar costs."""

    def render(self, track: Track) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`, whose cameras are in the portrait's pixels."""
        ...


@dataclass(frozen=True)
class Context:
    """What a part of a stream is rendered with, beside its own samples."""

    past: Track | None = None
    """The samples right before the part, oldest first; None where the stream begins."""

    heard: Float[Tensor, "t a"] | None = None
    """Sound of the part's frames as `vultus.speech.heard` describes it; None without sound."""


@runtime_checkable
class ContextualAvatar(Avatar, Protocol):
    """An avatar whose frames depend on more than their own samples.

    `render` takes its track as the beginning of a silent stream.
    """

    past_frames: int
    """How many samples before a frame decide it."""

    hears: bool
    """Whether sound decides it too."""

    def render_within(self, track: Track, context: Context) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`; before a stream's first sample lie copies of it."""
        ...


@runtime_checkable
class Method(Protocol):
    """A way of animating portraits."""

    name: str

    version: str
    """What tells apart two methods of one name: of the trained ones, the weights; "builtin" of the others."""

    def create_avatar(self, portrait: Portrait, options: AvatarOptions) -> Avatar:
        """Do once for a portrait what does not depend on the motion."""
        ...


METHODS: Registry[Callable[[MorphableModel], Method]] = Registry(
    "method",
    "vultus.methods",
    modules=("vultus.methods.warp", "vultus.methods.gdpw.inference", "vultus.methods.headgan.inference"),
)
"""Methods by name; each entry builds the method for a morphable model."""
