"""Reading and writing video, on a photograph that drifts across the frame."""

import tempfile
from pathlib import Path

import numpy as np
from harness import Bench
from skimage import data

from vultus.data.media import VideoReader, VideoWriter, read_picture, write_picture

FRAME_COUNT = 100
BAR_MS = 8.0
"""A fifth of the 40 ms that a frame has at 25 frames/s, for reading and writing together."""


def main(bench: Bench) -> None:
    """Time decoding, encoding and both together, in ms for each frame."""
    with tempfile.TemporaryDirectory() as folder:
        for side_px in (256, 512):
            _video(bench, Path(folder), side_px)
        _picture(bench, Path(folder))


def _video(bench: Bench, folder: Path, side_px: int) -> None:
    what = f"{side_px} px square H.264"
    source, target = folder / f"{side_px}.mp4", folder / "out.mp4"
    pictures = drifting(side_px)

    def encode() -> None:
        with VideoWriter(source, (side_px, side_px), 25) as writer:
            for rgb in pictures:
                writer.write(rgb)

    def decode() -> int:
        with VideoReader(source) as reader:
            return sum(1 for _ in reader)

    def copy() -> None:
        with VideoReader(source) as reader, VideoWriter(target, (side_px, side_px), 25, source) as writer:
            for frame in reader:
                writer.write(frame.rgb, frame.time_s)

    timed = {"repeats": 8, "warm_up": 1, "per": FRAME_COUNT}
    bench.time(f"media.encode_{side_px}", f"Encode a frame, {what}", encode, **timed)
    bench.time(f"media.decode_{side_px}", f"Decode a frame, {what}", decode, **timed)
    bar = BAR_MS if side_px == 256 else None
    bench.time(f"media.copy_{side_px}", f"Decode and encode a frame, {what}", copy, bar=bar, **timed)


def _picture(bench: Bench, folder: Path) -> None:
    rgb = data.astronaut()
    for suffix in ("png", "jpg"):
        path = folder / f"a.{suffix}"
        bench.time(
            f"media.write_{suffix}", f"Write 512 px square {suffix}", lambda p=path: write_picture(p, rgb)
        )
        bench.time(f"media.read_{suffix}", f"Read 512 px square {suffix}", lambda p=path: read_picture(p))


def drifting(side_px: int) -> list[np.ndarray]:
    """A second and more of a camera that glides over a portrait."""
    rgb = np.tile(data.astronaut(), (2, 2, 1))
    step = 512 // side_px
    moves = [round(40 * np.sin(index / 15)) + 60 for index in range(FRAME_COUNT)]
    return [np.ascontiguousarray(rgb[move : move + 512 : step, move : move + 512 : step]) for move in moves]
