"""What a face detector is, what it finds, and which of several faces is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64, UInt8

from vultus.errors import FaceNotFoundError, InputError
from vultus.registry import Registry

FaceChoice = Literal["largest"] | int
"""Which of several faces is meant: the largest, or a number that counts from the image's left, 0 first."""

Box = tuple[float, float, float, float]
"""(left, top, right, bottom), px, right and bottom exclusive."""


@dataclass(frozen=True)
class DetectedFace:
    """A face and its dense landmarks."""

    points_image: Float64[np.ndarray, "478 3"]
    """`mediapipe478` landmarks, image frame, px in all three axes; depth from the face's own centre."""

    box_px: Box
    """Box around the landmarks."""

    confidence: float
    """[0, 1]; share of the landmarks that lie inside the picture."""

    @classmethod
    def from_points(
        cls, points_image: Float64[np.ndarray, "478 3"], size_px: tuple[int, int]
    ) -> "DetectedFace":
        """The face of landmarks found in a picture of `size_px` (height, width)."""
        flat = points_image[:, :2]
        left, top = flat.min(axis=0)
        right, bottom = flat.max(axis=0)
        inside = (flat >= 0).all(axis=1) & (flat < (size_px[1], size_px[0])).all(axis=1)
        return cls(points_image, (float(left), float(top), float(right), float(bottom)), float(inside.mean()))

    @property
    def area_px(self) -> float:
        """Area of the box, px²."""
        left, top, right, bottom = self.box_px
        return (right - left) * (bottom - top)


@runtime_checkable
class FaceDetector(Protocol):
    """Finds faces in pictures, one picture after the other."""

    def detect(self, rgb: UInt8[np.ndarray, "h w 3"]) -> list[DetectedFace]:
        """The faces of a picture, in no particular order; one for video follows those of the last picture."""
        ...

    def restart(self) -> None:
        """Forget the faces that were followed: the next picture shows something else."""
        ...

    def close(self) -> None:
        """Give back what the detector holds."""
        ...


DETECTORS: Registry[Callable[..., FaceDetector]] = Registry("detector", "vultus.detectors")
"""Detectors by name.

Each entry takes `video` (follow faces from picture to picture) and `face_count` (find at most so many).
"""


def box_overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, [0, 1].

    Example:
        >>> box_overlap((0.0, 0.0, 2.0, 2.0), (1.0, 0.0, 3.0, 2.0))
        0.3333333333333333
    """
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / (areas - shared) if areas > shared else 0.0


def choose_face(faces: Sequence[DetectedFace], which: FaceChoice = "largest") -> DetectedFace:
    """Choose one of several faces.

    Args:
        faces: What a detector found.
        which: "largest", or a number. Concretely, 0 is the face furthest to the image's left, 1 the next.

    Raises:
        FaceNotFoundError: There is no face at all.
        InputError: There are fewer faces than the number asks for.
    """
    if not faces:
        raise FaceNotFoundError("no face was found", remedy="use a picture in which a face is seen clearly")
    if which == "largest":
        return max(faces, key=lambda face: face.area_px)
    if not 0 <= which < len(faces):
        raise InputError(
            f"face {which} was asked for, but only {len(faces)} were found",
            remedy=f"ask for 0 to {len(faces) - 1}, counted from the left, or for the largest",
            metadata={"face": which, "faces": len(faces)},
        )
    return sorted(faces, key=lambda face: face.box_px[0] + face.box_px[2])[which]
