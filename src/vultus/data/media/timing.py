"""When the frames of a clip are shown, found by reading its packets without decoding them."""

from array import array
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from jaxtyping import Int64

FALLBACK_FPS = 25.0
"""For clips that say nothing usable, such as a single frame without a duration."""

FASTEST_FPS = 1000.0
"""Rates above this are clock rates that a file passes off as a frame rate."""


@dataclass(frozen=True)
class Timing:
    """What the packets of a video stream say."""

    frame_count: int
    """Frames that are whole and shown."""

    fps: float
    """Nominal rate of a constant-rate clip, mean rate of another, Hz."""

    duration_s: float
    """From the first frame's presentation to the end of the last one's, s."""

    last_s: float
    """Presentation time of the last frame from the first one's, s."""

    start_s: float
    """Presentation time of the first frame on the container's clock, s."""

    variable: bool
    """Whether frames are shown for different times, beyond the clock's own rounding."""

    truncated: bool
    """Whether the file ends, or breaks, before the frames that it announces."""

    ticks: Int64[np.ndarray, " t"]
    """When each frame is shown, on the stream's clock, in order; empty where the packets do not say."""


def measure(container: InputContainer, stream: VideoStream) -> Timing:
    """Read all packets of `stream` from where the container stands.

    Memory grows by 8 bytes for each frame.
    """
    times, packet_count, last_duration, broken = array("q"), 0, (0, 0), False
    try:
        for packet in container.demux(stream):
            packet_count += packet.size > 0
            moment = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or moment is None or packet.is_discard:
                continue
            if packet.is_corrupt:
                broken = True
                continue
            times.append(moment)
            last_duration = max(last_duration, (moment, packet.duration or 0))
    except (av.FFmpegError, OSError):
        broken = True
    broken = broken or packet_count < stream.frames
    count = len(times) or packet_count
    ticks = np.sort(np.frombuffer(times, "q").view(np.int64)) if times else np.zeros(0, np.int64)
    return _timing(ticks, count, last_duration[1], stream, broken)


def _timing(ticks: np.ndarray, count: int, last_ticks: int, stream: VideoStream, truncated: bool) -> Timing:
    clock = float(stream.time_base or Fraction(1, 1))
    steps = np.diff(ticks)
    steps = steps[steps > 0]
    usual = float(np.median(steps)) if steps.size else 0.0
    variable = bool(steps.size and np.abs(steps - usual).max() > 1.01 + 0.01 * usual)
    fps = _rate(stream, usual * clock)
    span_s = float(ticks[-1] - ticks[0]) * clock if ticks.size else (count - 1) / fps
    duration_s = _announced(stream, clock, truncated)
    if duration_s < span_s:
        # The last packet's own duration is believed only near the usual one: some containers guess it.
        usual_s = usual * clock or 1 / fps
        last_s = last_ticks * clock
        duration_s = span_s + (last_s if 0.5 < last_s / usual_s < 2 else usual_s)
    if variable:
        fps = count / duration_s
    start_s = float(ticks[0]) * clock if ticks.size else 0.0
    return Timing(count, fps, duration_s, span_s, start_s, variable, truncated, ticks)


def _announced(stream: VideoStream, clock: float, truncated: bool) -> float:
    """The stream's duration where its header has a true one, else 0; s."""
    return 0.0 if truncated or not stream.duration else stream.duration * clock


def _rate(stream: VideoStream, usual_s: float) -> float:
    """The announced rate, or else what the usual distance of frames makes it; Hz."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0 < rate <= FASTEST_FPS:
            return float(rate)
    if usual_s > 0 and 1 / usual_s <= FASTEST_FPS:
        return 1 / usual_s
    return FALLBACK_FPS
