"""The generation room, typed."""

import uuid
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import grpc
import numpy as np
from jaxtyping import Int16
from vultus_api.common.v1 import track_pb2
from vultus_api.generation.v1 import generation_service_pb2 as pb
from vultus_api.generation.v1 import generation_service_pb2_grpc as rpc

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus_kit.clients.channel import check_picture, our_errors, stream
from vultus_kit.records import AvatarInfo, AvatarSpec, MethodDescription, Mode, PoseEdit
from vultus_kit.rpc.codec import FrameAssembler, header_to_wire, samples_to_wire, track_from_wire
from vultus_kit.rpc.sound import RATE_HZ, sound_to_wire

SAMPLES_IN_MESSAGE = 64
"""Most samples in one request: about 50 kB."""


@dataclass(frozen=True)
class AnimatedFrame:
    """A frame and what it was asked to show."""

    frame: Frame
    """The frame."""
    requested: Track
    """One sample, in the portrait's pixels."""
    version: str = ""
    """Version of the method that made it."""


@dataclass(frozen=True)
class RenderedImage:
    """A picture and what it was asked to show."""

    png: bytes
    """The picture's file."""
    requested: Track
    """One sample, in the portrait's pixels."""
    version: str
    """Version of the method that made it."""


class GenerationClient:
    """Animates portraits in a room.

    Args:
        channel: Where the room is; stays open.
        timeout_s: Deadline of every call that is not a stream, s.
    """

    def __init__(self, channel: grpc.Channel, timeout_s: float | None = 120.0) -> None:
        self._stub = rpc.GenerationServiceStub(channel)
        self._timeout_s = timeout_s

    def describe_methods(self) -> list[MethodDescription]:
        """Every method of the room."""
        with our_errors("generation"):
            response = self._stub.DescribeMethods(pb.DescribeMethodsRequest(), timeout=self._timeout_s)
        return [
            MethodDescription(method.name, method.description, method.version, method.follows, method.note)
            for method in response.methods
        ]

    def create_avatar(self, spec: AvatarSpec) -> AvatarInfo:
        """Prepare a portrait for animation; the same spec gives the same avatar."""
        request = pb.CreateAvatarRequest(request_id=str(uuid.uuid4()), spec=spec_to_wire(spec))
        with our_errors("generation"):
            response = self._stub.CreateAvatar(request, timeout=self._timeout_s)
        size_px = (response.height_px, response.width_px)
        return AvatarInfo(
            response.avatar_id, size_px, response.memory_bytes, response.version, response.hears
        )

    def stream_animate(
        self,
        avatar_id: str,
        driving: Iterable[Track],
        mode: Mode = "relative",
        timeout_s: float | None = None,
        sound: Int16[np.ndarray, " n"] | None = None,
    ) -> Generator[AnimatedFrame, None, None]:
        """Animate an avatar.

        Args:
            avatar_id: From `create_avatar`.
            driving: Parts of one track, taken as fast as the room renders them, in another thread.
            mode: How the motion reaches the source; "none" takes the samples as they are.
            timeout_s: Deadline of the whole stream, s.
            sound: The driver's, mono, 16 kHz, the first sample at time 0 of the track; None without any, or
                where the avatar does not hear.

        Yields:
            One frame for each sample, in order.
        """
        requests = _stream_requests(avatar_id, driving, mode, sound)
        assembler = FrameAssembler()
        header = track_pb2.TrackHeader()
        for response in stream("generation", self._stub.StreamAnimate, requests, timeout_s):
            if response.HasField("requested_header"):
                header = response.requested_header
            for part in response.frames:
                frame = assembler.add(part.frame)
                if frame is not None:
                    requested = track_from_wire(header, [part.requested])
                    yield AnimatedFrame(frame, requested, response.version)
        assembler.finish()

    def render_image(self, subject: str | AvatarSpec, edit: PoseEdit | None = None) -> RenderedImage:
        """A picture of an avatar (or of what to make one of), edited."""
        request = pb.RenderImageRequest(edit=edit_to_wire(edit or PoseEdit()))
        if isinstance(subject, str):
            request.avatar_id = subject
        else:
            request.spec.CopyFrom(spec_to_wire(subject))
        with our_errors("generation"):
            response = self._stub.RenderImage(request, timeout=self._timeout_s)
        requested = track_from_wire(response.requested_header, [response.requested])
        return RenderedImage(response.png, requested, response.version)

    def delete_avatar(self, avatar_id: str) -> bool:
        """Forget an avatar; answers whether it was in memory."""
        with our_errors("generation"):
            request = pb.DeleteAvatarRequest(avatar_id=avatar_id)
            return self._stub.DeleteAvatar(request, timeout=self._timeout_s).existed


def spec_to_wire(spec: AvatarSpec) -> pb.AvatarSpec:
    """The message of a spec; raises `InputError` where the picture is too large for one."""
    check_picture(spec.picture)
    return pb.AvatarSpec(
        picture=spec.picture,
        source_header=header_to_wire(spec.source),
        source_sample=samples_to_wire(spec.source[:1])[0],
        method=spec.method,
        side_px=spec.side_px,
        paste_back=spec.paste_back,
    )


def edit_to_wire(edit: PoseEdit) -> pb.PoseEdit:
    """The message of an edit."""
    return pb.PoseEdit(
        yaw_rad=edit.yaw_rad,
        pitch_rad=edit.pitch_rad,
        roll_rad=edit.roll_rad,
        expressions=dict(edit.expressions),
        frontal=edit.frontal,
        gaze_yaw_rad=edit.gaze_yaw_rad,
        gaze_pitch_rad=edit.gaze_pitch_rad,
        shape=dict(edit.shape),
    )


def _stream_requests(
    avatar_id: str, driving: Iterable[Track], mode: Mode, sound: Int16[np.ndarray, " n"] | None = None
) -> Iterator[pb.StreamAnimateRequest]:
    begun = False
    for part in driving:
        if not begun and len(part):
            header = pb.StreamAnimateHeader(avatar_id=avatar_id, mode=f"TRANSFER_MODE_{mode.upper()}")
            header.driving_header.CopyFrom(header_to_wire(part))
            header.sound_rate_hz = RATE_HZ if sound is not None else 0
            yield pb.StreamAnimateRequest(header=header)
            yield from (pb.StreamAnimateRequest(sound_samples=run) for run in sound_to_wire(sound))
            begun = True
        samples = samples_to_wire(part)
        for start in range(0, len(samples), SAMPLES_IN_MESSAGE):
            yield pb.StreamAnimateRequest(samples=samples[start : start + SAMPLES_IN_MESSAGE])
