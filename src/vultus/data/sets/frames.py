"""Frames of stored clips: any window, without decoding what comes before its key frame."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from jaxtyping import Int64, UInt8

from vultus.data.media import limits
from vultus.data.media.colour import RgbReader
from vultus.data.media.sources import reason_of
from vultus.data.sets.faults import ClipDamagedError, Fault

DECODER_THREADS = 1
"""Training runs decode in many processes already."""


def read_frames(
    file: BinaryIO, where: Fault, size_px: tuple[int, int], start: int, stop: int
) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Frames [start, stop) of a stored video, one at a time; the same pixels as `VideoReader` gives.

    Args:
        file: The video; closed at the end.
        where: What messages call it.
        size_px: (height, width) that the frames should have.
        start: First frame.
        stop: Behind the last frame.

    Raises:
        ClipDamagedError: When the file has fewer frames, or of another size, or cannot be decoded.
    """
    given = 0
    try:
        with file, av.open(file, "r", format="mp4") as container:
            _require_size(container, size_px)
            ticks = _ticks(container)
            if stop <= len(ticks):
                for rgb in islice(_decoded(container, int(ticks[start])), stop - start):
                    given += 1
                    yield rgb
    except (av.FFmpegError, OSError, ValueError) as error:
        message = f"cannot be used: {_reason(error)}"
        raise ClipDamagedError(Fault(where.where, where.file, message)) from error
    if given != stop - start:
        message = f"ends before frame {stop}"
        raise ClipDamagedError(Fault(where.where, where.file, message))


def _require_size(container: InputContainer, size_px: tuple[int, int]) -> None:
    """Raise `ValueError` before anything is decoded that is not as it was written."""
    if not container.streams.video:
        raise ValueError("there is no video in it")
    context = container.streams.video[0].codec_context
    found = context.height, context.width
    if found != size_px or found[0] * found[1] > limits.VIDEO_PX:
        raise ValueError(f"frames have {found} px, not {size_px}")


def _ticks(container: InputContainer) -> Int64[np.ndarray, " t"]:
    """When each frame is shown, ticks, from the packets alone."""
    packets = container.demux(container.streams.video[0])
    return np.sort(np.asarray([packet.pts for packet in packets if packet.pts is not None], np.int64))


def _decoded(container: InputContainer, tick: int) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Frames from the one shown at `tick` on."""
    stream = container.streams.video[0]
    stream.codec_context.thread_count = DECODER_THREADS
    container.seek(tick, stream=stream)
    reader = RgbReader((stream.codec_context.height, stream.codec_context.width))
    for frame in container.decode(stream):
        if frame.pts is not None and frame.pts >= tick:
            yield reader.rgb(frame)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else reason_of(error)
