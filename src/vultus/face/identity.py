"""Who is in a picture: dlib's face network, an embedding whose distances tell people apart."""

import importlib
import importlib.util
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import AssetMissingError
from vultus.face.detectors import DETECTORS, FaceDetector, choose_face
from vultus.face.detectors.base import Box, box_overlap

_LONGEST_SIDE_PX = 1024
_UPSAMPLED_BELOW_PX = 640


class IdentityEmbedder:
    """Embeds faces in 128 dimensions [king2009dlib]; the same person is within about 0.6 (L2).

    The picture's largest face is found by dlib's own detector, as the network was trained, in the picture and
    then at twice its size; where that finds nothing, MediaPipe's landmarks say where the face is.

    Raises:
        AssetMissingError: dlib or its data files are absent.

    Example:
        >>> from skimage.data import astronaut  # doctest: +SKIP
        >>> IdentityEmbedder().embed(astronaut()).shape  # doctest: +SKIP
        (128,)
    """

    def __init__(self) -> None:
        folder = _model_folder()
        self._dlib: Any = _import_dlib()
        self._find = self._dlib.get_frontal_face_detector()
        self._shape = self._dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._network = self._dlib.face_recognition_model_v1(
            str(folder / "dlib_face_recognition_resnet_model_v1.dat")
        )

    def embed(
        self, rgb: UInt8[np.ndarray, "h w 3"], face_px: Box | None = None
    ) -> Float[np.ndarray, "128"] | None:
        """Embed a face.

        Args:
            rgb: A picture.
            face_px: Where the face is, for a picture that shows several; otherwise the largest is meant.

        Returns:
            The embedding, float64, of length about 1.4; None where no face is found.
        """
        factor = min(1.0, _LONGEST_SIDE_PX / max(rgb.shape[:2]))
        picture = _scaled(np.ascontiguousarray(rgb), factor)
        near = None if face_px is None else _scaled_box(face_px, factor)
        box = self._box(picture, near)
        if box is None:
            return None
        shape = self._shape(picture, box)
        return np.array(self._network.compute_face_descriptor(picture, shape))

    def _box(self, rgb: UInt8[np.ndarray, "h w 3"], near: Box | None) -> Any:
        """The meant face as a dlib rectangle, or None."""
        enlargements = (0, 1) if max(rgb.shape[:2]) < _UPSAMPLED_BELOW_PX else (0,)
        for enlargement in enlargements:
            boxes = list(self._find(rgb, enlargement))
            if boxes:
                return self._nearest(boxes, rgb, near)
        faces = self._mesh.detect(rgb)
        if not faces:
            return None
        face = choose_face(faces) if near is None else max(faces, key=lambda f: box_overlap(f.box_px, near))
        return self._dlib.rectangle(*_dlib_box(face.points_image))

    def _nearest(self, boxes: list[Any], rgb: UInt8[np.ndarray, "h w 3"], near: Box | None) -> Any:
        """The rectangle of the meant face; dlib's sizes come in steps, so the mesh says which is largest."""
        if len(boxes) > 1 and near is None:
            faces = self._mesh.detect(rgb)
            near = choose_face(faces).box_px if faces else None
        if near is None:
            return max(boxes, key=lambda box: box.area())
        return max(boxes, key=lambda box: box_overlap(_edges(box), near))

    @cached_property
    def _mesh(self) -> FaceDetector:
        return DETECTORS["mediapipe"](face_count=5)


def _dlib_box(points_image: Float[np.ndarray, "478 3"]) -> tuple[int, int, int, int]:
    """The square that dlib's detector would put around a face: about brows to chin."""
    brows = points_image[[70, 63, 105, 66, 107, 336, 296, 334, 293, 300], 1].mean()
    chin = points_image[152, 1]
    centre = points_image[:468, 0].mean()
    side = 1.1 * max(chin - brows, 1.0)
    bottom = chin - 0.07 * side
    return round(centre - side / 2), round(bottom - side), round(centre + side / 2), round(bottom)


def _edges(box: Any) -> Box:
    """Edges of a dlib rectangle."""
    return float(box.left()), float(box.top()), float(box.right()), float(box.bottom())


def _scaled_box(box: Box, factor: float) -> Box:
    left, top, right, bottom = box
    return factor * left, factor * top, factor * right, factor * bottom


def _scaled(rgb: UInt8[np.ndarray, "h w 3"], factor: float) -> UInt8[np.ndarray, "rows columns 3"]:
    if factor == 1.0:
        return rgb
    cv2 = importlib.import_module("cv2")
    small: np.ndarray = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small


def _model_folder() -> Path:
    """Folder of dlib's data files; their package is only located, for importing it needs pkg_resources."""
    spec = importlib.util.find_spec("face_recognition_models")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise AssetMissingError(
            "the package face_recognition_models, which holds dlib's face network, is not installed",
            remedy="pip install --no-deps face_recognition_models==0.3.0",
            metadata={"package": "face_recognition_models"},
        )
    return Path(folders[0]) / "models"


def _import_dlib() -> Any:
    if importlib.util.find_spec("dlib") is None and importlib.util.find_spec("_dlib_pybind11") is None:
        raise AssetMissingError(
            "the package dlib is not installed",
            remedy="pip install --no-deps dlib-bin",
            metadata={"package": "dlib"},
        )
    return importlib.import_module("dlib")
