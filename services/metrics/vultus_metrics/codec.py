"""Messages of the metrics service as records, and back."""

import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence

from vultus_api.metrics.v1 import metrics_service_pb2 as pb

from vultus.data.media import Frame
from vultus.errors import InputError
from vultus_kit.records import (
    EvaluationMode,
    EvaluationOptions,
    MetricDescription,
    MetricResult,
    MissingFaces,
    Report,
)
from vultus_kit.rpc.codec import FrameAssembler, artifact_from_wire, track_from_wire
from vultus_kit.rpc.sound import SoundAssembler
from vultus_kit.store import Artifact

_MODES: dict[int, EvaluationMode] = {
    pb.EVALUATION_MODE_UNSPECIFIED: "self",
    pb.EVALUATION_MODE_SELF: "self",
    pb.EVALUATION_MODE_CROSS: "cross",
}
_LONELY = "a frame came without its counterpart"
_SEND_BOTH = "send as many generated as reference frames"
_LATE_SOUND = "sound came after the first pair"
Pair = tuple[Frame, Frame | None]


def mode_from_wire(mode: int) -> EvaluationMode:
    """The mode of a number."""
    if mode not in _MODES:
        raise InputError(
            f"no evaluation mode with number {mode}",
            remedy="see EvaluationMode in metrics_service.proto",
            metadata={"mode": mode},
        )
    return _MODES[mode]


def options_from_wire(message: pb.StreamEvaluateHeader) -> EvaluationOptions:
    """What to score, and how."""
    samples = message.requested_samples
    return EvaluationOptions(
        metrics=tuple(message.metrics),
        mode=mode_from_wire(message.mode),
        source_picture=message.source_picture,
        requested=track_from_wire(message.requested_header, samples) if samples else None,
        per_frame=message.per_frame,
    )


async def header_from_wire(messages: AsyncIterator[pb.StreamEvaluateRequest]) -> EvaluationOptions:
    """The options of a stream's first message."""
    first = await anext(messages, None)
    if first is None or not first.HasField("header") or first.pairs:
        raise InputError("the stream does not begin with a header", remedy="send the header first and alone")
    return options_from_wire(first.header)


async def beginning_from_wire(
    messages: AsyncIterator[pb.StreamEvaluateRequest],
) -> tuple[EvaluationOptions, AsyncIterator[pb.StreamEvaluateRequest]]:
    """The options of a stream with the sound that follows them, and the messages from the first pair on."""
    options = await header_from_wire(messages)
    sound = SoundAssembler()
    held = None
    async for message in messages:
        sound.add(message.sound_samples)
        if message.pairs:
            held = message
            break
    return dataclasses.replace(options, sound=sound.finish()), _following(held, messages)


async def _following(
    held: pb.StreamEvaluateRequest | None, messages: AsyncIterator[pb.StreamEvaluateRequest]
) -> AsyncIterator[pb.StreamEvaluateRequest]:
    if held is None:
        return
    yield held
    async for message in messages:
        if message.sound_samples:
            raise InputError(_LATE_SOUND, remedy="send all sound before the first pair")
        yield message


async def pairs_from_wire(messages: AsyncIterator[pb.StreamEvaluateRequest]) -> AsyncIterator[Pair]:
    """The pairs of a stream after its header.

    The two frames of a pair may end in different messages; without any reference every frame is a pair.
    """
    ours, theirs = FrameAssembler(), FrameAssembler()
    made: Frame | None = None
    meant: Frame | None = None
    async for message in messages:
        for pair in message.pairs:
            if (made and pair.HasField("generated")) or (meant and pair.HasField("reference")):
                raise InputError(_LONELY, remedy=_SEND_BOTH)
            if pair.HasField("generated"):
                made = ours.add(pair.generated)
            if pair.HasField("reference"):
                meant = theirs.add(pair.reference)
            if made is not None and (meant is not None or not theirs.used):
                yield made, meant
                made = meant = None
    ours.finish()
    theirs.finish()
    if made is not None or meant is not None:
        raise InputError(_LONELY, remedy=_SEND_BOTH)


