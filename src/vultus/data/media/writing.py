"""Video into files."""

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from jaxtyping import UInt8

from vultus.data.media.atomic import temporary_beside
from vultus.data.media.carrying import CarriedSound
from vultus.data.media.colour import LumaWriter
from vultus.data.media.sources import reason_of
from vultus.errors import InputError

SUFFIXES = (".mp4", ".m4v", ".mov")
"""What is written, always H.264 and AAC or MP3."""

METADATA_KEYS = ("title", "comment", "description", "copyright", "artist", "date", "genre")
"""Texts that MP4 keeps."""

FINEST_TICKS_HZ = 90_000
"""Frame times are kept to at least this precision."""

ENCODER_THREADS = 2


def synthetic_note(made: str) -> dict[str, str]:
    """Metadata of a video that says that it is synthetic.

    Args:
        made: How, for instance "method warp, from a.png".

    Example:
        >>> synthetic_note("method warp")["comment"]
        'SYNTHETIC: animated by Vultus, method warp'
    """
    return {"title": "Synthetic media", "comment": f"SYNTHETIC: animated by Vultus, {made}"}


class VideoWriter:
    """Writes H.264 at a constant quality, with the sound of the driver; the file appears whole or not at all.

    The file is complete when `close` returns. Leaving the `with` block by any exception, an interrupt
    included, leaves nothing behind. Equal input gives equal bytes.

    4:2:0 colour needs even sizes: an odd frame gets one more row or column at the bottom or right, a copy of
    its last one. `size_px` says what is written. There are no B-frames, so frames are stored in the order in
    which they are shown and each is shown exactly as long as it should.

    Args:
        path: Ends in .mp4, .m4v or .mov.
        size_px: (height, width) of the frames.
        fps: Nominal rate, or mean rate where the frame times vary, Hz.
        audio_from: File whose sound is carried over; None, or one without sound, gives a silent file.
        crf: x264's constant rate factor, 0 (lossless) to 51.
        preset: x264's speed preset.
        metadata: Text by `METADATA_KEYS`, for instance a comment that the clip is synthetic.
        key_frame_every: Most frames from one key frame to the next; None leaves it to x264, which takes 250.

    Raises:
        InputError: When `path` cannot be written; `MediaError` when `audio_from` cannot be read.
    """

    def __init__(
        self,
        path: Path | str,
        size_px: tuple[int, int],
        fps: float | int,
        audio_from: Path | str | None = None,
        crf: int = 18,
        preset: str = "veryfast",
        metadata: Mapping[str, str] | None = None,
        key_frame_every: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.size_px = size_px[0] + size_px[0] % 2, size_px[1] + size_px[1] % 2
        """(height, width) of the file's frames, even."""
        self.frame_count = 0
        """Frames written so far."""
        _check(self.path, size_px, fps, metadata or {})
        self._given_px = size_px
        self._rate = Fraction(fps).limit_denominator(1001)
        self._clock = _clock(self._rate)
        self._last_tick = -1
        self._luma = LumaWriter(self.size_px[0])
        self._options = {"crf": str(crf), "preset": preset, "bf": "0"}
        if key_frame_every is not None:
            self._options["g"] = str(key_frame_every)
        self._temporary = temporary_beside(self.path)
        self._waiting: list[Packet] = []
        self._sound: CarriedSound | None = None
        self._output: OutputContainer | None = None
        try:
            self._open(Path(audio_from) if audio_from is not None else None, metadata or {})
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise self._failed(error) from error
        except BaseException:
            self.discard()
            raise

    def _open(self, audio_from: Path | None, metadata: Mapping[str, str]) -> None:
        self._output = av.open(
            str(self._temporary), "w", format="mp4", container_options={"movflags": "+faststart"}
        )
        self._output.metadata.update(metadata)
        self._stream: VideoStream = self._output.add_stream("libx264", rate=self._rate, options=self._options)
        self._stream.height, self._stream.width = self.size_px
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = self._clock
        context.thread_count = ENCODER_THREADS
        for name, value in self._luma.flags.items():
            setattr(context, name, value)
        if audio_from is not None:
            self._sound = CarriedSound(self._output, audio_from)

    @property
    def audio(self) -> str | None:
        """How sound comes over: "copied", "encoded" or None."""
        return self._sound.kind if self._sound else None

    def write(self, rgb: UInt8[np.ndarray, "h w 3"], time_s: float | None = None) -> None:
        """Add a frame.

        Args:
            rgb: RGB of the given size.
            time_s: Presentation time from the first frame's, s; by default the frame's number over `fps`.

        Raises:
            InputError: When the file cannot grow.
            ValueError: When the size is not the given one or time goes backwards.
        """
        if rgb.shape[:2] != self._given_px:
            raise ValueError(f"the frame is {rgb.shape[:2]}, the video {self._given_px}")
        moment = self.frame_count / self._rate if time_s is None else time_s
        tick = max(round(moment / self._clock), self._last_tick + 1)
        if tick - moment / self._clock > 2:
            raise ValueError(f"frame {self.frame_count} at {time_s} s is not after the one before")
        if self._output is None:
            raise ValueError("the video is closed")
        frame = self._luma.frame(_even(rgb))
        frame.pts, frame.time_base = tick, self._clock
        try:
            self._mux(self._output, self._stream.encode(frame))
            if self._sound:
                self._sound.write_until(float(tick * self._clock))
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise self._failed(error) from error
        self._last_tick = tick
        self.frame_count += 1

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            InputError: When there are no frames, or the file cannot be finished.
        """
        if self._output is None:
            return
        try:
            if not self.frame_count:
                raise InputError(f"cannot write {str(self.path)!r}: there are no frames", remedy="write some")
            self._finish(self._output)
            self._temporary.replace(self.path)
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise self._failed(error) from error
        except BaseException:
            self.discard()
            raise
        self.discard()

    def discard(self) -> None:
        """Leave nothing behind; after `close` this does nothing."""
        if self._sound is not None:
            self._sound.close()
        if self._output is not None:
            with suppress(av.FFmpegError, OSError):  # the file goes away all the same
                self._output.close()
            self._output = None
        self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> "VideoWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _mux(self, output: OutputContainer, packets: list[Packet]) -> None:
        """Write all packets but the last one, whose duration is known only at the end."""
        self._waiting += packets
        while len(self._waiting) > 1:
            output.mux(self._waiting.pop(0))

    def _finish(self, output: OutputContainer) -> None:
        step_s, last_s = float(1 / self._rate), float(self._last_tick * self._clock)
        self._mux(output, self._stream.encode(None))
        end_s = self._sound.finish(last_s, step_s) if self._sound else last_s + step_s
        for packet in self._waiting:
            packet.duration = max(1, round((end_s - last_s) / packet.time_base))
            output.mux(packet)
        output.close()

    def _failed(self, error: Exception) -> InputError:
        return InputError(
            f"cannot write {str(self.path)!r}: {reason_of(error)}",
            remedy="free space or choose another folder",
            metadata={"path": self.path},
        )


def _check(path: Path, size_px: tuple[int, int], fps: float | int, metadata: Mapping[str, str]) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"cannot write {str(path)!r}: unknown suffix {path.suffix!r}",
            remedy=f"use {', '.join(SUFFIXES)}",
        )
    if not 0 < fps <= 1000 or min(size_px) < 1:
        raise ValueError(f"no video has {fps} frames a second of {size_px} px")
    unknown = set(metadata) - set(METADATA_KEYS)
    if unknown:
        raise ValueError(f"MP4 keeps no {sorted(unknown)}, only {METADATA_KEYS}")


def _clock(rate: Fraction) -> Fraction:
    """A tick that divides the frame's time exactly and is short enough for variable rates."""
    return Fraction(1, rate.numerator * max(1, -(-FINEST_TICKS_HZ // rate.numerator)))


def _even(rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h2 w2 3"]:
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        rgb = np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(rgb)
