"""Videos of a face, made at run time of the portrait in the public domain."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vultus.data.media import VideoWriter, read_picture

SIDE_PX = 320


@pytest.fixture(scope="session")
def pan(portrait: Path) -> Callable[[int], np.ndarray]:
    """The portrait seen through a window that moves by half a pixel a frame; takes the frame's number."""
    picture = read_picture(portrait).rgb

    def frame(index: int) -> np.ndarray:
        left = 40 + index // 2
        return np.ascontiguousarray(picture[:SIDE_PX, left : left + SIDE_PX])

    return frame


@pytest.fixture(scope="session")
def film(pan: Callable[[int], np.ndarray]) -> Callable[..., Path]:
    """Writes a panning video of so many frames; those of `blank` show no face, `times` are kept."""

    def write(
        path: Path,
        frames: int = 40,
        fps: float = 25.0,
        blank: range = range(0),
        times: list[float] | None = None,
        audio_from: Path | None = None,
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with VideoWriter(path, (SIDE_PX, SIDE_PX), fps, audio_from=audio_from) as video:
            for index in range(frames):
                # The blank wall slides as well, so that it is no sudden change of the whole picture.
                rgb = pan(index)
                if index in blank:
                    rgb = np.full_like(rgb, 110)
                    rgb[::16] = 130
                video.write(rgb, None if times is None else times[index])
        return path

    return write
