"""Streams in parts, on an avatar whose frames are sums that a reader can check."""

from dataclasses import dataclass

import numpy as np
import torch

from vultus.data.track import Track
from vultus.methods.base import Context, ContextualAvatar
from vultus.methods.streams import render_stream, samples_before


@dataclass
class Summing:
    """Each frame shows the scales of its own sample and of the two before it, and what it heard."""

    size_px: tuple[int, int] = (1, 1)
    memory_bytes: int = 0
    past_frames: int = 2
    hears: bool = True

    def render(self, track):
        return self.render_within(track, Context())

    def render_within(self, track, context):
        scales = samples_before(track, context.past, self.past_frames).scale
        sums = scales[:-2] + scales[1:-1] + scales[2:]
        heard = 0 if context.heard is None else context.heard[:, 0]
        return (sums + heard).numpy().astype(np.uint8)[:, None, None, None].repeat(3, axis=3)


def test_a_stream_remembers_and_hears_across_its_parts(still):
    avatar = Summing()
    assert isinstance(avatar, ContextualAvatar)
    track = Track.concatenate([still] * 7).replace(scale=torch.arange(1.0, 8.0))
    silent = [3, 4, 6, 9, 12, 15, 18]  # before the first sample lie copies of it
    heard = 10 * torch.arange(7.0)[:, None]
    for most in (1, 2, 3, 7):
        frames = [int(frame[0, 0, 0]) for frame in render_stream(avatar, track.parts(most))]
        assert frames == silent
        frames = [int(frame[0, 0, 0]) for frame in render_stream(avatar, track.parts(most), heard)]
        assert frames == [shown + 10 * k for k, shown in enumerate(silent)]


def test_a_stream_of_nothing_has_no_frames(still):
    assert list(render_stream(Summing(), still[:0].parts(4))) == []
