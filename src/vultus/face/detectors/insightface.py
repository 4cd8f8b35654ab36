"""Boxes by insightface's RetinaFace, dense landmarks by MediaPipe inside each box."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from vultus.errors import AssetMissingError
from vultus.face.detectors.base import DETECTORS, Box, DetectedFace, FaceDetector
from vultus.face.detectors.mediapipe import build_mediapipe, quiet

WEIGHTS = Path("~/.insightface/models/buffalo_l/det_10g.onnx")
"""Where insightface itself keeps its detector; its weights are for research only."""

_MARGIN = 0.35


@DETECTORS.register("insightface")
def build_insightface(
    video: bool = False, face_count: int = 10, model_path: Path | None = None, threshold: float = 0.5
) -> FaceDetector:
    """Make a RetinaFace detector; it looks at every picture anew, so `video` changes nothing.

    Args:
        video: Not used.
        face_count: Find at most so many faces.
        model_path: The detector's ONNX file; insightface's own folder without it.
        threshold: Least confidence of a face, [0, 1].

    Raises:
        AssetMissingError: The package or its weights are absent.
    """
    del video
    path = (model_path or WEIGHTS).expanduser()
    if importlib.util.find_spec("insightface") is None:
        raise AssetMissingError(
            "the package insightface is not installed",
            remedy="pip install insightface onnxruntime, or use the detector mediapipe",
            metadata={"package": "insightface"},
        )
    if not path.is_file():
        raise AssetMissingError(
            f"no RetinaFace weights at {path}",
            remedy="unpack insightface's buffalo_l.zip there (research only), or use the detector mediapipe",
            metadata={"path": path},
        )
    with quiet():
        zoo = importlib.import_module("insightface.model_zoo")
        model = zoo.get_model(str(path), providers=["CPUExecutionProvider"])
        model.prepare(ctx_id=-1, input_size=(640, 640), det_thresh=threshold)
    return RetinaFace(model, build_mediapipe(face_count=1, threshold=0.1), face_count)


class RetinaFace:
    """Boxes from RetinaFace, landmarks from a mesh detector in each.

    Args:
        model: insightface's detector, prepared.
        mesh: What finds the landmarks of the one face in a crop.
        face_count: At most so many faces.
    """

    def __init__(self, model: Any, mesh: FaceDetector, face_count: int) -> None:
        self._model = model
        self._mesh = mesh
        self._face_count = face_count

    def detect(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[DetectedFace]:
        """The faces of a picture; a box in which the mesh finds nothing is left out."""
        bgr = np.ascontiguousarray(rgb[..., ::-1])
        boxes, _ = self._model.detect(bgr, max_num=self._face_count)
        faces = [face_in_box(self._mesh, rgb, tuple(box[:4]), float(box[4])) for box in boxes.tolist()]
        return [face for face in faces if face is not None]

    def restart(self) -> None:
        """Nothing is followed."""

    def close(self) -> None:
        """Stop the mesh detector."""
        self._mesh.close()


def face_in_box(
    mesh: FaceDetector, rgb: UInt8[np.ndarray, "h w 3"], box_px: Box, confidence: float
) -> DetectedFace | None:
    """Landmarks of the face in a box, in the frame of the whole picture.

    Args:
        mesh: What finds landmarks in the crop around the box.
        rgb: The picture.
        box_px: A tight box around the face.
        confidence: Of the box, [0, 1].
    """
    left, top, right, bottom = box_px
    reach = (0.5 + _MARGIN) * max(right - left, bottom - top)
    column, row = (left + right) / 2, (top + bottom) / 2
    x0, y0 = max(int(column - reach), 0), max(int(row - reach), 0)
    crop = rgb[y0 : int(row + reach) + 1, x0 : int(column + reach) + 1]
    found = mesh.detect(crop) if crop.size else []
    if not found:
        return None
    points = found[0].points_image + np.array([x0, y0, 0])
    box = (points[:, 0].min(), points[:, 1].min(), points[:, 0].max(), points[:, 1].max())
    return DetectedFace(points, tuple(map(float, box)), confidence)  # type: ignore[arg-type]
