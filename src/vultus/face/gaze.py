"""Where the eyes look, from the irises."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vultus.face.landmarks import IRIS_LEFT, IRIS_RIGHT

Array = np.ndarray

_CORNERS = ((362, 263), (33, 133))
_LIDS = (((385, 380), (386, 374), (387, 373)), ((160, 144), (159, 145), (158, 153)))
_IRISES = (IRIS_LEFT[0], IRIS_RIGHT[0])


@dataclass(frozen=True)
class GazeConfig:
    """Anatomy and how much is believed."""

    iris_radius_mm: float = 10.5
    """Distance of the iris from the eyeball's centre, mm."""
    centre_depth_mm: float = 3.0
    """How far behind the middle of the eye corners the eyeball's centre lies, mm."""
    centre_height_mm: float = 2.0
    """How far above the middle of the eye corners it lies, mm: the pupil of straight eyes does, too."""
    gain: float = 0.9
    """Share of the measured angle that is kept."""
    limit_rad: tuple[float, float] = (0.6, 0.4)
    """Largest turn to the side, and up or down."""
    shut_openness: float = 0.10
    """Lid opening relative to the eye's width up to which the eye counts as shut and the gaze as straight."""
    open_openness: float = 0.18
    """Lid opening from which the gaze counts in full."""


def eye_openness(points: Float[Array, "478 d"]) -> Float[Array, " 2"]:
    """Lid opening relative to the eye's width of the left, then the right eye.

    Args:
        points: `mediapipe478` landmarks in any frame.
    """
    widths = [np.linalg.norm(points[a] - points[b]) for a, b in _CORNERS]
    gaps = [np.mean([np.linalg.norm(points[a] - points[b]) for a, b in pairs]) for pairs in _LIDS]
    return np.array(gaps) / np.maximum(widths, 1e-9)


def gaze(
    points_image: Float[Array, "478 3"],
    rotation: Float[Array, "3 3"],
    px_per_mm: float,
    config: GazeConfig | None = None,
) -> Float[Array, "2 3"]:
    """Axis-angle of the left, then the right eyeball, head frame, rad.

    Both eyes get the mean of what they show, weighted by how far they are open, so that noise makes nobody
    squint.

    Args:
        points_image: `mediapipe478` landmarks, image frame, px.
        rotation: R, head to view.
        px_per_mm: Scale of the picture at the face.
        config: Anatomy and damping.

    Returns:
        Concretely, ``[:, 1] > 0`` looks to the subject's left and ``[:, 0] > 0`` down; zero where both are
        shut.
    """
    c = config or GazeConfig()
    view = points_image * (1.0, -1.0, -1.0) / px_per_mm  # mm
    weights = np.clip((eye_openness(view) - c.shut_openness) / (c.open_openness - c.shut_openness), 0.0, 1.0)
    if not weights.any():
        return np.zeros((2, 3))
    angles = np.array(
        [
            _eye_angles(view, corners, iris, rotation, c)
            for corners, iris in zip(_CORNERS, _IRISES, strict=True)
        ]
    )
    side, up = (weights @ angles) / weights.sum() * weights.max() * c.gain
    side = np.clip(side, -c.limit_rad[0], c.limit_rad[0])
    up = np.clip(up, -c.limit_rad[1], c.limit_rad[1])
    return np.tile([-up, side, 0.0], (2, 1))


def _eye_angles(
    view: Float[Array, "478 3"],
    corners: tuple[int, int],
    iris: int,
    rotation: Float[Array, "3 3"],
    c: GazeConfig,
) -> Float[Array, " 2"]:
    """Turn of one eye to the subject's left and up, rad."""
    offset = rotation @ np.array([0.0, c.centre_height_mm, -c.centre_depth_mm])
    centre = view[list(corners)].mean(axis=0) + offset
    across = view[iris, :2] - centre[:2]
    ahead = np.sqrt(max(c.iris_radius_mm**2 - float(across @ across), 0.0))
    direction = rotation.T @ np.array([*across, ahead])
    return np.array(
        [np.arctan2(direction[0], direction[2]), np.arcsin(direction[1] / np.linalg.norm(direction))]
    )
