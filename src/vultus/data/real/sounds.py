"""The sound of a clip, cut out of a file that may be long."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from jaxtyping import Float32

from vultus.data.media.sound import (
    Decoded,
    first_picture_s,
    float_samples,
    moment_of,
    sound_stream,
    without_unusable,
)
from vultus.data.media.sources import label_of, open_container, require_file

RATE_HZ = 16_000
"""Rate of what is kept, mono, Hz: that of speech features."""


class SoundWindows:
    """Windows of a file's sound, asked for in the order of time; the file is decoded once.

    Moment 0 is that of the file's first picture. Where the sound begins late, breaks off or changes its kind,
    silence is put.

    Args:
        path: A video with or without sound.
    """

    def __init__(self, path: Path) -> None:
        label = label_of("sound", path)
        self._container = open_container(require_file(path, "sound"), "sound", label)
        self._stream = sound_stream(self._container)
        self._start_s = first_picture_s(path) if self._stream is not None else 0.0
        self._blocks = self._decoded()
        self._kept: Float32[np.ndarray, " n"] = np.zeros(0, np.float32)
        self._kept_from = 0
        """Number of the first kept sample, counted from moment 0."""

    @property
    def present(self) -> bool:
        """Whether there is a sound track."""
        return self._stream is not None

    def cut(self, start_s: float, end_s: float) -> Float32[np.ndarray, " n"]:
        """The samples between two moments, mono, `RATE_HZ`, [-1, 1]; never before an earlier window."""
        first, end = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        window = np.zeros(end - first, np.float32)
        while True:
            self._put(window, first)
            if self._kept_from + len(self._kept) >= end:
                return window
            block = next(self._blocks, None)
            if block is None:
                return window
            self._kept_from, self._kept = block

    def close(self) -> None:
        """Let go of the file."""
        self._blocks = iter(())
        self._container.close()

    def _put(self, window: Float32[np.ndarray, " n"], first: int) -> None:
        """Copy what the kept block and the window share."""
        low = max(first, self._kept_from)
        high = min(first + len(window), self._kept_from + len(self._kept))
        if high > low:
            window[low - first : high - first] = self._kept[low - self._kept_from : high - self._kept_from]

    def _decoded(self) -> Iterator[tuple[int, Float32[np.ndarray, " n"]]]:
        """Blocks of mono samples with the number of their first one."""
        if self._stream is None:
            return
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        position: int | None = None
        for frame in Decoded(self._container, self._stream):
            if position is None:
                moment_s = moment_of(frame) - self._start_s
                position = round(moment_s * RATE_HZ)
            try:
                parts = resampler.resample(_clean(frame))
            except (av.FFmpegError, ValueError):  # rate or channels change midway
                return
            for part in parts:
                samples = part.to_ndarray().reshape(-1)
                yield position, samples
                position += len(samples)


def _clean(frame: AudioFrame) -> AudioFrame:
    """The frame as floats in [-1, 1], without NaN."""
    samples = np.clip(without_unusable(float_samples(frame))[0], -1, 1)
    clean = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=frame.layout.name)
    clean.sample_rate = frame.sample_rate
    return clean