@dataclasses.dataclass(frozen=True)
class StoredClips:
    """What an `EvaluateClips` names."""

    generated: Artifact
    """Clip to score."""
    reference: Artifact
    """Clip to score it against."""
    source: Artifact | None
    """Portrait; None compares identity with the reference."""
    sound: Artifact | None
    """File whose sound the lips are compared with; None takes the generated clip's own."""
    options: EvaluationOptions
    """What to score, and how."""


def clips_from_wire(message: pb.EvaluateClipsRequest) -> StoredClips:
    """The clips and options of a request."""
    return StoredClips(
        generated=artifact_from_wire(message.generated, "generated clip"),
        reference=artifact_from_wire(message.reference, "reference clip"),
        source=artifact_from_wire(message.source, "source") if message.HasField("source") else None,
        sound=artifact_from_wire(message.sound, "sound") if message.HasField("sound") else None,
        options=EvaluationOptions(metrics=tuple(message.metrics), mode=mode_from_wire(message.mode)),
    )


def descriptions_to_wire(metrics: Sequence[MetricDescription]) -> pb.DescribeMetricsResponse:
    """The answer to `DescribeMetrics`."""
    infos = [
        pb.MetricInfo(
            name=metric.name,
            unit=metric.unit,
            protocol=metric.protocol,
            direction=_direction(metric.higher_is_better),
            default_on=metric.by_default,
            modes=[_mode_to_wire(mode) for mode in metric.modes],
        )
        for metric in metrics
    ]
    return pb.DescribeMetricsResponse(metrics=infos)


def report_to_wire(report: Report) -> pb.Report:
    """The message of a report."""
    height, width = report.size_px
    angles = None
    if report.generated_angles_deg:
        angles = pb.HeadAngles(
            generated_deg=report.generated_angles_deg, reference_deg=report.reference_angles_deg
        )
    return pb.Report(
        frame_count=report.frame_count,
        results=[_result_to_wire(result) for result in report.results],
        mode=_mode_to_wire(report.mode),
        height_px=height,
        width_px=width,
        left_out=report.left_out,
        missing_faces=_missing_to_wire(report.missing_faces),
        ci95_protocol=report.ci95_protocol,
        head_angles=angles,
        worst_frames=report.worst_frames,
        jitter=_jitter_to_wire(report.jitter),
    )


def progress_to_wire(frame_count: int) -> pb.StreamEvaluateResponse:
    """A message of progress."""
    return pb.StreamEvaluateResponse(frame_count=frame_count)


def end_to_wire(report: Report) -> pb.StreamEvaluateResponse:
    """The last message of a stream."""
    return pb.StreamEvaluateResponse(frame_count=report.frame_count, report=report_to_wire(report))


def clips_to_wire(report: Report) -> pb.EvaluateClipsResponse:
    """The answer to `EvaluateClips`."""
    return pb.EvaluateClipsResponse(report=report_to_wire(report))


def _result_to_wire(result: MetricResult) -> pb.MetricResult:
    return pb.MetricResult(
        name=result.name,
        value=result.value,
        unit=result.unit,
        protocol=result.protocol,
        ci95=pb.Interval(low=result.ci95[0], high=result.ci95[1]) if result.ci95 else None,
        frame_count=result.frame_count,
        direction=_direction(result.higher_is_better),
        frame_values=result.frame_values,
        note=result.note,
    )


def _missing_to_wire(faces: MissingFaces | None) -> pb.MissingFaces | None:
    if faces is None:
        return None
    return pb.MissingFaces(
        generated_count=faces.generated, reference_count=faces.reference, policy=faces.policy
    )


def _jitter_to_wire(jitter: Mapping[str, float | None]) -> pb.Jitter | None:
    if not jitter:
        return None
    return pb.Jitter(generated_interocular=jitter["generated"], reference_interocular=jitter["reference"])


def _direction(higher_is_better: bool) -> pb.Direction:
    return pb.DIRECTION_HIGHER if higher_is_better else pb.DIRECTION_LOWER


def _mode_to_wire(mode: EvaluationMode) -> pb.EvaluationMode:
    return pb.EVALUATION_MODE_SELF if mode == "self" else pb.EVALUATION_MODE_CROSS
