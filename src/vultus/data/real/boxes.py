"""Boxes around landmarks, and how far they move."""

import numpy as np
from jaxtyping import Bool, Float

from vultus.data.real.recipes import Recipe, Region
from vultus.face.detectors.base import Box
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE

Boxes = Float[np.ndarray, "t 4"]
"""(left, top, right, bottom), px, one row for each frame."""


def boxes_around(points: Float[np.ndarray, "t 478 _"], region: Region) -> Boxes:
    """The box of every frame's landmarks; of all of the mesh without the irises, or of the 68 points."""
    chosen = points[:, list(IBUG68_FROM_MEDIAPIPE), :2] if region == "ibug68" else points[:, :468, :2]
    return np.concatenate([chosen.min(axis=1), chosen.max(axis=1)], axis=1)


def drift(boxes: Boxes) -> Float[np.ndarray, " t"]:
    """How far each box is from the median box: the farthest edge over half of the median's width plus height.

    HeadGAN's rule for clips in which the face moves too much [doukas2021headgan].

    Example:
        >>> drift(np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 10.0], [5.0, 0.0, 15.0, 10.0]]))
        array([0. , 0. , 0.5])
    """
    median = np.median(boxes, axis=0)
    size = (median[2] - median[0] + median[3] - median[1]) / 2
    return np.abs(boxes - median).max(axis=1) / max(float(size), 1e-9)


def overlaps(first: Box | Float[np.ndarray, " 4"], boxes: Boxes) -> Float[np.ndarray, " t"]:
    """Intersection over union of one box with each of many, [0, 1]."""
    edges = np.asarray(first, dtype=np.float64)
    low, high = np.maximum(edges[:2], boxes[:, :2]), np.minimum(edges[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(edges[2:] - edges[:2]) + np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return shared / np.maximum(areas - shared, 1e-9)


def interpolated(values: Float[np.ndarray, "t k"], known: Bool[np.ndarray, " t"]) -> Float[np.ndarray, "t k"]:
    """Rows that are not known, linearly between those around them; the first and last known ones are kept."""
    where = np.flatnonzero(known)
    every = np.arange(len(values))
    return np.stack([np.interp(every, where, column[where]) for column in values.T], axis=1)


def longer_side(boxes: Boxes) -> Float[np.ndarray, " t"]:
    """The longer side of every box, px."""
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1)


def measured(boxes: Boxes, recipe: Recipe) -> Float[np.ndarray, " t"]:
    """The size of every box as the recipe takes it, px."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return sides.max(axis=1) if recipe.measure == "longest" else sides.mean(axis=1)
