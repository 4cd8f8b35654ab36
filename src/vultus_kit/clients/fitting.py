"""The fitting room, typed."""

from collections.abc import Generator, Iterable, Iterator

import grpc
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus_kit.clients.channel import check_picture, our_errors, stream
from vultus_kit.records import FitOptions, FitSummary, MorphableDescription
from vultus_kit.rpc.codec import (
    artifact_from_wire,
    artifact_to_wire,
    frame_to_wire,
    track_from_wire,
)
from vultus_kit.store import Artifact


class FittingClient:
    """Fits pictures and clips in a room.

    Args:
        channel: Where the room is; stays open.
        timeout_s: Deadline of every call that is not a stream, s.
    """

    def __init__(self, channel: grpc.Channel, timeout_s: float | None = 60.0) -> None:
        self._stub = rpc.FittingServiceStub(channel)
        self._timeout_s = timeout_s

    def describe_morphable(self, name: str = "builtin") -> MorphableDescription:
        """What the morphable model `name` is."""
        with our_errors("fitting"):
            response = self._stub.DescribeMorphable(
                pb.DescribeMorphableRequest(morphable=name), timeout=self._timeout_s
            )
        return description_from_wire(response)

    def fit_image(self, picture: bytes, options: FitOptions | None = None) -> tuple[Track, FitSummary]:
        """A track of one frame for a picture file; raises `FaceNotFoundError` where there is no face."""
        check_picture(picture)
        request = pb.FitImageRequest(picture=picture, options=options_to_wire(options or FitOptions()))
        with our_errors("fitting"):
            response = self._stub.FitImage(request, timeout=self._timeout_s)
        return track_from_wire(response.header, [response.sample]), summary_from_wire(response.summary)

    def stream_fit(
        self,
        frames: Iterable[Frame],
        fps: float,
        options: FitOptions | None = None,
        timeout_s: float | None = None,
    ) -> Generator[Track, None, FitSummary]:
        """Fit frames as they arrive.

        Args:
            frames: Taken as fast as the room fits them, in another thread.
            fps: Nominal frame rate, Hz.
            options: How to fit.
            timeout_s: Deadline of the whole stream, s.

        Yields:
            Parts of the track, in order.

        Returns:
            Figures of the whole fit, as the generator's return value.
        """
        requests = _stream_requests(frames, fps, options or FitOptions())
        header = summary = None
        for response in stream("fitting", self._stub.StreamFit, requests, timeout_s):
            if response.HasField("header"):
                header = response.header
            if response.HasField("summary"):
                summary = summary_from_wire(response.summary)
            if response.samples:
                yield track_from_wire(header or pb.StreamFitResponse().header, response.samples)
        return summary or FitSummary(0, 0)

    def fit_clip(
        self, clip: Artifact, options: FitOptions | None = None, timeout_s: float | None = None
    ) -> tuple[Artifact, FitSummary]:
        """The stored track of a stored clip."""
        request = pb.FitClipRequest(
            clip=artifact_to_wire(clip), options=options_to_wire(options or FitOptions())
        )
        with our_errors("fitting"):
            response = self._stub.FitClip(request, timeout=timeout_s)
        return artifact_from_wire(response.track, "track"), summary_from_wire(response.summary)


def options_to_wire(options: FitOptions) -> pb.FitOptions:
    """The message of options."""
    return pb.FitOptions(
        morphable=options.morphable,
        detector=options.detector,
        face_index=None if options.face == "largest" else options.face,
        smoothing=f"SMOOTHING_{options.smoothing.upper()}",
    )


def summary_from_wire(message: pb.FitSummary) -> FitSummary:
    """The figures of a message."""
    error = message.landmark_error_interocular
    return FitSummary(
        frame_count=message.frame_count,
        valid_frame_count=message.valid_frame_count,
        face_count=message.face_count if message.HasField("face_count") else None,
        landmark_error_interocular=error if message.HasField("landmark_error_interocular") else None,
    )


def description_from_wire(message: pb.DescribeMorphableResponse) -> MorphableDescription:
    """The description of a message."""
    return MorphableDescription(
        name=message.morphable,
        digest=message.morphable_digest,
        identity_count=message.identity_count,
        expression_names=tuple(message.expression_names),
        vertex_count=message.vertex_count,
        triangle_count=message.triangle_count,
        landmark_sets=tuple(message.landmark_sets),
        unit_mm=message.unit_mm,
        licence=message.licence,
    )


def _stream_requests(
    frames: Iterable[Frame], fps: float, options: FitOptions
) -> Iterator[pb.StreamFitRequest]:
    yield pb.StreamFitRequest(header=pb.StreamFitHeader(fps_hz=fps, options=options_to_wire(options)))
    for frame in frames:
        for chunk in frame_to_wire(frame):
            yield pb.StreamFitRequest(frames=[chunk])
