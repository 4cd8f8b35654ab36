"""Faces as metrics see them: angles, expression and landmarks of every frame, nothing interpolated."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8

from vultus.face.detectors import DETECTORS
from vultus.face.following import FaceFollower, Sighting
from vultus.face.head_solver import HeadFit, HeadSolver
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import angles_from_matrix

_POINTS = list(IBUG68_FROM_MEDIAPIPE)
_IDENTITY_FACES = 12


@dataclass(frozen=True)
class FaceMeasurements:
    """What was measured in each frame; the rows of frames without a face hold NaN."""

    found: Bool[np.ndarray, " t"]
    """Whether there was a face."""

    angles_rad: Float[np.ndarray, "t 3"]
    """(yaw, pitch, roll)."""

    expression: Float[np.ndarray, "t e"]
    """p_exp."""

    landmarks_px: Float[np.ndarray, "t 68 2"]
    """Detected `ibug68` landmarks, image frame."""


@runtime_checkable
class FaceReader(Protocol):
    """Measures the face of one clip, in order."""

    protocol: str
    """Detector, fit and morphable model, for the protocol of scores."""

    morphable_digest: str
    """Digest of the morphable model whose coefficients are measured."""

    expression_names: tuple[str, ...]
    """What each coefficient of p_exp does; action units are read where the names are ARKit's."""

    def read(self, frames: Sequence[UInt8[np.ndarray, "h w 3"]]) -> FaceMeasurements:
        """Measure the frames that follow those of the last call."""
        ...


FaceReaderFactory = Callable[[], FaceReader]
"""Makes a reader for a clip."""


@dataclass(frozen=True)
class _Picture:
    rgb: UInt8[np.ndarray, "h w 3"]
    time_s: float = 0.0


class TrackingFaceReader:
    """The detector and the solver that tracks are made with.

    The identity is the median over the first faces and is then held, through cuts too: an identity of its own
    for each stretch would turn into differences of pose.

    Args:
        model: Morphable model; the built-in head if None.
        detector: Name of a detector.
    """

    def __init__(self, model: MorphableModel | None = None, detector: str = "mediapipe") -> None:
        self._model = model or load_morphable()
        self.protocol = (
            f"landmarks {detector}, largest face; "
            f"fit {self._model.name}@{self._model.digest[7:15]}, identity of {_IDENTITY_FACES} first faces"
        )
        self.morphable_digest = self._model.digest
        self.expression_names = tuple(self._model.expression_names)
        self._solver = HeadSolver(self._model)
        self._waiting: deque[_Picture] = deque()
        self._sightings = FaceFollower(DETECTORS[detector]).follow(_drained(self._waiting))
        self._identities: list[Float[np.ndarray, " i"]] = []
        self._identity: Float[np.ndarray, " i"] = np.zeros(self._model.identity_count)
        self._last: HeadFit | None = None

    def read(self, frames: Sequence[UInt8[np.ndarray, "h w 3"]]) -> FaceMeasurements:
        """Measure the frames that follow those of the last call."""
        self._waiting.extend(map(_Picture, frames))
        sightings = [next(self._sightings) for _ in frames]
        self._identify(sightings)
        fits = [self._fit(sighting) for sighting in sightings]
        return _measurements(sightings, fits, self._model.expression_count)

    def _identify(self, sightings: Sequence[Sighting]) -> None:
        if len(self._identities) >= _IDENTITY_FACES:
            return
        faces = [sighting.face for sighting in sightings if sighting.face is not None]
        missing = _IDENTITY_FACES - len(self._identities)
        self._identities += [self._solver.fit(face.points_image).identity for face in faces[:missing]]
        if self._identities:
            self._identity = np.median(self._identities, axis=0)

    def _fit(self, sighting: Sighting) -> HeadFit | None:
        if sighting.face is None:
            self._last = None
            return None
        start = None if sighting.anew else self._last
        self._last = self._solver.fit_expression(sighting.face.points_image, self._identity, start)
        return self._last


def _drained(waiting: deque[_Picture]) -> Iterator[_Picture]:
    """Pictures as they come; no method of the reader, which would then keep itself and its detector alive."""
    while True:
        yield waiting.popleft()


def _measurements(
    sightings: Sequence[Sighting], fits: Sequence[HeadFit | None], expression_count: int
) -> FaceMeasurements:
    count = len(sightings)
    angles, expression = np.full((count, 3), np.nan), np.full((count, expression_count), np.nan)
    landmarks = np.full((count, 68, 2), np.nan)
    for k, (sighting, fit) in enumerate(zip(sightings, fits, strict=True)):
        if sighting.face is None or fit is None:
            continue
        angles[k] = angles_from_matrix(torch.from_numpy(fit.rotation)).numpy()
        expression[k] = fit.expression
        landmarks[k] = sighting.face.points_image[_POINTS, :2]
    return FaceMeasurements(np.isfinite(angles[:, 0]), angles, expression, landmarks)
