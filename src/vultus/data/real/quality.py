"""What every frame of a real video is like, and the summary that a clip's card keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float64, UInt8

from vultus.data.real.boxes import drift, longer_side
from vultus.data.track import Track
from vultus.face.detectors.base import Box
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle

FACE_PX = 128
"""Side that a face is brought to before its sharpness is measured, px."""


@dataclass(frozen=True)
class FrameQuality:
    """Measurements on the frames of a video; values of frames without a face are 0."""

    found: Bool[np.ndarray, " t"]
    """Whether the detector found the face."""

    confidence: Float64[np.ndarray, " t"]
    """Share of the landmarks inside the picture, [0, 1]."""

    box_px: Float64[np.ndarray, "t 4"]
    """Box around the mesh, (left, top, right, bottom), px of the source."""

    sharpness: Float64[np.ndarray, " t"]
    """Variance of the Laplacian of the face at 128 px over the variance of its grey levels."""

    brightness: Float64[np.ndarray, " t"]
    """Mean of the face's grey levels, sRGB, [0, 1]."""

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.found)

    def __getitem__(self, which: slice | Bool[np.ndarray, " t"]) -> "FrameQuality":
        """The chosen frames."""
        return FrameQuality(*(getattr(self, f.name)[which] for f in fields(self)))

    @property
    def face_px(self) -> Float64[np.ndarray, " t"]:
        """The longer side of every box, px of the source."""
        return longer_side(self.box_px)

    @property
    def relative_sharpness(self) -> Float64[np.ndarray, " t"]:
        """Sharpness over the median of the frames with a face; far below 1 for a blurred frame."""
        usual = np.median(self.sharpness[self.found]) if self.found.any() else 0.0
        return self.sharpness / max(float(usual), 1e-12)


def look_of(rgb: UInt8[np.ndarray, "h w 3"], box_px: Box) -> tuple[float, float]:
    """Sharpness and brightness of the face in a box; 0 where the box lies outside the picture.

    Blur shows as a small variance of the Laplacian [pertuz2013focus]; over the variance of the grey levels
    it depends neither on exposure nor on contrast.
    """
    left, top, right, bottom = (round(edge) for edge in box_px)
    face = rgb[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if min(face.shape[:2]) < 2:
        return 0.0, 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY)
    shrinks = max(grey.shape) > FACE_PX
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    levels = cv2.resize(grey, (FACE_PX, FACE_PX), interpolation=method).astype(np.float64) / 255
    edges = cv2.Laplacian(levels, cv2.CV_64F)
    return float(edges.var() / max(levels.var(), 1e-6)), float(levels.mean())


def summary(
    quality: FrameQuality, usable: Bool[np.ndarray, " t"], track: Track, error_interocular: float
) -> Mapping[str, object]:
    """What a clip's card says of its frames.

    Args:
        quality: Of the clip's frames.
        usable: Which of them have a face that was used.
        track: The clip's track.
        error_interocular: Mean landmark error of the fit, inter-ocular distances.
    """
    good = quality[usable]
    angles = angles_from_matrix(matrix_from_axis_angle(track.rotation_rad[track.valid].double()))
    low, high = np.degrees(np.quantile(angles.numpy(), (0.0, 1.0), axis=0))
    relative = good.sharpness / max(float(np.median(good.sharpness)), 1e-12)
    return {
        "valid_share": _rounded(usable.mean()),
        "face_px": _spread(good.face_px),
        "confidence": _rounded(good.confidence.mean()),
        "sharpness": _rounded(np.median(good.sharpness)),
        "least_relative_sharpness": _rounded(relative.min()),
        "brightness": _spread(good.brightness),
        "drift": _rounded(drift(good.box_px).max()),
        "landmark_error_interocular": _rounded(error_interocular),
        **{f"{name}_deg": [_rounded(low[k]), _rounded(high[k])] for k, name in enumerate(_ANGLES)},
    }


_ANGLES = ("yaw", "pitch", "roll")


def _spread(values: Float[np.ndarray, " t"]) -> list[float]:
    """Least, median and greatest value."""
    return [_rounded(value) for value in np.quantile(values, (0.0, 0.5, 1.0))]


def _rounded(value: float | np.floating) -> float:
    """Four significant digits, for a card that people read."""
    return float(f"{float(value):.4g}")
