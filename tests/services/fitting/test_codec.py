import asyncio

import hypothesis
import pytest
from hypothesis import strategies as st
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_fitting import codec

from vultus.errors import InputError
from vultus_kit.clients import fitting as client
from vultus_kit.records import FitOptions, FitSummary, MorphableDescription

COUNTS = st.integers(0, 1 << 31 - 1)
OPTIONS = st.builds(
    FitOptions,
    morphable=st.text(min_size=1),
    detector=st.text(min_size=1),
    face=st.one_of(st.just("largest"), st.integers(0, 1000)),
    smoothing=st.sampled_from(["none", "one_euro", "gaussian", "moving_average"]),
)
SUMMARIES = st.builds(
    FitSummary,
    frame_count=COUNTS,
    valid_frame_count=COUNTS,
    face_count=st.none() | st.integers(0, 100),
    landmark_error_interocular=st.none() | st.floats(0, 10),
)
DESCRIPTIONS = st.builds(
    MorphableDescription,
    name=st.text(),
    digest=st.text(),
    identity_count=st.integers(0, 1000),
    expression_names=st.lists(st.text()).map(tuple),
    vertex_count=st.integers(0, 1 << 20),
    triangle_count=st.integers(0, 1 << 20),
    landmark_sets=st.lists(st.text()).map(tuple),
    unit_mm=st.floats(0.001, 1000),
    licence=st.text(),
)


@hypothesis.given(OPTIONS)
def test_options_survive(options):
    assert codec.options_from_wire(client.options_to_wire(options)) == options


@hypothesis.given(SUMMARIES)
def test_summaries_survive(summary):
    assert client.summary_from_wire(codec.summary_to_wire(summary)) == summary


@hypothesis.given(DESCRIPTIONS)
def test_descriptions_survive(description):
    assert client.description_from_wire(codec.description_to_wire(description)) == description


def test_an_empty_message_means_the_defaults():
    assert codec.options_from_wire(pb.FitOptions()) == FitOptions()
    assert codec.morphable_from_wire(pb.DescribeMorphableRequest()) == "builtin"


@pytest.mark.parametrize("message", [pb.FitOptions(smoothing=99), pb.FitOptions(face_index=-1)])
def test_options_that_cannot_be_are_refused(message):
    with pytest.raises(InputError):
        codec.options_from_wire(message)


async def messages(*items):
    for item in items:
        yield item


@pytest.mark.parametrize(
    "first",
    [
        (),
        (pb.StreamFitRequest(),),
        (pb.StreamFitRequest(header={"fps_hz": 0}),),
        (pb.StreamFitRequest(header={"fps_hz": 1e9}),),
        (pb.StreamFitRequest(header={"fps_hz": float("nan")}),),
        (pb.StreamFitRequest(header={"fps_hz": 25}, frames=[{"height_px": 1}]),),
    ],
)
def test_a_stream_begins_with_a_header(first):
    with pytest.raises(InputError):
        asyncio.run(codec.stream_header_from_wire(messages(*first)))


def test_frames_of_one_stream_are_of_one_size():
    def request(side):
        chunk = {"rgb": bytes(3 * side * side), "height_px": side, "width_px": side, "last": True}
        return pb.StreamFitRequest(frames=[chunk])

    async def read():
        return [frame async for frame in codec.frames_from_wire(messages(request(2), request(3)))]

    with pytest.raises(InputError, match="not as large as the first"):
        asyncio.run(read())
