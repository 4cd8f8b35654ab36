"""Messages of the fitting service as records, and back."""

from collections.abc import AsyncIterator

from vultus_api.common.v1 import track_pb2
from vultus_api.fitting.v1 import fitting_service_pb2 as pb

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus.errors import InputError
from vultus_kit.records import FitOptions, FitSummary, MorphableDescription, Smoothing
from vultus_kit.rpc.codec import (
    FrameAssembler,
    artifact_from_wire,
    artifact_to_wire,
    header_to_wire,
    samples_to_wire,
)
from vultus_kit.store import Artifact

_SMOOTHINGS: dict[int, Smoothing] = {
    pb.SMOOTHING_UNSPECIFIED: "none",
    pb.SMOOTHING_NONE: "none",
    pb.SMOOTHING_ONE_EURO: "one_euro",
    pb.SMOOTHING_GAUSSIAN: "gaussian",
    pb.SMOOTHING_MOVING_AVERAGE: "moving_average",
}
FASTEST_HZ = 1000.0


def options_from_wire(message: pb.FitOptions) -> FitOptions:
    """The options of a message, with defaults filled in."""
    if message.smoothing not in _SMOOTHINGS:
        raise InputError(
            f"no smoothing with number {message.smoothing}",
            remedy="see Smoothing in fitting_service.proto",
            metadata={"smoothing": message.smoothing},
        )
    if message.face_index < 0:
        raise InputError(
            f"there is no face {message.face_index}",
            remedy="count from 0",
            metadata={"face": message.face_index},
        )
    return FitOptions(
        morphable=message.morphable or "builtin",
        detector=message.detector or "mediapipe",
        face=message.face_index if message.HasField("face_index") else "largest",
        smoothing=_SMOOTHINGS[message.smoothing],
    )


def morphable_from_wire(message: pb.DescribeMorphableRequest) -> str:
    """The name that a request asks for."""
    return message.morphable or "builtin"


def description_to_wire(description: MorphableDescription) -> pb.DescribeMorphableResponse:
    """The message of a description."""
    return pb.DescribeMorphableResponse(
        morphable=description.name,
        morphable_digest=description.digest,
        identity_count=description.identity_count,
        expression_names=description.expression_names,
        vertex_count=description.vertex_count,
        triangle_count=description.triangle_count,
        landmark_sets=description.landmark_sets,
        unit_mm=description.unit_mm,
        licence=description.licence,
    )


def summary_to_wire(summary: FitSummary) -> pb.FitSummary:
    """The message of a fit's figures."""
    return pb.FitSummary(
        frame_count=summary.frame_count,
        valid_frame_count=summary.valid_frame_count,
        face_count=summary.face_count,
        landmark_error_interocular=summary.landmark_error_interocular,
    )


def image_from_wire(message: pb.FitImageRequest) -> tuple[bytes, FitOptions]:
    """Picture file and options of a request."""
    if not message.picture:
        raise InputError("the request holds no picture", remedy="send the bytes of a picture file")
    return message.picture, options_from_wire(message.options)


def image_to_wire(track: Track, summary: FitSummary) -> pb.FitImageResponse:
    """The answer to `FitImage`."""
    return pb.FitImageResponse(
        header=header_to_wire(track), sample=samples_to_wire(track)[0], summary=summary_to_wire(summary)
    )


async def stream_header_from_wire(messages: AsyncIterator[pb.StreamFitRequest]) -> tuple[float, FitOptions]:
    """Frame rate and options, of the stream's first message."""
    first = await anext(messages, None)
    if first is None or not first.HasField("header") or first.frames:
        raise InputError("the stream does not begin with a header", remedy="send the header first and alone")
    fps = first.header.fps_hz
    if not 0 < fps <= FASTEST_HZ:
        raise InputError(
            f"a clip cannot have {fps} frames a second",
            remedy=f"more than 0, at most {FASTEST_HZ:.0f}",
            metadata={"fps_hz": fps},
        )
    return fps, options_from_wire(first.header.options)


async def frames_from_wire(messages: AsyncIterator[pb.StreamFitRequest]) -> AsyncIterator[Frame]:
    """The frames of a stream after its header; they are all of one size."""
    assembler = FrameAssembler()
    shape = None
    async for message in messages:
        for chunk in message.frames:
            frame = assembler.add(chunk)
            if frame is None:
                continue
            shape = shape or frame.rgb.shape
            if frame.rgb.shape != shape:
                raise InputError(
                    f"frame {frame.index} is not as large as the first one",
                    remedy="send frames of one size",
                    metadata={"index": frame.index},
                )
            yield frame
    assembler.finish()


class TrackWriter:
    """Answers of `StreamFit`: the header goes with the first part."""

    def __init__(self) -> None:
        self._begun = False

    def part(self, track: Track) -> pb.StreamFitResponse:
        """The message of a part of the track."""
        header: track_pb2.TrackHeader | None = None if self._begun else header_to_wire(track)
        self._begun = True
        return pb.StreamFitResponse(header=header, samples=samples_to_wire(track))

    def end(self, summary: FitSummary) -> pb.StreamFitResponse:
        """The last message."""
        return pb.StreamFitResponse(summary=summary_to_wire(summary))


def clip_from_wire(message: pb.FitClipRequest) -> tuple[Artifact, FitOptions]:
    """Clip and options of a request."""
    return artifact_from_wire(message.clip, "clip"), options_from_wire(message.options)


def clip_to_wire(track: Artifact, summary: FitSummary) -> pb.FitClipResponse:
    """The answer to `FitClip`."""
    return pb.FitClipResponse(track=artifact_to_wire(track), summary=summary_to_wire(summary))
