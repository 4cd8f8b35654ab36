"""Follow one face through a clip: the chosen one, from frame to frame, and anew after a cut."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from vultus.face.detectors import DetectedFace, FaceChoice, FaceDetector, box_overlap, choose_face
from vultus.face.detectors.base import Box

_THUMBNAIL = 24
_CUT_LEVELS = 28.0
_SAME_FACE_OVERLAP = 0.1


@runtime_checkable
class TimedPicture(Protocol):
    """A frame of a clip."""

    @property
    def rgb(self) -> UInt8[np.ndarray, "h w 3"]:
        """The picture."""
        ...

    @property
    def time_s(self) -> float:
        """Its presentation time, s."""
        ...


@dataclass(frozen=True)
class Sighting:
    """What was seen of the followed face in one frame."""

    time_s: float
    """Presentation time of the frame, s."""
    size_px: tuple[int, int]
    """(height, width) of the frame."""
    face: DetectedFace | None
    """The face; None where it was not found."""
    face_count: int
    """How many faces were found when the followed one was chosen last."""
    anew: bool
    """Whether this may be another person than before: the first frame with a face and that after a cut."""


class FaceFollower:
    """Follows one face.

    The first frame with faces is searched thoroughly and one of them chosen; a detector for video follows as
    many as were there, and of its answers the one that overlaps the last most is taken. A cut, that is a
    picture that has nothing to do with the last one, or a face that jumps, starts the search again.

    Args:
        build_detector: Makes detectors; takes `video` and `face_count`.
        which: Which of several faces is followed.
    """

    def __init__(self, build_detector: Callable[..., FaceDetector], which: FaceChoice = "largest") -> None:
        self._build = build_detector
        self._which = which
        self._searcher = build_detector(video=False)
        self._follower: FaceDetector | None = None
        self._last_box: Box | None = None
        self._last_thumbnail: Float[np.ndarray, "r c"] | None = None
        self._face_count = 0

    def follow(self, frames: Iterable[TimedPicture]) -> Iterator[Sighting]:
        """One sighting for each frame."""
        try:
            for frame in frames:
                yield self._see(frame)
        finally:
            self._forget()
            self._searcher.close()

    def _see(self, frame: TimedPicture) -> Sighting:
        rgb = frame.rgb
        anew = self._is_cut(rgb) or self._follower is None
        if not anew:
            face = self._continue(rgb)
            jumped = face is not None and self._jumped(face)
            anew = jumped
        if anew:
            self._forget()
            face = self._search(rgb)
        self._last_box = face.box_px if face else None
        return Sighting(
            frame.time_s, (rgb.shape[0], rgb.shape[1]), face, self._face_count, anew and face is not None
        )

    def _search(self, rgb: UInt8[np.ndarray, "h w 3"]) -> DetectedFace | None:
        faces = self._searcher.detect(rgb)
        if not faces:
            return None
        chosen = choose_face(faces, self._which)
        self._face_count = len(faces)
        self._follower = self._build(video=True, face_count=len(faces))
        again = self._follower.detect(rgb)
        return max(again, key=lambda face: box_overlap(face.box_px, chosen.box_px), default=chosen)

    def _continue(self, rgb: UInt8[np.ndarray, "h w 3"]) -> DetectedFace | None:
        assert self._follower is not None  # noqa: S101 -- for the type checker
        faces = self._follower.detect(rgb)
        if not faces:
            return None
        last = self._last_box
        if last is None:
            return choose_face(faces)
        return max(faces, key=lambda face: box_overlap(face.box_px, last))

    def _jumped(self, face: DetectedFace) -> bool:
        return self._last_box is not None and box_overlap(face.box_px, self._last_box) < _SAME_FACE_OVERLAP

    def _is_cut(self, rgb: UInt8[np.ndarray, "h w 3"]) -> bool:
        thumbnail = _thumbnail(rgb)
        last, self._last_thumbnail = self._last_thumbnail, thumbnail
        return last is not None and float(np.abs(thumbnail - last).mean()) > _CUT_LEVELS

    def _forget(self) -> None:
        if self._follower is not None:
            self._follower.close()
        self._follower, self._last_box = None, None


def _thumbnail(rgb: UInt8[np.ndarray, "h w 3"]) -> Float[np.ndarray, "r c"]:
    """Green levels of some pixels in each of 24 by 24 cells, averaged."""
    height, width = rgb.shape[:2]
    rows = np.linspace(0, height - 1, 4 * _THUMBNAIL).astype(int)
    columns = np.linspace(0, width - 1, 4 * _THUMBNAIL).astype(int)
    samples = rgb[rows[:, None], columns, 1].astype(np.float32)
    return samples.reshape(_THUMBNAIL, 4, _THUMBNAIL, 4).mean(axis=(1, 3))
