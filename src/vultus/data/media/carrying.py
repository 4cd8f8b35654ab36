"""The driver's sound carried over to a new video."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from vultus.data.media.sound import Decoded, float_samples, moment_of, sound_stream, without_unusable
from vultus.data.media.sources import label_of, open_container, picture_stream, require_file
from vultus.data.media.timing import Timing, measure

COPIED_CODECS = ("aac", "mp3")
"""What every player of MP4 knows; everything else becomes AAC."""

AAC_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
"""What AAC can carry [iso14496-3, Table 1.18]."""

AAC_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
"""Layouts that are kept; others are mixed to one channel."""


SAME_MOMENT_S = 0.001
"""Frame times closer than this are the same one, rounded to another clock."""


class CarriedSound:
    """The sound of a file, added to an output in step with its pictures.

    Sound keeps its place against the pictures: a moment of the source's first frame is moment 0 here. Packets
    are copied where MP4 takes them, else encoded anew.

    Args:
        output: Container that has its video stream already and was not written to.
        path: Video or sound file; one without sound adds nothing.

    Raises:
        MediaError: When the file cannot be opened.
    """

    def __init__(self, output: OutputContainer, path: Path) -> None:
        checked, label = require_file(path, "sound"), label_of("sound", path)
        self.kind: str | None = None
        """"copied", "encoded" or None without sound."""
        self._output = output
        self.pictures = _pictures_of(checked, label)
        """When the source's own pictures are shown; None without any."""
        start_s = self.pictures.start_s if self.pictures else 0.0
        self._source = open_container(checked, "sound", label)
        self._packets: Iterator[tuple[float, Packet]] = iter(())
        self._next: tuple[float, Packet] | None = None
        stream = sound_stream(self._source)
        if stream is not None:
            copied = stream.codec_context.codec.canonical_name in COPIED_CODECS
            self.kind = "copied" if copied else "encoded"
            track = (_Copied if copied else _Encoded)(output, self._source, stream, start_s)
            self._packets = iter(track)

    def write_until(self, moment_s: float) -> None:
        """Add what starts before a moment, s."""
        while True:
            if self._next is None:
                self._next = next(self._packets, None)
            if self._next is None or self._next[0] >= moment_s:
                return
            self._output.mux(self._next[1])
            self._next = None

    def finish(self, last_s: float, step_s: float) -> float:
        """Add the rest: all of it when every picture of the source has its successor, else up to the end.

        Args:
            last_s: When the last picture is shown, s.
            step_s: How long a picture is shown where the source does not say, s.

        Returns:
            When the last picture ends, s.
        """
        if self.pictures and abs(last_s - self.pictures.last_s) < SAME_MOMENT_S:
            self.write_until(float("inf"))
            return self.pictures.duration_s
        self.write_until(last_s + step_s)
        return last_s + step_s

    def close(self) -> None:
        """Let go of the source."""
        self._packets = iter(())
        self._source.close()

    def __enter__(self) -> "CarriedSound":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _pictures_of(path: Path, label: str) -> Timing | None:
    with open_container(path, "sound", label) as container:
        stream = picture_stream(container)
        if stream is None:
            return None
        timing = measure(container, stream)
    return timing if timing.frame_count else None


class _Copied:
    def __init__(
        self, output: OutputContainer, source: InputContainer, stream: AudioStream, start_s: float
    ) -> None:
        self._source, self._stream, self._start_s = source, stream, start_s
        self._added = output.add_stream_from_template(stream)

    def __iter__(self) -> Iterator[tuple[float, Packet]]:
        packets = self._source.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError):
                return
            if packet is None:
                return
            if packet.pts is None or packet.dts is None or not packet.size:
                continue
            clock = packet.time_base
            shift = round(self._start_s / clock)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            # Before the first picture; at the source's own start it is what decoders skip to warm up.
            if shift > 0 and packet.pts + (packet.duration or 0) <= 0:
                continue
            packet.stream = self._added
            yield float(packet.pts * clock), packet


class _Encoded:
    def __init__(
        self, output: OutputContainer, source: InputContainer, stream: AudioStream, start_s: float
    ) -> None:
        self._decoded, self._start_s = Decoded(source, stream), start_s
        self._source_rate_hz = stream.codec_context.sample_rate
        rate_hz = min(
            AAC_RATES_HZ, key=lambda known: (known < self._source_rate_hz, abs(known - stream.rate))
        )
        self._layout = AAC_LAYOUTS.get(stream.codec_context.channels, "mono")
        self._added = output.add_stream("aac", rate=rate_hz, layout=self._layout)

    def __iter__(self) -> Iterator[tuple[float, Packet]]:
        clock_start: int | None = None
        for frame in self._decoded:
            if clock_start is None:
                moment_s = moment_of(frame) - self._start_s
                clock_start = round(moment_s * self._source_rate_hz)
            clean = self._clean(frame)
            clean.pts = clock_start
            clock_start += clean.samples
            if clock_start > 0:
                yield from self._moments(self._added.encode(clean))
        yield from self._moments(self._added.encode(None))

    def _clean(self, frame: AudioFrame) -> AudioFrame:
        """The encoder refuses NaN, and what lies over full scale is clipped as players would."""
        samples = np.clip(without_unusable(float_samples(frame))[0], -1, 1)
        if samples.shape[0] not in AAC_LAYOUTS:
            samples = samples.mean(axis=0, keepdims=True)
        clean = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=self._layout)
        clean.sample_rate = frame.sample_rate
        clean.time_base = Fraction(1, frame.sample_rate)
        return clean

    def _moments(self, packets: list[Packet]) -> Iterator[tuple[float, Packet]]:
        for packet in packets:
            yield float((packet.pts or 0) * packet.time_base), packet
