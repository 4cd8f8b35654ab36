import asyncio

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from vultus_api.generation.v1 import generation_service_pb2 as pb
from vultus_generation import codec

from vultus.data.track import Track
from vultus.errors import InputError
from vultus_kit.clients import generation as client
from vultus_kit.records import AvatarSpec, PoseEdit
from vultus_kit.rpc.codec import FrameAssembler, track_from_wire

ANGLES = st.floats(-3.1, 3.1)
EDITS = st.builds(
    PoseEdit,
    yaw_rad=ANGLES,
    pitch_rad=ANGLES,
    roll_rad=ANGLES,
    expressions=st.dictionaries(st.text(), st.floats(-10, 10)),
)


def track(count=1):
    return Track(
        identity=torch.zeros(count, 2),
        expression=torch.zeros(count, 3),
        rotation_rad=torch.zeros(count, 3),
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=torch.zeros(count, 2, 3),
        scale=torch.ones(count),
        translation_px=torch.zeros(count, 2),
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(8, 8),
        morphable="tiny",
        morphable_digest="sha256:0",
    )


@hypothesis.given(EDITS)
def test_edits_survive(edit):
    assert codec.edit_from_wire(client.edit_to_wire(edit)) == edit


@hypothesis.given(st.binary(min_size=1), st.text(min_size=1), st.integers(32, 4096), st.booleans())
@hypothesis.settings(deadline=None)
def test_specs_survive(picture, method, side_px, paste_back):
    spec = AvatarSpec(picture, track(), method, side_px, paste_back)
    received = codec.spec_from_wire(client.spec_to_wire(spec))
    assert (received.picture, received.method, received.side_px, received.paste_back) == (
        picture,
        method,
        side_px,
        paste_back,
    )
    assert received.source.to_bytes() == spec.source.to_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"picture": b""}, "no portrait"),
        ({"side_px": 5}, "cannot be 5 px wide"),
        ({"side_px": 1 << 20}, "px wide"),
        ({"source_sample": None}, "no source sample"),
    ],
)
def test_specs_that_cannot_be_are_refused(change, message):
    spec = client.spec_to_wire(AvatarSpec(b"x", track()))
    for name, value in change.items():
        spec.ClearField(name) if value is None else setattr(spec, name, value)
    with pytest.raises(InputError, match=message):
        codec.spec_from_wire(spec)


@pytest.mark.parametrize(
    "message",
    [
        pb.PoseEdit(yaw_rad=4),
        pb.PoseEdit(roll_rad=float("nan")),
        pb.PoseEdit(expressions={"a": float("inf")}),
    ],
)
def test_edits_that_cannot_be_are_refused(message):
    with pytest.raises(InputError):
        codec.edit_from_wire(message)


def test_a_picture_of_nothing_is_refused():
    with pytest.raises(InputError, match="names no avatar"):
        codec.subject_from_wire(pb.RenderImageRequest())


@hypothesis.given(st.lists(st.integers(1, 150), min_size=1, max_size=4), st.integers(1, 16))
@hypothesis.settings(max_examples=20, deadline=None)
def test_driving_tracks_survive_in_parts(lengths, longest):
    parts = [track(length) for length in lengths]

    async def messages():
        for request in client._stream_requests("avatar:1", parts, "absolute"):
            yield pb.StreamAnimateRequest.FromString(request.SerializeToString())

    async def read():
        reader = codec.DrivingReader(messages(), longest)
        return await reader.begin(), [part async for part in reader.parts()]

    begun, received = asyncio.run(read())
    assert begun == ("avatar:1", "absolute")
    assert max(len(part) for part in received) <= longest
    assert Track.concatenate(received).to_bytes() == Track.concatenate(parts).to_bytes()


def test_frames_survive_with_what_they_show():
    frames = np.random.default_rng(0).integers(0, 256, (3, 400, 300, 3), dtype=np.uint8)
    requested = track(3)
    writer, assembler = codec.FrameWriter("builtin"), FrameAssembler()
    messages = list(writer.messages(frames, requested))
    assert [message.HasField("requested_header") for message in messages] == [True] + [False] * 5
    received = []
    for message in messages:
        (part,) = message.frames
        frame = assembler.add(part.frame)
        assert part.HasField("requested") == (frame is not None)
        if frame is not None:
            received.append((frame, track_from_wire(messages[0].requested_header, [part.requested])))
    for index, (frame, shown) in enumerate(received):
        np.testing.assert_array_equal(frame.rgb, frames[index])
        assert (frame.index, frame.time_s) == (index, index / 25)
        assert shown.to_bytes() == requested[index : index + 1].to_bytes()
