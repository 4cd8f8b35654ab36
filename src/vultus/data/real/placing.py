"""From the landmarks of a clip to the square that is cut out of every frame."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from jaxtyping import Bool, Float

from vultus.data.real.boxes import boxes_around, interpolated, measured
from vultus.data.real.recipes import Recipe
from vultus.data.track import Track
from vultus.face.crop import SquareCrop
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.models import load_morphable

STABLE_SHARE = 0.05
"""Share of the frames at either end that the "stable" placing leaves out, so that a jerk moves nothing."""

LEAST_SHARE = 0.8
"""What is left of the side of a square that is shrunk to fit into the picture, at least."""

EYES_ABOVE_MM = 9.0
"""How far the eyes lie above the middle of GOHA's pictures, mm: the Basel model's origin [chan2022eg3d]."""

FIVE_POINTS: tuple[tuple[int, ...], ...] = (tuple(range(36, 42)), tuple(range(42, 48)), (30,), (48,), (54,))
"""Of the 68 points: right eye, left eye, nose tip, right and left corner of the mouth; means of each."""


def place(
    recipe: Recipe,
    points: Float[np.ndarray, "t 478 _"],
    valid: Bool[np.ndarray, " t"],
    size_px: tuple[int, int],
    whole_px: Float[np.ndarray, "k 4"] | None = None,
) -> list[SquareCrop]:
    """The square of every frame of a clip.

    Args:
        recipe: How.
        points: Landmarks, image frame, px; rows of frames that are not valid are not looked at.
        valid: Which frames have a usable face; at least one.
        size_px: (height, width) of the frames.
        whole_px: Boxes of the whole video, for one square that all its clips share; None for the clip's own.
    """
    squares = _five_points(recipe, points[valid]) if recipe.region == "five_points" else None
    if squares is None:
        boxes = boxes_around(points[valid], recipe.region) if whole_px is None else whole_px
        boxes = _over_time(recipe, boxes)
        squares = _squares(recipe, boxes)
    if len(squares) == 1:
        return [_settled(recipe, squares[0], size_px)] * len(valid)
    every = np.zeros((len(valid), 3))
    every[valid] = squares
    return [_settled(recipe, square, size_px) for square in interpolated(every, valid)]


def moved_to_crop(track: Track, crops: Sequence[SquareCrop], side_px: int) -> Track:
    """The track of a clip in the pixels of its crops resampled to `side_px`."""
    matrices = torch.from_numpy(np.stack([crop.to_crop(side_px) for crop in crops])).float()  # (t, 2, 3)
    zoom = matrices[:, 0, 0]
    return track.replace(
        scale=track.scale * zoom,
        translation_px=track.translation_px * zoom[:, None] + matrices[:, :, 2],
        size_px=(side_px, side_px),
    )


def _over_time(recipe: Recipe, boxes: Float[np.ndarray, "t 4"]) -> Float[np.ndarray, "k 4"]:
    """The boxes that squares are made of: one for each frame, or one for the clip."""
    if recipe.placing == "frame":
        return boxes
    if recipe.placing == "median":
        return np.median(boxes, axis=0)[None]
    share = STABLE_SHARE if recipe.placing == "stable" else 0.0
    low = np.quantile(boxes[:, :2], share, axis=0)
    high = np.quantile(boxes[:, 2:], 1 - share, axis=0)
    return np.concatenate([low, high])[None]


def _squares(recipe: Recipe, boxes: Float[np.ndarray, "k 4"]) -> Float[np.ndarray, "k 3"]:
    """Centre x, centre y and side of the square around every box, px."""
    side = recipe.factor * measured(boxes, recipe)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.column_stack([centre[:, 0], centre[:, 1] - recipe.rise * side, side])


def _five_points(recipe: Recipe, points: Float[np.ndarray, "t 478 _"]) -> Float[np.ndarray, "t 3"]:
    """Squares from the scaled orthographic camera that shows our head's five points where they were found.

    As in Deep3DFaceRecon's alignment: the affine camera by least squares, its scale the mean length of both
    rows, its translation the square's middle; the picture is not turned.
    """
    model_mm = _five_points_mm()
    landmarks = points[:, list(IBUG68_FROM_MEDIAPIPE), :2]
    found = np.stack([landmarks[:, list(group)].mean(axis=1) for group in FIVE_POINTS], axis=1)  # (t, 5, 2)
    homogeneous = np.column_stack([model_mm, np.ones(len(model_mm))])  # (5, 4)
    camera = np.linalg.pinv(homogeneous) @ found  # (t, 4, 2)
    scale = np.linalg.norm(camera[:, :3], axis=1).mean(axis=1)  # px for each mm
    return np.column_stack([camera[:, 3], recipe.span_mm * scale])


@cache
def _five_points_mm() -> Float[np.ndarray, "5 3"]:
    """Our head's five points, mm, image axes; the origin lies `EYES_ABOVE_MM` below the eyes' middle."""
    model = load_morphable("builtin")
    landmarks = (
        model.landmarks["ibug68"].on(model.mean[None], model.faces)[0].double().numpy() * model.unit_mm
    )
    five = np.stack([landmarks[list(group)].mean(axis=0) for group in FIVE_POINTS]) * (1, -1, -1)
    return five - five[:2].mean(axis=0) - (0, EYES_ABOVE_MM, 0)


def _settled(recipe: Recipe, square: Float[np.ndarray, " 3"], size_px: tuple[int, int]) -> SquareCrop:
    """The square on whole pixels, moved into the picture and shrunk to fit where the recipe says so."""
    side = max(round(float(square[2])), 2)
    if recipe.border == "inside":
        side = max(min(side, *size_px), round(LEAST_SHARE * side))
    left, top = (round(float(centre) - side / 2) for centre in square[:2])
    if recipe.border == "inside":
        left, top = _inside(left, side, size_px[1]), _inside(top, side, size_px[0])
    return SquareCrop(left, top, side)


def _inside(start: int, side: int, length: int) -> int:
    """Start of an interval of `side` moved into [0, length), or centred on it when it is longer."""
    return (length - side) // 2 if side >= length else min(max(start, 0), length - side)
