"""Face crops for recognition networks; how a face was cut decides the score, so each way has a name."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import InputError

ARCFACE_POINTS_PX = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Eyes, tip of the nose and corners of the mouth in a 112 x 112 crop, the image's left first, pixel centres
at integers [deng2019arcface]."""

CROP_PX = 112


def five_points(landmarks_px: Float[np.ndarray, "68 2"]) -> Float[np.ndarray, "5 2"]:
    """Centres of both eyes, tip of the nose and corners of the mouth of `ibug68` landmarks."""
    eyes = landmarks_px[36:42].mean(axis=0), landmarks_px[42:48].mean(axis=0)
    return np.stack([*eyes, landmarks_px[30], landmarks_px[48], landmarks_px[54]])


def five_point_crop(
    rgb: UInt8[np.ndarray, "h w 3"], points_px: Float[np.ndarray, "5 2"]
) -> UInt8[np.ndarray, "112 112 3"]:
    """The face turned, scaled and moved so that its five points lie where ArcFace's do, in least squares.

    Args:
        rgb: A picture.
        points_px: As `five_points` gives them, image frame.

    Raises:
        InputError: The points are not finite or all one.
    """
    return warp_onto(rgb, points_px, ARCFACE_POINTS_PX + 0.5, (CROP_PX, CROP_PX))


def warp_onto(
    rgb: UInt8[np.ndarray, "h w 3"],
    points_px: Float[np.ndarray, "l 2"],
    target_px: Float[np.ndarray, "l 2"],
    size_px: tuple[int, int],
) -> UInt8[np.ndarray, "y x 3"]:
    """Turn, scale and move a picture so that its points come nearest to the target's; black outside.

    Args:
        rgb: A picture.
        points_px: Its landmarks, image frame.
        target_px: Where they should lie, image frame of the result.
        size_px: Height and width of the result.

    Raises:
        InputError: The points are not finite or all one.
    """
    if not np.isfinite(points_px).all() or np.ptp(points_px, axis=0).max() < 1:
        raise InputError("landmarks that make no face", remedy="leave out frames without a face")
    matrix = similarity_2d(target_px.astype(np.float64), points_px.astype(np.float64))
    # cv2 counts pixel centres as integers on both sides.
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    warped: np.ndarray = cv2.warpAffine(rgb, matrix, size_px[::-1], flags=cv2.INTER_LINEAR)
    return warped


def similarity_2d(
    target: Float[np.ndarray, "l 2"], points: Float[np.ndarray, "l 2"]
) -> Float[np.ndarray, "2 3"]:
    """The similarity that brings `points` onto `target` with the least sum of squares, (s R | t).

    Procrustes analysis in the plane [umeyama1991, gower1975], where the best turn and scale are one complex
    number; reflections are never used.
    """
    to, by = target.mean(axis=0), points.mean(axis=0)
    goal, start = ((side - mean) @ [1, 1j] for side, mean in ((target, to), (points, by)))
    turn = np.vdot(start, goal) / np.vdot(start, start).real
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([linear, to - linear @ by])
