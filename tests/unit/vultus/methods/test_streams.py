"""Streams in parts: sums that a reader can check, and what the untrained methods show."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from vultus.data.track import Track
from vultus.errors import InputError
from vultus.methods.base import AvatarOptions, Context, ContextualAvatar
from vultus.methods.streams import Lookback, hears, render_stream, samples_before
from vultus.nets.speed import Speed
from vultus.speech.heard import heard
from vultus.speech.voice import Voice

NOISE = np.random.default_rng(3).uniform(-0.5, 0.5, 16_000).astype(np.float32)


@dataclass
class Summing:
    """Each frame shows the sum of the scales of its own sample and of the two before it."""

    size_px: tuple[int, int] = (1, 1)
    memory_bytes: int = 0
    past_frames: int = 2
    hears: bool = True

    def render(self, track):
        return self.render_within(track, Context())

    def render_within(self, track, context):
        scales = samples_before(track, context.past, self.past_frames).scale
        sums = scales[:-2] + scales[1:-1] + scales[2:]
        return sums.numpy().astype(np.uint8)[:, None, None, None].repeat(3, axis=3)


def moving(still, count, first=0):
    times = torch.arange(first, first + count, dtype=torch.float64) / 25
    return Track.concatenate([still] * count).replace(time_s=times)


def test_a_stream_remembers_across_its_parts(still):
    avatar = Summing()
    assert isinstance(avatar, ContextualAvatar)
    track = Track.concatenate([still] * 7).replace(scale=torch.arange(1.0, 8.0))
    for most in (1, 2, 3, 7):
        frames = [int(frame[0, 0, 0]) for frame in render_stream(avatar, track.parts(most))]
        assert frames == [3, 4, 6, 9, 12, 15, 18]  # before the first sample lie copies of it


@pytest.mark.parametrize("first", [0, 9])
def test_a_stream_hears_its_own_moments_in_whatever_parts(still, first):
    whole = heard(Voice(NOISE).pcm16 / (2**15 - 1), 16_000, 25.0, 30)[first : first + 12]
    for most in (1, 5, 12):
        lookback = Lookback(Summing(), Voice(NOISE))
        parts = [lookback.context(part).heard for part in moving(still, 12, first).parts(most)]
        np.testing.assert_allclose(torch.cat(parts), whole, rtol=1e-3, atol=1e-4)


def test_whoever_does_not_hear_is_given_no_sound(still):
    deaf = Summing(hears=False)
    assert hears(Summing())
    assert not hears(deaf)
    assert Lookback(deaf, Voice(NOISE)).context(still).heard is None
    assert Lookback(Summing()).context(still).heard is None


def test_a_stream_too_slow_to_hear_is_refused(still):
    with pytest.raises(InputError, match=r"0\.2 frames a second"):
        Lookback(Summing(), Voice(NOISE)).context(still.replace(fps=0.2))


@pytest.fixture(scope="module")
def avatars(untrained, head, portrait):
    exact, options = Speed(precision="float32"), AvatarOptions(side_px=64)
    return {name: untrained[name].build(head, exact).create_avatar(portrait, options) for name in untrained}


def frames(avatar, track, most, sound=None):
    return np.stack(
        list(render_stream(avatar, track.parts(most), Voice(sound) if sound is not None else None))
    )


def test_sound_changes_what_a_hearing_method_shows(avatars, still):
    track, loud = moving(still, 5), frames(avatars["headgan"], moving(still, 5), 5, NOISE)
    silent = frames(avatars["headgan"], track, 5)
    other = frames(avatars["headgan"], track, 5, np.sin(np.arange(16_000) / 5).astype(np.float32))
    for changed in (loud.astype(int) - silent, loud.astype(int) - other):
        assert (np.abs(changed).reshape(5, -1).max(axis=1) > 0).all()
    for most in (1, 3):
        parts = frames(avatars["headgan"], track, most, NOISE)
        assert np.abs(parts.astype(int) - loud).max() <= 1


def test_sound_changes_nothing_in_a_method_that_does_not_hear(avatars, still):
    track = moving(still, 3)
    np.testing.assert_array_equal(frames(avatars["gdpw"], track, 2, NOISE), frames(avatars["gdpw"], track, 2))


def test_a_stream_of_nothing_has_no_frames(still):
    assert list(render_stream(Summing(), still[:0].parts(4))) == []
