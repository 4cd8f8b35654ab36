"""Video from files, frame by frame."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from jaxtyping import UInt8

from vultus.data.media import limits
from vultus.data.media.colour import RgbReader, square_width
from vultus.data.media.orientation import UPRIGHT, Matrix, from_display_matrix, oriented
from vultus.data.media.sources import (
    NOT_MEDIA,
    label_of,
    open_container,
    picture_stream,
    reason_of,
    require_file,
)
from vultus.data.media.timing import measure
from vultus.errors import MediaError

DECODER_THREADS = 2

INDEXED = frozenset(("mov", "matroska"))
"""Containers that can be entered at a key frame; those of others guess where it is."""


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a clip before it is decoded."""

    size_px: tuple[int, int]
    """(height, width) of the frames as they are shown: turned, with square pixels."""

    fps: float
    """Nominal rate of a constant-rate clip, mean rate of another, Hz."""

    frame_count: int | None
    """Frames that the packets promise."""

    duration_s: float
    """From the first frame's presentation to the end of the last one's, s."""

    has_audio: bool
    """Whether there is a sound track."""

    variable_rate: bool
    """Whether frames are shown for different times."""

    truncated: bool
    """Whether the file ends before the frames that it announces."""


@dataclass(frozen=True)
class Frame:
    """One picture of a clip."""

    rgb: UInt8[np.ndarray, "h w 3"]
    """RGB, as it is looked at."""

    time_s: float
    """Presentation time from the first frame's, s; grows from frame to frame."""

    index: int
    """0 for the first frame that can be decoded."""


