"""Landmark sets: the index tables between them, and the length that errors are measured in."""

from jaxtyping import Float
from torch import Tensor

IBUG68_FROM_MEDIAPIPE: tuple[int, ...] = (
    *(127, 234, 132, 58, 172, 136, 149, 176, 152, 400, 378, 365, 397, 288, 361, 454, 356),  # jaw line
    *(70, 63, 105, 66, 107),  # right brow
    *(336, 296, 334, 293, 300),  # left brow
    *(168, 197, 5, 4),  # nose bridge
    *(98, 97, 2, 326, 327),  # nostrils
    *(33, 160, 158, 133, 153, 144),  # right eye
    *(362, 385, 387, 263, 373, 380),  # left eye
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # outer lips
    *(78, 81, 13, 311, 308, 402, 14, 178),  # inner lips
)
"""MediaPipe face mesh index of each of the 68 points.

Concretely, point 36, the subject's right outer eye corner, is 33. The jaw line takes the silhouette points
nearest to equal steps of arc length between ear and chin.
"""

IBUG68_MIRROR: tuple[int, ...] = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *range(27, 31),
    *range(35, 30, -1),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)
"""Partner of each of the 68 points on the other side of the face; points of the middle are their own."""

IRIS_RIGHT: tuple[int, ...] = (468, 469, 470, 471, 472)
"""Iris of the subject's right eye in the 478 points; the centre first."""

IRIS_LEFT: tuple[int, ...] = (473, 474, 475, 476, 477)
"""Iris of the subject's left eye in the 478 points; the centre first."""

INNER_68: tuple[int, ...] = tuple(range(17, 68))
"""The 51 of the 68 points that are features of the face, not of its outline."""

EYE_CORNERS: dict[str, tuple[int, int]] = {
    "ibug68": (36, 45),
    "mediapipe468": (33, 263),
    "mediapipe478": (33, 263),
}
"""Outer corner of the right, then the left eye, by landmark set."""


def ibug68(points: Float[Tensor, "*b l d"]) -> Float[Tensor, "*b 68 d"]:
    """Pick the 68 points out of MediaPipe's 468 or 478, in their frame and unit."""
    return points[..., list(IBUG68_FROM_MEDIAPIPE), :]


def interocular_distance(
    points: Float[Tensor, "*b l d"], landmark_set: str = "mediapipe468"
) -> Float[Tensor, "*b"]:
    """Distance between the outer eye corners, in the unit of the points.

    Args:
        points: Landmarks of the set, in the plane (d = 2) or in space (d = 3).
        landmark_set: "ibug68", "mediapipe468" or "mediapipe478".

    Example:
        >>> import torch
        >>> points = torch.zeros(68, 2)
        >>> points[45, 0] = 60.0
        >>> interocular_distance(points, "ibug68")
        tensor(60.)
    """
    right, left = EYE_CORNERS[landmark_set]
    return (points[..., right, :] - points[..., left, :]).norm(dim=-1)
