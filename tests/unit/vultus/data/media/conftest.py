"""Small clips made on the spot."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest


@pytest.fixture
def picture() -> Callable[..., np.ndarray]:
    """Smooth colours that move with the frame's number."""

    def make(index: int, height: int = 48, width: int = 64) -> np.ndarray:
        rows, columns = np.mgrid[0:height, 0:width]
        waves = [np.sin(columns / 9 + index / 4), np.cos(rows / 7 - index / 5), np.sin((rows + columns) / 11)]
        return np.round(127 + 100 * np.stack(waves, axis=2)).astype(np.uint8)

    return make


@pytest.fixture
def stored(tmp_path, picture) -> Callable[..., Path]:
    """A clip by libav alone, in any codec, pixel format and clock."""

    def make(
        name: str = "clip.mp4",
        frame_count: int = 6,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        size_px: tuple[int, int] = (48, 64),
        times_ms: list[int] | None = None,
        aspect: Fraction | None = None,
        pictures: list[np.ndarray] | None = None,
        **options: str,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as output:
            stream = output.add_stream(codec, rate=25, options=options)
            stream.height, stream.width = size_px
            stream.pix_fmt = pix_fmt
            if times_ms is not None:
                stream.codec_context.time_base = Fraction(1, 1000)
            if aspect is not None:
                stream.sample_aspect_ratio = aspect
            for index in range(frame_count):
                rgb = pictures[index] if pictures else picture(index, *size_px)
                frame = av.VideoFrame.from_ndarray(rgb).reformat(format=pix_fmt)
                if times_ms is not None:
                    frame.pts, frame.time_base = times_ms[index], Fraction(1, 1000)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def tone(tmp_path) -> Callable[..., Path]:
    """Sound by libav alone: a rising tone, so that every moment of it can be told from every other."""

    def make(
        name: str, codec: str, rate_hz: int = 16000, duration_s: float = 1.0, layout: str = "mono"
    ) -> Path:
        path = tmp_path / name
        time_s = np.arange(int(rate_hz * duration_s)) / rate_hz
        samples = 0.5 * np.sin(2 * np.pi * (200 + 300 * time_s) * time_s)
        with av.open(str(path), "w") as output:
            stream = output.add_stream(codec, rate=rate_hz, layout=layout)
            values = np.round(samples * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(
                np.tile(values, (stream.codec_context.channels, 1)), format="s16p", layout=layout
            )
            frame.sample_rate = rate_hz
            frame.pts, frame.time_base = 0, Fraction(1, rate_hz)
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make
