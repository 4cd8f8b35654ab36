"""The metrics room, typed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

import grpc
from vultus_api.metrics.v1 import metrics_service_pb2 as pb
from vultus_api.metrics.v1 import metrics_service_pb2_grpc as rpc

from vultus.data.media import Frame
from vultus.errors import InputError
from vultus_kit.clients.channel import check_picture, our_errors, stream
from vultus_kit.records import (
    EvaluationMode,
    EvaluationOptions,
    MetricDescription,
    MetricResult,
    MissingFaces,
    Report,
)
from vultus_kit.rpc.codec import artifact_to_wire, frame_to_wire, header_to_wire, samples_to_wire
from vultus_kit.rpc.sound import sound_to_wire
from vultus_kit.store import Artifact

_MODES: dict[int, EvaluationMode] = {
    pb.EVALUATION_MODE_SELF: "self",
    pb.EVALUATION_MODE_CROSS: "cross",
}


class MetricsClient:
    """Scores frames in a room.

    Args:
        channel: Where the room is; stays open.
        timeout_s: Deadline of every call that is not a stream, s.
    """

    def __init__(self, channel: grpc.Channel, timeout_s: float | None = 60.0) -> None:
        self._stub = rpc.MetricsServiceStub(channel)
        self._timeout_s = timeout_s

    def describe_metrics(self) -> list[MetricDescription]:
        """Every metric of the room."""
        with our_errors("metrics"):
            response = self._stub.DescribeMetrics(pb.DescribeMetricsRequest(), timeout=self._timeout_s)
        return [description_from_wire(metric) for metric in response.metrics]

    def evaluate_clips(
        self,
        generated: Artifact,
        reference: Artifact,
        source: Artifact | None = None,
        options: EvaluationOptions | None = None,
        timeout_s: float | None = None,
        *,
        sound: Artifact | None = None,
    ) -> Report:
        """Score stored clips; lips are compared with `sound`, without it with the generated clip's own."""
        chosen = options or EvaluationOptions()
        request = pb.EvaluateClipsRequest(
            generated=artifact_to_wire(generated),
            reference=artifact_to_wire(reference),
            source=artifact_to_wire(source) if source else None,
            metrics=chosen.metrics,
            mode=f"EVALUATION_MODE_{chosen.mode.upper()}",
            sound=artifact_to_wire(sound) if sound else None,
        )
        with our_errors("metrics"):
            return report_from_wire(self._stub.EvaluateClips(request, timeout=timeout_s).report)

    def stream_evaluate(
        self,
        pairs: Iterable[tuple[Frame, Frame | None]],
        options: EvaluationOptions | None = None,
        progress: Callable[[int], object] = lambda count: None,
        timeout_s: float | None = None,
    ) -> Report:
        """Score pairs of frames.

        Args:
            pairs: (generated, reference or None), taken as fast as the room scores them, in another thread.
            options: What to score.
            progress: Called with the number of pairs scored so far.
            timeout_s: Deadline of the whole stream, s.
        """
        requests = _stream_requests(pairs, options or EvaluationOptions())
        report = None
        for response in stream("metrics", self._stub.StreamEvaluate, requests, timeout_s):
            progress(response.frame_count)
            if response.HasField("report"):
                report = report_from_wire(response.report)
        if report is None:
            raise InputError("the metrics room ended without a report", remedy="look into its log")
        return report


def description_from_wire(message: pb.MetricInfo) -> MetricDescription:
    """The description of a message."""
    return MetricDescription(
        name=message.name,
        unit=message.unit,
        protocol=message.protocol,
        higher_is_better=message.direction == pb.DIRECTION_HIGHER,
        by_default=message.default_on,
        modes=tuple(_MODES[mode] for mode in message.modes if mode in _MODES),
    )


def report_from_wire(message: pb.Report) -> Report:
    """The report of a message."""
    faces = message.missing_faces
    return Report(
        frame_count=message.frame_count,
        results=tuple(_result_from_wire(result) for result in message.results),
        mode=_MODES.get(message.mode, "self"),
        size_px=(message.height_px, message.width_px),
        left_out=dict(message.left_out),
        missing_faces=MissingFaces(faces.generated_count, faces.reference_count, faces.policy)
        if message.HasField("missing_faces")
        else None,
        ci95_protocol=message.ci95_protocol,
        generated_angles_deg=tuple(message.head_angles.generated_deg),
        reference_angles_deg=tuple(message.head_angles.reference_deg),
        jitter=_jitter_from_wire(message.jitter) if message.HasField("jitter") else {},
        worst_frames=tuple(message.worst_frames),
    )


def _jitter_from_wire(message: pb.Jitter) -> dict[str, float | None]:
    names = {"generated": "generated_interocular", "reference": "reference_interocular"}
    return {who: getattr(message, name) if message.HasField(name) else None for who, name in names.items()}


def _result_from_wire(message: pb.MetricResult) -> MetricResult:
    return MetricResult(
        name=message.name,
        value=message.value if message.HasField("value") else None,
        unit=message.unit,
        protocol=message.protocol,
        higher_is_better=message.direction == pb.DIRECTION_HIGHER,
        frame_count=message.frame_count,
        ci95=(message.ci95.low, message.ci95.high) if message.HasField("ci95") else None,
        frame_values=tuple(message.frame_values),
        note=message.note,
    )


def options_to_wire(options: EvaluationOptions) -> pb.StreamEvaluateHeader:
    """The message that begins a stream."""
    check_picture(options.source_picture)
    requested = options.requested
    return pb.StreamEvaluateHeader(
        metrics=options.metrics,
        source_picture=options.source_picture,
        mode=f"EVALUATION_MODE_{options.mode.upper()}",
        requested_header=None if requested is None else header_to_wire(requested),
        requested_samples=() if requested is None else samples_to_wire(requested),
        per_frame=options.per_frame,
    )


def _stream_requests(
    pairs: Iterable[tuple[Frame, Frame | None]], options: EvaluationOptions
) -> Iterator[pb.StreamEvaluateRequest]:
    yield pb.StreamEvaluateRequest(header=options_to_wire(options))
    for run in sound_to_wire(options.sound):
        yield pb.StreamEvaluateRequest(sound_samples=run)
    for generated, reference in pairs:
        meant = frame_to_wire(reference) if reference is not None else ()
        for ours, theirs in zip_longest(frame_to_wire(generated), meant):
            yield pb.StreamEvaluateRequest(pairs=[pb.FramePair(generated=ours, reference=theirs)])
