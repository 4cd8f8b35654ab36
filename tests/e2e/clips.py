"""Clips by PyAV alone, so that what is measured does not read itself."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np


def probe(path: Path) -> dict:
    """Frames, rate, duration and sound of a clip, by decoding all of it; headers may be wrong."""
    with av.open(str(path)) as file:
        times = sorted(frame.time for frame in file.decode(video=0))
        header_fps = float(file.streams.video[0].average_rate)
        audio = bool(file.streams.audio)
    fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else header_fps
    return {"frames": len(times), "fps": fps, "duration_s": times[-1] - times[0] + 1 / fps, "audio": audio}


def rgb_frames(path: Path) -> Iterator[np.ndarray]:
    """Frames of a clip by PyAV's own conversion."""
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def write_clip(path: Path, frames: list[np.ndarray], fps: int) -> None:
    """Encode frames without loss but for the colour's 4:4:4 rounding."""
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps, options={"crf": "1", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv444p"
        for rgb in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")))
        file.mux(stream.encode())


def trim(clip: Path, path: Path, frames: int) -> None:
    """Copy the packets of the first frames, and the sound up to there."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        streams = {
            stream.index: target.add_stream_from_template(stream)
            for stream in (source.streams.video[0], *source.streams.audio[:1])
        }
        end_s = frames / float(source.streams.video[0].average_rate)
        for packet in source.demux([stream for stream in source.streams if stream.index in streams]):
            if packet.dts is None or float((packet.pts or 0) * packet.time_base) >= end_s - 1e-6:
                continue
            packet.stream = streams[packet.stream.index]
            target.mux(packet)
