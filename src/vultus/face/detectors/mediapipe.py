"""Dense landmarks by MediaPipe: the face mesh of its wheel, or the face landmarker with its model file."""

import contextlib
import importlib
import importlib.util
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8

from vultus.errors import AssetMissingError
from vultus.face.detectors.base import DETECTORS, DetectedFace, FaceDetector

_LANDMARKER = "face_landmarker.task"
_STDERR_LOCK = threading.Lock()


@DETECTORS.register("mediapipe")
def build_mediapipe(
    video: bool = False, face_count: int = 10, model_path: Path | None = None, threshold: float = 0.5
) -> FaceDetector:
    """Make a MediaPipe detector.

    Args:
        video: Follow the faces from picture to picture, which is faster and steadier.
        face_count: Find at most so many faces. A follower that has found all of them no longer searches.
        model_path: A `face_landmarker.task` for MediaPipe's tasks interface; else the wheel's face mesh.
        threshold: Least confidence of a face, [0, 1].

    Raises:
        AssetMissingError: MediaPipe or its model file is absent.
    """
    package = _import_mediapipe()
    if model_path is not None:
        return FaceLandmarker(package, video, face_count, model_path, threshold)
    if not hasattr(package, "solutions"):
        raise AssetMissingError(
            f"MediaPipe {getattr(package, '__version__', '')} does not hold the face mesh",
            remedy=f"pip install --no-deps mediapipe==0.10.21, or give the path of {_LANDMARKER}",
            metadata={"package": "mediapipe"},
        )
    return FaceMesh(package, video, face_count, threshold)


class FaceMesh:
    """Face mesh from the wheel of MediaPipe up to 0.10.21 [kartynnik2019facemesh].

    Args:
        package: The imported `mediapipe`.
        video: Follow faces from picture to picture.
        face_count: At most so many faces.
        threshold: Least confidence.
    """

    def __init__(self, package: ModuleType, video: bool, face_count: int, threshold: float) -> None:
        self._make: Callable[[], Any] = lambda: package.solutions.face_mesh.FaceMesh(
            static_image_mode=not video,
            max_num_faces=face_count,
            refine_landmarks=True,
            min_detection_confidence=threshold,
            min_tracking_confidence=threshold,
        )
        self._follows = video
        self._graph: Any = None
        self._lock = threading.Lock()

    def detect(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[DetectedFace]:
        """The faces of a picture."""
        rgb = np.ascontiguousarray(rgb)
        with self._lock, contextlib.nullcontext() if self._graph else quiet():
            if self._graph is None:
                self._graph = self._make()
                if self._follows:  # the first look is from further away; what follows shall be seen alike
                    self._graph.process(rgb)
            found = self._graph.process(rgb)
        return [_face(points.landmark, rgb.shape[:2]) for points in found.multi_face_landmarks or ()]

    def restart(self) -> None:
        """Forget the faces that were followed."""
        if self._follows:
            self.close()

    def close(self) -> None:
        """Stop the graph."""
        if self._graph is not None:
            self._graph.close()
            self._graph = None


class FaceLandmarker:
    """The face landmarker of MediaPipe's tasks interface, which needs a downloaded model file.

    Args:
        package: The imported `mediapipe`.
        video: Follow faces from picture to picture.
        face_count: At most so many faces.
        model_path: `face_landmarker.task`.
        threshold: Least confidence.
    """

    def __init__(
        self, package: ModuleType, video: bool, face_count: int, model_path: Path, threshold: float
    ) -> None:
        if not model_path.is_file():
            raise AssetMissingError(
                f"no {_LANDMARKER} at {model_path}",
                remedy="download it from ai.google.dev/edge/mediapipe, or use the wheel's face mesh",
                metadata={"path": model_path},
            )
        self._package = package
        self._video = video
        tasks = package.tasks
        modes = tasks.vision.RunningMode
        self._options = tasks.vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(model_path)),
            running_mode=modes.VIDEO if video else modes.IMAGE,
            num_faces=face_count,
            min_face_detection_confidence=threshold,
            min_tracking_confidence=threshold,
        )
        self._task: Any = None
        self._frame = 0

    def detect(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[DetectedFace]:
        """The faces of a picture."""
        picture = self._package.Image(
            image_format=self._package.ImageFormat.SRGB, data=np.ascontiguousarray(rgb)
        )
        if self._task is None:
            with quiet():
                self._task = self._package.tasks.vision.FaceLandmarker.create_from_options(self._options)
        self._frame += 1
        found = (
            self._task.detect_for_video(picture, self._frame * 33)
            if self._video
            else self._task.detect(picture)
        )
        return [_face(points, rgb.shape[:2]) for points in found.face_landmarks]

    def restart(self) -> None:
        """Forget the faces that were followed."""
        if self._video:
            self.close()

    def close(self) -> None:
        """Stop the task."""
        if self._task is not None:
            self._task.close()
            self._task = None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what native code writes to the standard error stream to nowhere, and ignore Python warnings.

    MediaPipe's graphs report on themselves before any log level can be set, so the stream itself is turned
    away while they start.
    """
    with _STDERR_LOCK, warnings.catch_warnings(), Path(os.devnull).open("wb") as nowhere:
        warnings.simplefilter("ignore")
        sys.stderr.flush()
        kept = os.dup(2)
        try:
            os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _import_mediapipe() -> ModuleType:
    if importlib.util.find_spec("mediapipe") is None:
        raise AssetMissingError(
            "the package mediapipe, which finds faces, is not installed",
            remedy="pip install --no-deps mediapipe==0.10.21",
            metadata={"package": "mediapipe"},
        )
    with quiet():
        return importlib.import_module("mediapipe")


def _face(landmarks: Any, size_px: tuple[int, ...]) -> DetectedFace:
    height, width = size_px
    # MediaPipe counts x and depth in the picture's widths, y in heights; depth grows away from the viewer.
    points: Float64[np.ndarray, "478 3"] = np.array([(p.x, p.y, p.z) for p in landmarks], dtype=np.float64)
    return DetectedFace.from_points(points * (width, height, width), (height, width))
