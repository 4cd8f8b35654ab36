"""The first reading of a video: faces, quality, cuts and who is seen, in constant memory."""

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, UInt8

from vultus.data.media import Frame
from vultus.data.real.cuts import CutFinder
from vultus.data.real.people import PersonSampler
from vultus.data.real.quality import FrameQuality, look_of
from vultus.face.crop import SquareCrop
from vultus.face.detectors import DetectedFace, FaceDetector
from vultus.face.following import FaceFollower, Sighting, TimedPicture

POINT_COUNT = 478
_ROW_BYTES = POINT_COUNT * 3 * 4


class PointFile:
    """Landmarks of many frames in a nameless temporary file: 5.7 KB a frame on disk, nothing in memory.

    Args:
        folder: Where there is room.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def append(self, points: Float[np.ndarray, "478 3"] | None) -> None:
        """Add a frame; None for one without a face."""
        row = np.zeros((POINT_COUNT, 3), np.float32) if points is None else points.astype(np.float32)
        self._opened().write(row.tobytes())

    def rows(self, first: int, end: int) -> Float32[np.ndarray, "t 478 3"]:
        """Landmarks of frames `first` to `end`, exclusive; zeros where there was no face."""
        file = self._opened()
        file.seek(first * _ROW_BYTES)
        data = file.read((end - first) * _ROW_BYTES)
        file.seek(0, 2)
        return np.frombuffer(data, np.float32).reshape(-1, POINT_COUNT, 3)

    def close(self) -> None:
        """Let the file vanish."""
        if self._file is not None:
            self._file.close()

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- lives as long as this
        return self._file


@dataclass(frozen=True)
class Observations:
    """What was seen in every frame of an item."""

    time_s: Float64[np.ndarray, " t"]
    """Presentation time in the file, s."""

    index: np.ndarray
    """Number of each frame in the file, int64."""

    quality: FrameQuality
    """Measured on each frame."""

    cut: Bool[np.ndarray, " t"]
    """Whether the frame follows a camera cut, or shows the face somewhere else than before."""

    people: tuple[tuple[int, Float[np.ndarray, "128"]], ...]
    """Rows at which the identity was looked at, and its embedding."""

    size_px: tuple[int, int]
    """(height, width) of the frames."""

    points: PointFile
    """Landmarks of every row."""

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.time_s)

    def sightings(self, first: int, end: int, usable: Bool[np.ndarray, " t"]) -> Iterator[Sighting]:
        """Frames `first` to `end`, exclusive, as a tracker takes them; faces that are not usable left out."""
        rows = self.points.rows(first, end)
        known = False
        for row, time_s, use in zip(rows, self.time_s[first:end], usable[first:end], strict=True):
            face = DetectedFace.from_points(row.astype(np.float64), self.size_px) if use else None
            yield Sighting(float(time_s), self.size_px, face, 1, anew=face is not None and not known)
            known = known or face is not None


@dataclass(frozen=True)
class _Part:
    """A frame's part in which the face is looked for."""

    rgb: UInt8[np.ndarray, "h w 3"]
    time_s: float


class Observer:
    """Looks at the frames of one item.

    Args:
        build_detector: Makes face detectors.
        people: Looks who is seen now and then; None where that cannot be told.
        folder: Where temporary files may lie.
        region: In which part of the frames the face is; None for everywhere.
    """

    def __init__(
        self,
        build_detector: Callable[..., FaceDetector],
        people: PersonSampler | None = None,
        folder: Path | None = None,
        region: SquareCrop | None = None,
    ) -> None:
        self._follower = FaceFollower(build_detector)
        self._people = people
        self._region = region
        self._cuts = CutFinder()
        self._points = PointFile(folder)
        self._floats = array("d")  # time, confidence, box 4, sharpness, brightness
        self._flags = bytearray()  # found, cut
        self._index = array("q")
        self._size_px = (0, 0)
        self._now: TimedPicture | None = None

    def observe(self, frames: Iterable[Frame]) -> Observations:
        """Look at all frames."""
        last = None
        try:
            for sighting in self._follower.follow(self._parts(frames)):
                self._note(sighting, jumped=sighting.anew and last is not None)
                last = sighting.face or last
        except BaseException:
            self._points.close()
            raise
        return self._observations()

    def _parts(self, frames: Iterable[Frame]) -> Iterator[TimedPicture]:
        for frame in frames:
            self._index.append(frame.index)
            self._size_px = (frame.rgb.shape[0], frame.rgb.shape[1])
            self._now = frame
            if self._region is not None:
                rows, columns = self._region.inside(self._size_px)
                self._now = _Part(np.ascontiguousarray(frame.rgb[rows, columns]), frame.time_s)
            yield self._now

    def _note(self, sighting: Sighting, jumped: bool) -> None:
        assert self._now is not None  # noqa: S101 -- for the type checker
        row, face = len(self._index) - 1, sighting.face
        for cut in self._cuts.see(self._now.rgb):
            self._flags[2 * cut + 1] = 1
        self._flags += bytes((face is not None, jumped))
        if face is None:
            self._floats.extend((sighting.time_s, *[0.0] * 7))
            self._points.append(None)
            return
        if self._people is not None:
            self._people.see(row, sighting.time_s, self._now.rgb, face.box_px, anew=jumped)
        look = look_of(self._now.rgb, face.box_px)
        whole = DetectedFace.from_points(face.points_image + self._shift(), self._size_px)
        self._floats.extend((sighting.time_s, whole.confidence, *whole.box_px, *look))
        self._points.append(whole.points_image)

    def _shift(self) -> Float[np.ndarray, " 3"]:
        """From the looked-at part to the frame, px."""
        if self._region is None:
            return np.zeros(3)
        rows, columns = self._region.inside(self._size_px)
        return np.array([columns.start, rows.start, 0.0])

    def _observations(self) -> Observations:
        values = np.array(self._floats, dtype=np.float64).reshape(-1, 8)
        flags = np.frombuffer(bytes(self._flags), np.uint8).reshape(-1, 2).astype(bool)
        quality = FrameQuality(flags[:, 0], values[:, 1], values[:, 2:6], values[:, 6], values[:, 7])
        people = tuple(self._people.seen) if self._people else ()
        index = np.array(self._index, dtype=np.int64)
        return Observations(values[:, 0], index, quality, flags[:, 1], people, self._size_px, self._points)
