import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from vultus_api.common.v1 import artifact_pb2, frame_pb2, track_pb2

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus.errors import InputError
from vultus_kit.rpc import codec
from vultus_kit.rpc.options import CHUNK_BYTES
from vultus_kit.store import Artifact


@st.composite
def tracks(draw):
    count, identity, expression = (draw(st.integers(1, 4)) for _ in range(3))

    def values(*shape, low=-100.0, high=100.0):
        floats = st.floats(low, high, width=32)
        return torch.from_numpy(draw(hnp.arrays(np.float32, shape, elements=floats)))

    times = draw(hnp.arrays(np.float64, count, elements=st.floats(0, 1e6)))
    return Track(
        identity=values(count, identity),
        expression=values(count, expression),
        rotation_rad=values(count, 3),
        jaw_rad=values(count, 3),
        eyes_rad=values(count, 2, 3),
        scale=values(count, low=0.125),
        translation_px=values(count, 2),
        valid=torch.from_numpy(draw(hnp.arrays(np.bool_, count))),
        confidence=values(count, low=0.0, high=1.0),
        time_s=torch.from_numpy(times),
        fps=draw(st.floats(0, 1000)),
        size_px=draw(st.tuples(st.integers(1, 4096), st.integers(1, 4096))),
        morphable=draw(st.text(max_size=10)),
        morphable_digest=draw(st.text(max_size=10)),
    )


def assert_same_track(left, right):
    for name in Track.tensor_names():
        torch.testing.assert_close(getattr(left, name), getattr(right, name), rtol=0, atol=0)
    for name in ("fps", "size_px", "morphable", "morphable_digest"):
        assert getattr(left, name) == getattr(right, name)


@hypothesis.given(tracks())
@hypothesis.settings(max_examples=50, deadline=None)
def test_tracks_survive(track):
    header = track_pb2.TrackHeader.FromString(codec.header_to_wire(track).SerializeToString())
    samples = [
        track_pb2.TrackSample.FromString(sample.SerializeToString())
        for sample in codec.samples_to_wire(track)
    ]
    assert_same_track(codec.track_from_wire(header, samples), track)


@hypothesis.given(
    st.tuples(st.integers(1, 400), st.integers(1, 400)), st.integers(0, 1 << 40), st.floats(0, 1e6)
)
@hypothesis.settings(max_examples=30, deadline=None)
def test_frames_survive(size, index, time_s):
    rgb = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    assembler = codec.FrameAssembler()
    chunks = [
        frame_pb2.FrameChunk.FromString(chunk.SerializeToString())
        for chunk in codec.frame_to_wire(Frame(rgb, time_s, index))
    ]
    *before, frame = [assembler.add(chunk) for chunk in chunks]
    assembler.finish()
    assert before == [None] * (len(chunks) - 1)
    assert len(chunks) == -(-rgb.size // CHUNK_BYTES)
    np.testing.assert_array_equal(frame.rgb, rgb)
    assert (frame.time_s, frame.index) == (time_s, index)
    assert frame.rgb.flags.writeable


def test_a_view_that_is_not_contiguous_survives():
    rgb = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)[::2, ::-1]
    (chunk,) = codec.frame_to_wire(Frame(rgb, 0.0, 0))
    np.testing.assert_array_equal(codec.FrameAssembler().add(chunk).rgb, rgb)


@hypothesis.settings(deadline=None)
@hypothesis.given(st.text(min_size=1), st.sampled_from(["", "sha256:" + "0" * 64]))
def test_artifacts_survive(uri, digest):
    message = codec.artifact_to_wire(Artifact(uri, digest))
    assert codec.artifact_from_wire(
        artifact_pb2.ArtifactRef.FromString(message.SerializeToString())
    ) == Artifact(uri, digest)


def test_an_artifact_needs_a_uri():
    with pytest.raises(InputError, match="clip has no URI"):
        codec.artifact_from_wire(artifact_pb2.ArtifactRef(), "clip")


def sample(**changes):
    fields = {
        "identity": [0.0],
        "expression": [0.0, 0.0],
        "rotation_rad": [0.0] * 3,
        "jaw_rad": [0.0] * 3,
        "eyes_rad": [0.0] * 6,
        "scale": 1.0,
        "translation_px": [0.0, 0.0],
    }
    return track_pb2.TrackSample(**(fields | changes))


HEADER = track_pb2.TrackHeader(fps_hz=25, height_px=8, width_px=8)


@pytest.mark.parametrize(
    ("header", "samples", "message"),
    [
        (HEADER, [], "at least one sample"),
        (HEADER, [sample(rotation_rad=[0.0] * 4)], "4 values of rotation_rad, not 3"),
        (HEADER, [sample(), sample(identity=[0.0, 0.0])], "2 values of identity, not 1"),
        (HEADER, [sample(jaw_rad=[0.0, float("nan"), 0.0])], "jaw_rad is not finite"),
        (HEADER, [sample(time_offset_s=float("nan"))], "time or confidence is not finite"),
        (HEADER, [sample(scale=0.0)], "scale is 0.0"),
        (HEADER, [sample(scale=float("inf"))], "scale is inf"),
        (track_pb2.TrackHeader(fps_hz=-1, height_px=8, width_px=8), [sample()], "-1.0 frames a second"),
        (track_pb2.TrackHeader(fps_hz=25), [sample()], "cannot be 0x0 px"),
    ],
)
def test_what_no_track_can_be_is_refused(header, samples, message):
    with pytest.raises(InputError, match=message):
        codec.track_from_wire(header, samples)


def chunk(size=12, height=2, width=2, last=True):
    return frame_pb2.FrameChunk(rgb=bytes(size), height_px=height, width_px=width, last=last)


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk(size=11)],
        [chunk(size=13)],
        [chunk(last=False)],
        [chunk(size=6, last=True)],
        [chunk(size=6, last=False), chunk(size=6, height=3)],
        [chunk(height=0)],
        [chunk(height=-5)],
        [chunk(height=16_384, width=16_384)],
        [chunk(height=1 << 30, width=1 << 30)],
    ],
)
def test_chunks_that_make_no_frame_are_refused(chunks):
    assembler = codec.FrameAssembler()
    with pytest.raises(InputError):
        [assembler.add(part) for part in chunks]


def test_a_frame_needs_a_time():
    timeless = chunk()
    timeless.time_offset_s = float("nan")
    with pytest.raises(InputError, match="has the time nan s"):
        codec.FrameAssembler().add(timeless)


def test_a_stream_cannot_end_inside_a_frame():
    assembler = codec.FrameAssembler()
    assembler.add(chunk(size=6, last=False))
    with pytest.raises(InputError, match="inside a frame"):
        assembler.finish()
