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
    """The same detector and solver that tracks are made with; the identity is held after the first frames.

    Args:
        model: Morphable model; the built-in head if None.
        detector: Name of a detector.
    """

    def __init__(self, model: MorphableModel | None = None, detector: str = "mediapipe") -> None:
        self._model = model or load_morphable()
        self.protocol = (
            f"landmarks {detector}, largest face; fit {self._model.name}@{self._model.digest[7:15]}"
        )
        self.morphable_digest = self._model.digest
        self._solver = HeadSolver(self._model)
        self._waiting: deque[_Picture] = deque()
        self._sightings = FaceFollower(DETECTORS[detector]).follow(self._pictures())
        self._identity: Float[np.ndarray, " i"] | None = None
        self._last: HeadFit | None = None

    def read(self, frames: Sequence[UInt8[np.ndarray, "h w 3"]]) -> FaceMeasurements:
        """Measure the frames that follow those of the last call."""
        self._waiting.extend(map(_Picture, frames))
        sightings = [next(self._sightings) for _ in frames]
        fits = [self._fit(k, sightings) for k in range(len(sightings))]
        return _measurements(sightings, fits, self._model.expression_count)

    def _pictures(self) -> Iterator[_Picture]:
        while True:
            yield self._waiting.popleft()

    def _fit(self, index: int, sightings: Sequence[Sighting]) -> HeadFit | None:
        face = sightings[index].face
        if face is None:
            self._last = None
            return None
        if sightings[index].anew or self._identity is None:
            self._identity, self._last = self._identify(sightings[index:]), None
        self._last = self._solver.fit_expression(face.points_image, self._identity, self._last)
        return self._last

    def _identify(self, sightings: Sequence[Sighting]) -> Float[np.ndarray, " i"]:
        """Median identity of the person whom the first of the sightings shows."""
        fits = []
        for k, sighting in enumerate(sightings):
            if k and sighting.anew:
                break
            if sighting.face is not None:
                fits.append(self._solver.fit(sighting.face.points_image).identity)
        return np.median(fits, axis=0)


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
