"""Face detectors behind one protocol; heavy packages are imported when a detector is made."""

from vultus.face.detectors import insightface, mediapipe  # noqa: F401  they enter themselves into DETECTORS
from vultus.face.detectors.base import (
    DETECTORS,
    DetectedFace,
    FaceChoice,
    FaceDetector,
    box_overlap,
    choose_face,
)

__all__ = ["DETECTORS", "DetectedFace", "FaceChoice", "FaceDetector", "box_overlap", "choose_face"]
