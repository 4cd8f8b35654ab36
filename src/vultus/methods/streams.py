"""Streams in parts: what came before a part, handed to the avatars that look back."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from vultus.data.track import Track
from vultus.methods.base import Avatar, Context, ContextualAvatar


class Lookback:
    """Remembers the last samples of one stream.

    Args:
        avatar: What the stream is rendered on.
    """

    def __init__(self, avatar: Avatar) -> None:
        self._count = avatar.past_frames if isinstance(avatar, ContextualAvatar) else 0
        self._last: Track | None = None

    def context(self, part: Track, heard: Float[Tensor, "t a"] | None = None) -> Context:
        """What the stream's next part is rendered with; parts are asked for in their order."""
        past = self._last
        if self._count and len(part):
            joined = part if past is None else Track.concatenate([past, part])
            self._last = joined[-self._count :]
        return Context(past, heard)


def render_part(avatar: Avatar, track: Track, context: Context) -> UInt8[np.ndarray, "t h w 3"]:
    """Frames of a part of a stream, on whatever avatar."""
    if isinstance(avatar, ContextualAvatar):
        return avatar.render_within(track, context)
    return avatar.render(track)


def render_stream(
    avatar: Avatar, parts: Iterable[Track], heard: Float[Tensor, "t a"] | None = None
) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Frames of a whole stream, on whatever avatar.

    Args:
        avatar: What the stream is rendered on.
        parts: The stream in its order; the frames of a part are rendered together.
        heard: Sound of all frames as `vultus.speech.heard` describes it; None without sound.
    """
    lookback, shown = Lookback(avatar), 0
    for part in parts:
        heard_part = None if heard is None else heard[shown : shown + len(part)]
        shown += len(part)
        yield from render_part(avatar, part, lookback.context(part, heard_part))


def samples_before(track: Track, past: Track | None, count: int) -> Track:
    """A part of a stream behind the `count` samples before it; before the first one lie copies of it."""
    joined = Track.concatenate([past[-count:], track]) if past is not None and count else track
    lacking = count + len(track) - len(joined)
    return Track.concatenate([*[joined[:1]] * lacking, joined]) if lacking else joined


def windows(count: int, length: int) -> Int[Tensor, "n l"]:
    """Rows of the samples of each window: concretely, row i holds i, i + 1, … i + length - 1."""
    return torch.arange(count)[:, None] + torch.arange(length)
