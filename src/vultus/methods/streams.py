"""Streams in parts: what came before a part, and what is heard in it, for the avatars that ask for it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from vultus.data.track import Track
from vultus.methods.base import Avatar, Context, ContextualAvatar
from vultus.speech.heard import Hearing
from vultus.speech.voice import Voice, read_voice


def hears(avatar: Avatar) -> bool:
    """Whether sound decides an avatar's frames."""
    return isinstance(avatar, ContextualAvatar) and avatar.hears


def voice_for(avatar: Avatar, path: Path | None) -> Voice | None:
    """What an avatar shall hear of a driver's file: nothing where it does not hear, or there is no sound.

    Raises:
        MediaError: The file cannot be read.
    """
    return read_voice(path) if path is not None and hears(avatar) else None


class Lookback:
    """Knows the context of each part of one stream: its last samples, and what is heard meanwhile.

    Args:
        avatar: What the stream is rendered on.
        voice: Sound of the whole stream from moment 0 of its track on, where it has any; avatars that do not
            hear are given nothing of it.
    """

    def __init__(self, avatar: Avatar, voice: Voice | None = None) -> None:
        self._count = avatar.past_frames if isinstance(avatar, ContextualAvatar) else 0
        self._last: Track | None = None
        self._voice = voice if hears(avatar) else None
        self._hearing: Hearing | None = None

    def context(self, part: Track) -> Context:
        """What the stream's next part is rendered with; parts are asked for in their order.

        Raises:
            InputError: The track's frame rate is none at which sound can be heard.
        """
        past = self._last
        if self._count and len(part):
            joined = part if past is None else Track.concatenate([past, part])
            self._last = joined[-self._count :]
        return Context(past, self._heard(part))

    def _heard(self, part: Track) -> Float[Tensor, "t a"] | None:
        if self._voice is None:
            return None
        if self._hearing is None:
            self._hearing = Hearing(self._voice.pcm16, part.fps)
        return torch.from_numpy(self._hearing.at(part.time_s.numpy())).float()


def render_part(avatar: Avatar, track: Track, context: Context) -> UInt8[np.ndarray, "t h w 3"]:
    """Frames of a part of a stream, on whatever avatar."""
    if isinstance(avatar, ContextualAvatar):
        return avatar.render_within(track, context)
    return avatar.render(track)


def render_stream(
    avatar: Avatar, parts: Iterable[Track], voice: Voice | None = None
) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Frames of a whole stream, on whatever avatar.

    Args:
        avatar: What the stream is rendered on.
        parts: The stream in its order; the frames of a part are rendered together.
        voice: As `Lookback` takes it.
    """
    lookback = Lookback(avatar, voice)
    for part in parts:
        yield from render_part(avatar, part, lookback.context(part))


def samples_before(track: Track, past: Track | None, count: int) -> Track:
    """A part of a stream behind the `count` samples before it; before the first one lie copies of it."""
    joined = Track.concatenate([past[-count:], track]) if past is not None and count else track
    lacking = count + len(track) - len(joined)
    return Track.concatenate([*[joined[:1]] * lacking, joined]) if lacking else joined


def windows(count: int, length: int) -> Int[Tensor, "n l"]:
    """Rows of the samples of each window: concretely, row i holds i, i + 1, … i + length - 1."""
    return torch.arange(count)[:, None] + torch.arange(length)
