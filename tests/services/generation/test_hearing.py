"""A voice through a real room, to a method whose frames say what it heard."""

from dataclasses import replace

import numpy as np
import pytest
from vultus_api.generation.v1 import generation_service_pb2 as pb

from vultus.errors import InputError
from vultus.speech.heard import heard
from vultus.speech.voice import Voice
from vultus_kit.clients import generation as client
from vultus_kit.clients.channel import stream
from vultus_kit.records import AvatarSpec

TIME_S = np.arange(24_000) / 16_000
CHIRP = 0.5 * np.sin(2 * np.pi * (200 + 2000 * TIME_S) * TIME_S)
"""Rises from 200 Hz to 6,200 Hz."""


@pytest.fixture
def listening(generation, portrait_png, source, listener):
    return generation.create_avatar(AvatarSpec(portrait_png, source, method="listener"))


def frames(generation, avatar_id, parts, sound=None):
    answered = generation.stream_animate(avatar_id, parts, sound=sound)
    return np.stack([one.frame.rgb for one in answered])


@pytest.mark.parametrize("most", [1, 7, 20])
def test_every_frame_hears_its_own_moment(generation, listening, listener, driving, most):
    assert listening.hears
    pcm16 = Voice(CHIRP).pcm16
    found = frames(generation, listening.avatar_id, driving.parts(most), pcm16)
    expected = listener(heard(pcm16 / (2**15 - 1), 16_000, 25.0, len(driving)))
    assert np.abs(found.astype(int) - expected).max() <= 1
    assert len(np.unique(found[:, 0, :, 0], axis=0)) == len(driving)


def test_without_sound_there_is_silence(generation, listening, listener, driving):
    found = frames(generation, listening.avatar_id, [driving])
    np.testing.assert_array_equal(found, listener(np.zeros((len(driving), 300))))


def test_a_later_part_of_a_clip_hears_what_is_said_then(generation, listening, driving):
    pcm16 = Voice(CHIRP).pcm16
    whole = frames(generation, listening.avatar_id, [driving], pcm16)
    np.testing.assert_array_equal(frames(generation, listening.avatar_id, [driving[8:]], pcm16), whole[8:])


def test_whoever_does_not_hear_shows_the_same(generation, portrait_png, source, driving):
    info = generation.create_avatar(AvatarSpec(portrait_png, source, side_px=64))
    assert not info.hears
    silent = frames(generation, info.avatar_id, [driving[:3]])
    loud = frames(generation, info.avatar_id, [driving[:3]], Voice(CHIRP).pcm16)
    np.testing.assert_array_equal(loud, silent)


def sent(generation, avatar_id, driving, change):
    """Frames that answer the messages of a stream with sound, changed."""
    sound = Voice(CHIRP).pcm16
    messages = change(list(client._stream_requests(avatar_id, [driving], "none", sound)))
    answered = stream("generation", generation._stub.StreamAnimate, iter(messages), None)
    return [part.frame for response in answered for part in response.frames]


def test_any_rate_is_heard(generation, listening, driving):
    pcm16 = Voice(np.repeat(CHIRP, 2)).pcm16

    def faster(messages):
        messages[0].header.sound_rate_hz = 32_000
        return [
            messages[0],
            pb.StreamAnimateRequest(sound_samples=pcm16.astype("<i2").tobytes()),
            messages[-1],
        ]

    found = sent(generation, listening.avatar_id, driving, faster)
    assert len(found) == len(driving)
    expected = frames(generation, listening.avatar_id, [driving], Voice.of_pcm16(pcm16, 32_000).pcm16)
    np.testing.assert_array_equal(
        np.stack([np.frombuffer(one.rgb, np.uint8) for one in found]), expected.reshape(20, -1)
    )


def too_fast(messages):
    messages[0].header.sound_rate_hz = 96_000
    return messages


def cut(messages):
    messages[1].sound_samples = messages[1].sound_samples[:-1]
    return messages


def too_late(messages):
    return [messages[0], messages[-1], messages[1]]


def too_slow(messages):
    messages[0].header.driving_header.fps_hz = 0.5
    return messages


@pytest.mark.parametrize(
    ("change", "message", "remedy"),
    [
        (too_fast, "96000 samples a second", "8000 to 48000 Hz"),
        (cut, "47999 bytes", "whole 16-bit samples"),
        (too_late, "after the first sample", "before the samples"),
        (too_slow, r"0\.5 frames a second", "1 to 240"),
    ],
)
def test_sound_that_cannot_be_heard_is_refused(generation, listening, driving, change, message, remedy):
    with pytest.raises(InputError, match=message) as caught:
        sent(generation, listening.avatar_id, driving, change)
    assert remedy in str(caught.value.remedy)


def test_faults_are_found_where_nobody_listens_too(generation, portrait_png, source, driving):
    info = generation.create_avatar(replace(AvatarSpec(portrait_png, source), side_px=64))
    with pytest.raises(InputError, match="47999 bytes"):
        sent(generation, info.avatar_id, driving[:1], cut)