class VideoReader:
    """Reads a clip as it would be shown, holding one frame at a time.

    The display matrix is applied, pixels are made square, frame times are kept. Each `iter` decodes anew
    from the start. Frames that are damaged are left out and `truncated` says so; a clip without a whole
    frame is refused.

    Args:
        path: MP4, MOV, MKV, WebM, AVI, GIF, ...

    Raises:
        MediaError: When it is no video, or frames are larger than `limits.VIDEO_PX`.
    """

    def __init__(self, path: Path | str) -> None:
        self.label = label_of("video", Path(path))
        self._path = require_file(Path(path), "video")
        self._running: Generator[Frame, None, None] | None = None
        with open_container(self._path, "video", self.label) as container:
            stream = self._stream(container)
            has_audio = bool(container.streams.audio)
            timing = measure(container, stream)
            self._clock_s = float(stream.time_base or 0)
            indexed = not INDEXED.isdisjoint(container.format.name.split(","))
        self.truncated = timing.truncated
        """Whether frames are missing; a fault in the middle of a clip shows only after it was read."""
        self._stored_px, self._matrix, first_tick = self._probe()
        ticks = timing.ticks
        ordered = ticks.size > 0 and first_tick == ticks[0] and bool((np.diff(ticks) > 0).all())
        self._ticks = ticks if indexed and ordered else ticks[:0]
        self._reader = RgbReader(self._stored_px)
        swapped = self._matrix[0][0] == 0
        self.info = VideoInfo(
            size_px=self._stored_px[::-1] if swapped else self._stored_px,
            fps=timing.fps,
            frame_count=timing.frame_count,
            duration_s=timing.duration_s,
            has_audio=has_audio,
            variable_rate=timing.variable,
            truncated=timing.truncated,
        )

    def __enter__(self) -> "VideoReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop decoding and let go of the file."""
        if self._running is not None:
            self._running.close()
            self._running = None

    def __iter__(self) -> Iterator[Frame]:
        self.close()
        self._running = self._frames()
        return self._running

    def frames_from(self, start_s: float) -> Iterator[Frame]:
        """The frames shown at `start_s` or later, with the numbers and times that `iter` gives them.

        What comes before the key frame is not decoded, where the container says where that is.
        """
        self.close()
        self._running = self._frames_from(start_s)
        return self._running

    def _frames_from(self, start_s: float) -> Generator[Frame, None, None]:
        moments_s = (self._ticks - self._ticks[:1]) * self._clock_s
        first = int(np.searchsorted(moments_s, start_s))
        if 0 < first < len(self._ticks):
            intact = not self.truncated
            frames = self._decoded(int(self._ticks[first]))
            frame = next(frames, None)
            if frame is not None and frame.pts == self._ticks[first]:
                started_s = float(self._ticks[0]) * self._clock_s
                yield from self._timed(chain((frame,), frames), first, started_s, float(moments_s[first - 1]))
                return
            # A key frame that frames before it lean on: only decoding from the start shows them all.
            frames.close()
            self.truncated = self.truncated and not intact
        for shown in self._frames():
            if shown.time_s >= start_s:
                yield shown

    def _frames(self) -> Generator[Frame, None, None]:
        yield from self._timed(self._decoded())

    def _timed(
        self, frames: Iterable[VideoFrame], index: int = 0, start_s: float | None = None, last_s: float = -1.0
    ) -> Generator[Frame, None, None]:
        """Frames with their numbers and times.

        Args:
            frames: In the order in which they are shown.
            index: Number of the first of them.
            start_s: When the clip's first frame is shown, on the container's clock; the first's where absent.
            last_s: When the frame before is shown, from the clip's first on.
        """
        step_s = 1 / self.info.fps
        for frame in frames:
            time_s = last_s + step_s if frame.pts is None else frame.pts * self._clock_s
            start_s = time_s if start_s is None else start_s
            moment_s = 0.0 if index == 0 else time_s - start_s
            if index and moment_s <= last_s:  # two frames at one moment, or a clock that was reset
                moment_s = last_s + step_s
            yield Frame(oriented(self._rgb(frame), self._matrix), moment_s, index)
            last_s, index = moment_s, index + 1

    def _rgb(self, frame: VideoFrame) -> UInt8[np.ndarray, "h w 3"]:
        try:
            return self._reader.rgb(frame)
        except (av.FFmpegError, ValueError) as error:
            raise MediaError(
                f"cannot read {self.label}: pixel format {frame.format.name!r} cannot be converted to RGB",
                remedy="convert it to H.264",
                metadata={"libav": reason_of(error)},
            ) from error

    def _probe(self) -> tuple[tuple[int, int], Matrix, int | None]:
        """Size, turn and moment of the first frame that can be decoded."""
        frames = self._decoded()
        frame = next(frames, None)
        frames.close()
        if frame is None:
            raise MediaError(
                f"cannot read {self.label}: no frame can be decoded", remedy="use an undamaged video"
            )
        with open_container(self._path, "video", self.label) as container:
            aspect = self._stream(container).sample_aspect_ratio
        width = square_width(frame.width, aspect)
        limits.require_size(self.label, width, frame.height, limits.VIDEO_PX)
        return (frame.height, width), _display_matrix(frame), frame.pts

    def _stream(self, container: InputContainer) -> VideoStream:
        stream = picture_stream(container)
        if stream is None:
            found = "only sound" if container.streams.audio else "no picture stream"
            raise MediaError(f"cannot read {self.label}: there is {found} in it", remedy=NOT_MEDIA["video"])
        context = stream.codec_context
        if context is None or context.codec is None:
            raise MediaError(f"cannot read {self.label}: its codec is unknown", remedy="convert it to H.264")
        if context.width or context.height:
            limits.require_size(self.label, context.width, context.height, limits.VIDEO_PX)
        stream.thread_type = "AUTO"
        context.thread_count = DECODER_THREADS
        context.options = {"max_pixels": str(limits.VIDEO_PX)}
        return stream

    def _decoded(self, tick: int | None = None) -> Generator[VideoFrame, None, None]:
        """Whole frames in presentation order, from `tick` on; what is damaged sets `truncated`."""
        with open_container(self._path, "video", self.label) as container:
            stream = self._stream(container)
            if tick is not None:
                container.seek(tick, stream=stream)
            packets = container.demux(stream)
            more = True
            while more:
                try:
                    packet = next(packets, None)
                    # Without a packet the decoder gives what it still holds.
                    frames = stream.decode(packet) if packet is None or packet.size else []
                    more = packet is not None
                except av.EOFError:
                    return
                except (av.FFmpegError, OSError):
                    self.truncated = True
                    continue
                for frame in frames:
                    if tick is not None and frame.pts is not None and frame.pts < tick:
                        continue
                    if frame.is_corrupt:
                        self.truncated = True
                    else:
                        yield frame


def _display_matrix(frame: VideoFrame) -> Matrix:
    for data in frame.side_data:  # a mapping that iterates over its values
        if isinstance(data, SideData) and data.type == Type.DISPLAYMATRIX:
            return from_display_matrix(bytes(data))
    return UPRIGHT
