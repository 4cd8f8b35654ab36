"""Sound from files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from jaxtyping import Float32

from vultus.data.media import limits
from vultus.data.media.sources import label_of, open_container, picture_stream, require_file
from vultus.data.media.timing import measure
from vultus.errors import MediaError

MOST_UNUSABLE = 0.01
"""Largest share of samples that may be NaN or infinite."""

INTEGER_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9223372036854775808.0}
"""Full scale of libav's integer sample formats."""


@dataclass(frozen=True)
class Sound:
    """A sound track."""

    samples: Float32[np.ndarray, "c n"]
    """One row for each channel, [-1, 1] unless `over_range`."""

    rate_hz: int
    """Samples in a second."""

    replaced_count: int
    """Samples that were NaN or infinite and are now 0."""

    over_range: bool
    """Whether some samples lie outside [-1, 1]; they are left as they are."""

    truncated: bool
    """Whether the file broke off while it was decoded."""

    start_s: float = 0.0
    """When the first sample is heard, s from the moment of the file's first picture; may be negative."""

    @property
    def duration_s(self) -> float:
        """Length of the track, s."""
        return self.samples.shape[1] / self.rate_hz


def read_sound(path: Path | str) -> Sound:
    """Read a whole sound file, or the first sound track of a video.

    Raises:
        MediaError: When there is no sound in it, it is too long or more than 1 % of it is NaN or infinite.
    """
    label = label_of("sound", Path(path))
    checked = require_file(Path(path), "sound")
    with open_container(checked, "sound", label) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError(f"cannot read {label}: there is no sound in it", remedy="use another file")
        decoded = Decoded(container, stream)
        samples, rate_hz, moment_s = _collect(decoded, label)
    samples, replaced_count = without_unusable(samples)
    if replaced_count > MOST_UNUSABLE * samples.size:
        raise MediaError(
            f"cannot read {label}: {replaced_count} of {samples.size} samples are NaN or infinite",
            remedy="export it again as 16-bit WAV",
            metadata={"unusable_count": replaced_count},
        )
    over_range = bool(np.abs(samples).max() > 1)
    start_s = moment_s - first_picture_s(checked)
    return Sound(samples, rate_hz, replaced_count, over_range, decoded.truncated, start_s)


def first_picture_s(path: Path) -> float:
    """When a file's first picture is shown on the container's clock, s; 0 where there is none."""
    with open_container(path, "video", label_of("video", path)) as container:
        stream = picture_stream(container)
        return measure(container, stream).start_s if stream is not None else 0.0


def moment_of(frame: AudioFrame) -> float:
    """When a decoded frame's first sample is heard on the container's clock, s."""
    return float((frame.pts or 0) * (frame.time_base or 0))


def has_sound(path: Path) -> bool:
    """Whether a file has a sound track that can be decoded; raises `MediaError` where it is no media."""
    with open_container(require_file(path, "sound"), "sound", label_of("sound", path)) as container:
        return sound_stream(container) is not None


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound track that can be decoded."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.codec is not None:
            return stream
    return None


class Decoded:
    """Frames of a sound track; what is damaged is left out and sets `truncated`."""

    def __init__(self, container: InputContainer, stream: AudioStream) -> None:
        self._container, self._stream = container, stream
        self.truncated = False

    def __iter__(self) -> Iterator[AudioFrame]:
        packets = self._container.demux(self._stream)
        more = True
        while more:
            try:
                packet = next(packets, None)
                # Without a packet the decoder gives what it still holds.
                frames = self._stream.decode(packet) if packet is None or packet.size else []
                more = packet is not None
            except av.EOFError:
                return
            except (av.FFmpegError, OSError):
                self.truncated = True
                continue
            yield from frames


def float_samples(frame: AudioFrame) -> Float32[np.ndarray, "c n"]:
    """Samples of a decoded frame, full scale at ±1."""
    kind = frame.format.name.removesuffix("p")
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    if kind not in INTEGER_SCALE:
        return values.astype(np.float32)
    offset = 128.0 if kind == "u8" else 0.0
    return ((values - offset) / INTEGER_SCALE[kind]).astype(np.float32)


def without_unusable(samples: Float32[np.ndarray, "c n"]) -> tuple[Float32[np.ndarray, "c n"], int]:
    """Samples with 0 in place of NaN and infinity, and how many there were."""
    finite = np.isfinite(samples)
    replaced_count = samples.size - int(finite.sum())
    return (np.where(finite, samples, np.float32(0)), replaced_count) if replaced_count else (samples, 0)


def _collect(decoded: Decoded, label: str) -> tuple[Float32[np.ndarray, "c n"], int, float]:
    """Samples, their rate and the moment of the first one."""
    blocks: list[np.ndarray] = []
    count = rate_hz = 0
    moment_s = 0.0
    for frame in decoded:
        if not blocks:
            moment_s = moment_of(frame)
        block = float_samples(frame)
        if blocks and (block.shape[0] != blocks[0].shape[0] or frame.sample_rate != rate_hz):
            raise MediaError(
                f"cannot read {label}: its rate or channels change midway", remedy="export it again"
            )
        rate_hz = frame.sample_rate
        count += block.size
        if count > limits.SOUND_VALUES:
            raise MediaError(
                f"cannot read {label}: it has more than {limits.SOUND_VALUES} samples", remedy="cut it"
            )
        blocks.append(block)
    if not count:
        raise MediaError(f"cannot read {label}: there are no samples in it", remedy="use another file")
    return np.concatenate(blocks, axis=1), rate_hz, moment_s
