"""Messages of the generation service as records, and back."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import numpy as np
from vultus_api.generation.v1 import generation_service_pb2 as pb

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.speech.voice import Voice
from vultus_kit.records import AvatarInfo, AvatarSpec, MethodDescription, Mode, PoseEdit
from vultus_kit.rpc.codec import frame_to_wire, header_to_wire, samples_to_wire, track_from_wire
from vultus_kit.rpc.sound import SoundAssembler, rate_from_wire

_MODES: dict[int, Mode] = {
    pb.TRANSFER_MODE_UNSPECIFIED: "relative",
    pb.TRANSFER_MODE_RELATIVE: "relative",
    pb.TRANSFER_MODE_ABSOLUTE: "absolute",
    pb.TRANSFER_MODE_NONE: "none",
}
SMALLEST_PX, DEFAULT_PX, LARGEST_PX = 32, 256, 4096


def spec_from_wire(message: pb.AvatarSpec) -> AvatarSpec:
    """What an avatar shall be made of."""
    if not message.picture:
        raise InputError("the request holds no portrait", remedy="send the bytes of a picture file")
    if not message.HasField("source_sample"):
        raise InputError("the request holds no source sample", remedy="fit the portrait with FitImage first")
    side = message.side_px or DEFAULT_PX
    if not SMALLEST_PX <= side <= LARGEST_PX:
        raise InputError(
            f"frames cannot be {side} px wide",
            remedy=f"from {SMALLEST_PX} to {LARGEST_PX} px",
            metadata={"side_px": side},
        )
    return AvatarSpec(
        picture=message.picture,
        source=track_from_wire(message.source_header, [message.source_sample]),
        method=message.method or "warp",
        side_px=side,
        paste_back=message.paste_back,
    )


def avatar_to_wire(avatar: AvatarInfo) -> pb.CreateAvatarResponse:
    """The answer to `CreateAvatar`."""
    height, width = avatar.size_px
    return pb.CreateAvatarResponse(
        avatar_id=avatar.avatar_id,
        height_px=height,
        width_px=width,
        memory_bytes=avatar.memory_bytes,
        version=avatar.version,
        hears=avatar.hears,
    )


def methods_to_wire(methods: Sequence[MethodDescription]) -> pb.DescribeMethodsResponse:
    """The answer to `DescribeMethods`."""
    infos = [
        pb.MethodInfo(
            name=method.name,
            description=method.description,
            version=method.version,
            follows=method.follows,
            note=method.note,
        )
        for method in methods
    ]
    return pb.DescribeMethodsResponse(methods=infos)


def edit_from_wire(message: pb.PoseEdit) -> PoseEdit:
    """The edit of a message; raises `InputError` where a value cannot be."""
    edit = PoseEdit(
        message.yaw_rad,
        message.pitch_rad,
        message.roll_rad,
        dict(message.expressions),
        message.frontal,
        message.gaze_yaw_rad,
        message.gaze_pitch_rad,
        dict(message.shape),
    )
    for name, value in {"yaw": edit.yaw_rad, "pitch": edit.pitch_rad, "roll": edit.roll_rad}.items():
        if not abs(value) < math.pi:
            raise InputError(
                f"{name} cannot be {value} rad", remedy="between -pi and pi", metadata={f"{name}_rad": value}
            )
    for name, value in edit.expressions.items():
        if not math.isfinite(value):
            raise InputError(f"{name} cannot be {value}", remedy="use 0 to 1", metadata={"expression": name})
    return edit


def subject_from_wire(message: pb.RenderImageRequest) -> str | AvatarSpec:
    """The id of an avatar, or what to make one of."""
    subject = message.WhichOneof("subject")
    if subject is None:
        raise InputError("the request names no avatar and no portrait", remedy="set avatar_id or spec")
    return message.avatar_id if subject == "avatar_id" else spec_from_wire(message.spec)


def image_to_wire(png: bytes, requested: Track, avatar_id: str, version: str) -> pb.RenderImageResponse:
    """The answer to `RenderImage`."""
    return pb.RenderImageResponse(
        png=png,
        requested=samples_to_wire(requested)[0],
        requested_header=header_to_wire(requested),
        avatar_id=avatar_id,
        version=version,
    )


class DrivingReader:
    """Reads the messages of a `StreamAnimate`: the header, then the sound, then parts of the track.

    Args:
        messages: The stream.
        longest: Most samples in one part.
    """

    def __init__(self, messages: AsyncIterator[pb.StreamAnimateRequest], longest: int) -> None:
        self._messages = messages
        self._longest = longest
        self._held: pb.StreamAnimateRequest | None = None
        self._header = pb.StreamAnimateHeader()

    async def begin(self) -> tuple[str, Mode]:
        """Avatar id and mode, of the first message."""
        first = await anext(self._messages, None)
        if first is None or not first.HasField("header"):
            raise InputError("the stream does not begin with a header", remedy="send the header first")
        if first.header.mode not in _MODES:
            raise InputError(
                f"no transfer mode with number {first.header.mode}",
                remedy="see TransferMode in generation_service.proto",
                metadata={"mode": first.header.mode},
            )
        self._held, self._header = first, first.header
        return first.header.avatar_id, _MODES[first.header.mode]

    async def voice(self, *, heard: bool) -> Voice | None:
        """The driver's sound, which comes before its samples; None without any.

        Args:
            heard: Whether anybody listens; else the sound is checked and forgotten.
        """
        rate_hz = rate_from_wire(self._header.sound_rate_hz)
        sound = SoundAssembler(rate_hz, kept=heard)
        message = self._held
        while message is not None:
            sound.add(message.sound_samples)
            if message.samples:
                break
            message = await anext(self._messages, None)
        self._held = message
        samples = sound.finish()
        return None if samples is None else await asyncio.to_thread(Voice.of_pcm16, samples, rate_hz)

    async def parts(self) -> AsyncIterator[Track]:
        """Parts of the driving track, in order."""
        if self._held is not None:
            for part in self._split(self._held):
                yield part
        async for message in self._messages:
            if message.sound_samples:
                raise InputError(
                    "sound came after the first sample", remedy="send all sound before the samples"
                )
            for part in self._split(message):
                yield part

    def _split(self, message: pb.StreamAnimateRequest) -> Iterator[Track]:
        for start in range(0, len(message.samples), self._longest):
            yield track_from_wire(self._header.driving_header, message.samples[start : start + self._longest])


class FrameWriter:
    """Messages of animated frames: the header in the first, each frame's sample with its last chunk.

    Args:
        version: Version of the method that makes them.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._count = 0
        self._begun = False

    def messages(self, frames: Iterable[np.ndarray], requested: Track) -> Iterator[pb.StreamAnimateResponse]:
        """The messages of some frames and what they show."""
        for rgb, sample in zip(frames, samples_to_wire(requested), strict=True):
            for chunk in frame_to_wire(Frame(rgb, sample.time_offset_s, self._count)):
                part = pb.AnimatedFrame(frame=chunk, requested=sample if chunk.last else None)
                header = None if self._begun else header_to_wire(requested)
                self._begun = True
                yield pb.StreamAnimateResponse(requested_header=header, frames=[part], version=self._version)
            self._count += 1


def avatar_id_from_wire(message: pb.DeleteAvatarRequest) -> str:
    """The id that a request names."""
    return message.avatar_id


def deletion_to_wire(existed: bool) -> pb.DeleteAvatarResponse:
    """The answer to `DeleteAvatar`."""
    return pb.DeleteAvatarResponse(existed=existed)
