import asyncio
import dataclasses

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from vultus_api.metrics.v1 import metrics_service_pb2 as pb
from vultus_metrics import codec

from vultus.data.media import Frame
from vultus.errors import InputError
from vultus_kit.clients import metrics as client
from vultus_kit.records import EvaluationOptions, MetricDescription, MetricResult, MissingFaces, Report

FLOATS = st.floats(allow_nan=False)
MODES = st.sampled_from(["self", "cross"])
NAMED = {"name": st.text(), "unit": st.text(), "protocol": st.text(), "higher_is_better": st.booleans()}
RESULTS = st.builds(
    MetricResult,
    **NAMED,
    value=st.none() | FLOATS,
    frame_count=st.integers(0, 1 << 40),
    ci95=st.none() | st.tuples(FLOATS, FLOATS),
    frame_values=st.lists(FLOATS).map(tuple),
    note=st.text(),
)
REPORTS = st.builds(
    Report,
    frame_count=st.integers(0, 1 << 40),
    results=st.lists(RESULTS, max_size=3).map(tuple),
    mode=MODES,
    size_px=st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
    left_out=st.dictionaries(st.text(), st.text()),
    missing_faces=st.none() | st.builds(MissingFaces, st.integers(0, 100), st.integers(0, 100), st.text()),
    ci95_protocol=st.text(),
    jitter=st.just({}) | st.fixed_dictionaries(dict.fromkeys(("generated", "reference"), st.none() | FLOATS)),
    worst_frames=st.lists(st.integers(0, 1 << 40)).map(tuple),
)
DESCRIPTIONS = st.builds(
    MetricDescription, **NAMED, by_default=st.booleans(), modes=st.lists(MODES, max_size=2).map(tuple)
)


@hypothesis.given(REPORTS)
@hypothesis.settings(deadline=None)
def test_reports_survive(report):
    assert client.report_from_wire(codec.report_to_wire(report)) == report


@hypothesis.given(st.lists(DESCRIPTIONS, max_size=3))
@hypothesis.settings(deadline=None)
def test_descriptions_survive(descriptions):
    message = codec.descriptions_to_wire(descriptions)
    assert [client.description_from_wire(metric) for metric in message.metrics] == descriptions


@hypothesis.given(
    st.builds(
        EvaluationOptions,
        metrics=st.lists(st.text()).map(tuple),
        mode=MODES,
        source_picture=st.binary(),
        per_frame=st.booleans(),
    )
)
def test_options_survive(options):
    assert codec.options_from_wire(client.options_to_wire(options)) == options


def frame(side, index):
    rgb = np.random.default_rng(index).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Frame(rgb, index / 25, index)


def read(requests):
    async def messages():
        for request in requests:
            yield request

    async def collect():
        pairs = messages()
        await codec.header_from_wire(pairs)
        return [pair async for pair in codec.pairs_from_wire(pairs)]

    return asyncio.run(collect())


@pytest.mark.parametrize("sides", [(8, 8), (400, 400), (8, 400), (400, 8)])
def test_pairs_survive_whatever_their_sizes(sides):
    pairs = [(frame(sides[0], index), frame(sides[1], index)) for index in range(3)]
    received = read(client._stream_requests(pairs, EvaluationOptions()))
    assert len(received) == 3
    for (made, meant), (ours, theirs) in zip(received, pairs, strict=True):
        np.testing.assert_array_equal(made.rgb, ours.rgb)
        np.testing.assert_array_equal(meant.rgb, theirs.rgb)


def test_frames_without_reference_survive():
    received = read(
        client._stream_requests([(frame(400, 0), None), (frame(400, 1), None)], EvaluationOptions())
    )
    assert [(made.index, meant) for made, meant in received] == [(0, None), (1, None)]


def test_a_frame_without_its_counterpart_is_refused():
    pairs = [(frame(8, 0), frame(8, 0)), (frame(8, 1), None)]
    with pytest.raises(InputError, match="without its counterpart"):
        read(client._stream_requests(pairs, EvaluationOptions()))


def test_a_stream_begins_with_a_header():
    with pytest.raises(InputError, match="begin with a header"):
        read([pb.StreamEvaluateRequest()])


def test_an_unknown_mode_is_refused():
    with pytest.raises(InputError, match="number 9"):
        codec.mode_from_wire(9)


def test_json_has_no_number_that_json_has_not():
    result = MetricResult("psnr", float("inf"), "dB", "p", True, 3)
    assert result.to_json()["value"] is None
    assert "identical" in result.to_json()["note"]
    assert "no frame" in dataclasses.replace(result, value=None).to_json()["note"]


def test_sound_comes_before_the_first_pair():
    sound = np.arange(-700_000, 700_000, 1).astype(np.int16)
    frame = Frame(np.zeros((4, 4, 3), np.uint8), 0.0, 0)
    messages = list(client._stream_requests([(frame, frame)] * 3, EvaluationOptions(sound=sound)))

    async def take():
        async def given():
            for message in messages:
                yield message

        options, rest = await codec.beginning_from_wire(given())
        return options, [pair async for pair in codec.pairs_from_wire(rest)]

    options, pairs = asyncio.run(take())
    np.testing.assert_array_equal(options.sound, sound)
    assert len(pairs) == 3
    messages.append(pb.StreamEvaluateRequest(sound_samples=b"\0\0"))
    with pytest.raises(InputError, match="after the first pair"):
        asyncio.run(take())
