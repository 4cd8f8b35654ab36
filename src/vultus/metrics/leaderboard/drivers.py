"""What is measured once of every driving clip: its fitted track and its faces."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vultus.data.media.atomic import replacing
from vultus.data.sets import StoredClip
from vultus.data.track import Track
from vultus.errors import IncompatibleError
from vultus.face.models import load_morphable
from vultus.face.tracking import Tracker
from vultus.metrics.evidence import Rgb
from vultus.metrics.faces import FaceMeasurements, TrackingFaceReader
from vultus.train.fitted_tracks import SMOOTHING, fit_clip

TRACK_PROTOCOL = f"driver's track fitted from its video, landmarks mediapipe, {SMOOTHING} smoothing"
_ROWS = ("found", "angles_rad", "expression", "landmarks_px")
_CHUNK = 12


@dataclass(frozen=True)
class Driver:
    """A driving clip as it is seen from outside, without its truth."""

    track: Track
    """Fitted."""

    faces: FaceMeasurements
    """Measured frame by frame, nothing smoothed or interpolated; what metrics compare with."""


class KnownFaces:
    """Reads the faces of a clip that was measured before, as a `FaceReader`.

    Args:
        faces: Of all frames, in order.
        like: The reader that measured them.
    """

    def __init__(self, faces: FaceMeasurements, like: TrackingFaceReader) -> None:
        self.protocol = like.protocol
        self.morphable_digest = like.morphable_digest
        self.expression_names = like.expression_names
        self._faces = faces
        self._next = 0

    def read(self, frames: Sequence[Rgb]) -> FaceMeasurements:
        """Those of the frames that follow the ones of the last call."""
        first, self._next = self._next, self._next + len(frames)
        if self._next > len(self._faces.found):
            raise IncompatibleError(
                f"the reference has {len(self._faces.found)} frames, the generated clip has more",
                remedy="answer every frame of the driver once",
            )
        rows = slice(first, self._next)
        return FaceMeasurements(*(getattr(self._faces, name)[rows] for name in _ROWS))


def read_driver(clip: StoredClip, folder: Path) -> Driver:
    """Measure a clip, or take what was kept of it.

    Args:
        clip: Any.
        folder: Where measurements are kept.

    Raises:
        FaceNotFoundError: There are too few frames with a face.
    """
    key = hashlib.sha256(
        f"{clip.digest} {TRACK_PROTOCOL} {TrackingFaceReader().protocol}".encode()
    ).hexdigest()
    stem = f"{clip.id.replace('/', '-')}-{key[:16]}"
    track_file, faces_file = folder / f"{stem}-track.npz", folder / f"{stem}-faces.npz"
    if track_file.is_file() and faces_file.is_file():
        return Driver(Track.load(track_file), _load(faces_file))
    folder.mkdir(parents=True, exist_ok=True)
    track = fit_clip(Tracker(load_morphable(), smoothing=SMOOTHING), clip)
    driver = Driver(track, _measured(clip))
    driver.track.save(track_file)
    with replacing(faces_file) as temporary, temporary.open("wb") as file:
        np.savez(file, **{name: getattr(driver.faces, name) for name in _ROWS})
    return driver


def _measured(clip: StoredClip) -> FaceMeasurements:
    reader = TrackingFaceReader()
    parts: list[FaceMeasurements] = []
    waiting: list[Rgb] = []
    for index, rgb in enumerate(clip.frames(), start=1):
        waiting.append(rgb)
        if len(waiting) == _CHUNK or index == len(clip):
            parts.append(reader.read(waiting))
            waiting = []
    return FaceMeasurements(*(np.concatenate([getattr(part, name) for part in parts]) for name in _ROWS))


def _load(path: Path) -> FaceMeasurements:
    with np.load(path, allow_pickle=False) as arrays:
        return FaceMeasurements(*(arrays[name] for name in _ROWS))
