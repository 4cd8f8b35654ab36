"""The field beyond the mesh: a membrane held by the mesh, by the head's outline and by the still torso."""

from dataclasses import dataclass
from typing import no_type_check

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numba import njit

from vultus.methods.warp.parts import SKIN

_HOLD = 40.0
"""How firmly the membrane is held by fully trusted pixels, against its own tension."""

_COARSEST = 8
_SWEEPS = 14
_RELAXATION = 1.5


@dataclass(frozen=True)
class Prior:
    """What is believed about the field where the mesh says nothing."""

    displacement: Float32[np.ndarray, "h w 2"]
    """Believed displacement, grid px, on the coarse grid."""

    weight: Float32[np.ndarray, "h w"]
    """How firmly, against the membrane's tension."""


def extend(
    displacement: Float32[np.ndarray, "h w 2"], trust: Float32[np.ndarray, "h w"], prior: Prior
) -> Float32[np.ndarray, "h w 2"]:
    """Extend a field smoothly to where it is not trusted.

    Minimises Σ hold |u - d|² + Σ prior |u - p|² + Σ |∇u|² on the prior's grid from coarse to fine, then keeps
    the given field where it is trusted.

    Args:
        displacement: d, px.
        trust: [0, 1]; 0 where `displacement` means nothing.
        prior: p and its weight; its grid divides the field's.
    """
    side, coarse = displacement.shape[0], prior.weight.shape[0]
    weight, value = _gather(displacement, trust, side // coarse)
    weight *= _HOLD
    total = weight + prior.weight
    target = (value * weight[..., None] + prior.displacement * prior.weight[..., None]) / (
        total[..., None] + 1e-12
    )
    smooth = cv2.resize(relax(target, total), (side, side), interpolation=cv2.INTER_LINEAR)
    mixed: np.ndarray = _mix(smooth, displacement, trust)
    return mixed


def relax(
    target: Float32[np.ndarray, "h w 2"], weight: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 2"]:
    """Solve the membrane by successive over-relaxation, from a coarse grid to the full one.

    Args:
        target: What each cell is drawn to.
        weight: How firmly; 0 leaves a cell to its neighbours.
    """
    height = target.shape[0]
    if height <= _COARSEST or height % 2:
        mean = (target * weight[..., None]).sum((0, 1)) / max(float(weight.sum()), 1e-9)
        start = np.broadcast_to(mean, target.shape).astype(np.float32)
        return _sweep(start.copy(), target, weight, 3 * _SWEEPS)
    below = relax(*_halved(target, weight))
    finer = cv2.resize(below, (height, height), interpolation=cv2.INTER_LINEAR)
    return _sweep(finer, target, weight, _SWEEPS)


def closed_openings(
    displacement: Float32[np.ndarray, "h w 2"],
    trust: Float32[np.ndarray, "h w"],
    label: UInt8[np.ndarray, "h w"],
) -> tuple[Float32[np.ndarray, "h w 2"], Float32[np.ndarray, "h w"]]:
    """Carry the skin's field across eyes and mouth, straight down between lid and lid or lip and lip.

    Args:
        displacement: Field of the mesh, px.
        trust: [0, 1].
        label: What each pixel shows.
    """
    displacement, trust = displacement.copy(), trust.copy()
    _bridge(displacement, trust, label)
    return displacement, trust


def border_window(side_px: int, border: float) -> Float32[np.ndarray, "h w"]:
    """Window that is 1 inside and fades to exactly 0 at the frame's border; a border of 0 fades nothing."""
    if border == 0:
        return np.ones((side_px, side_px), np.float32)
    distance = np.minimum(np.arange(side_px), np.arange(side_px)[::-1]) / (border * side_px)
    step = distance.clip(0, 1)
    step = step * step * (3 - 2 * step)
    return np.outer(step, step).astype(np.float32)


def _halved(
    target: Float32[np.ndarray, "h w 2"], weight: Float32[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "i j 2"], Float32[np.ndarray, "i j"]]:
    height, width = weight.shape
    blocks = weight.reshape(height // 2, 2, width // 2, 2)
    total = blocks.sum((1, 3))
    value = (target.reshape(height // 2, 2, width // 2, 2, 2) * blocks[..., None]).sum((1, 3))
    return value / (total[..., None] + 1e-12), total


@njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def _sweep(u, target, weight, sweeps):
    height, width = weight.shape
    for _ in range(sweeps):
        for row in range(height):
            for column in range(width):
                w = weight[row, column]
                sx, sy, n = w * target[row, column, 0], w * target[row, column, 1], w
                if row > 0:
                    sx, sy, n = sx + u[row - 1, column, 0], sy + u[row - 1, column, 1], n + 1
                if row < height - 1:
                    sx, sy, n = sx + u[row + 1, column, 0], sy + u[row + 1, column, 1], n + 1
                if column > 0:
                    sx, sy, n = sx + u[row, column - 1, 0], sy + u[row, column - 1, 1], n + 1
                if column < width - 1:
                    sx, sy, n = sx + u[row, column + 1, 0], sy + u[row, column + 1, 1], n + 1
                u[row, column, 0] += _RELAXATION * (sx / n - u[row, column, 0])
                u[row, column, 1] += _RELAXATION * (sy / n - u[row, column, 1])
    return u


@njit(cache=True, nogil=True)
@no_type_check
def _gather(displacement, trust, step):
    """Mean trust and trusted mean of the field in each cell of step x step pixels."""
    height, width = trust.shape[0] // step, trust.shape[1] // step
    weight = np.zeros((height, width), np.float32)
    value = np.zeros((height, width, 2), np.float32)
    for row in range(height * step):
        for column in range(width * step):
            w = trust[row, column]
            weight[row // step, column // step] += w
            value[row // step, column // step, 0] += w * displacement[row, column, 0]
            value[row // step, column // step, 1] += w * displacement[row, column, 1]
    for row in range(height):
        for column in range(width):
            w = weight[row, column]
            if w > 0:
                value[row, column, 0] /= w
                value[row, column, 1] /= w
            weight[row, column] = w / (step * step)
    return weight, value


@njit(cache=True, nogil=True)
@no_type_check
def _mix(smooth, displacement, trust):
    for row in range(trust.shape[0]):
        for column in range(trust.shape[1]):
            w = trust[row, column]
            for axis in range(2):
                smooth[row, column, axis] += w * (displacement[row, column, axis] - smooth[row, column, axis])
    return smooth


@njit(cache=True, nogil=True)
@no_type_check
def _bridge(displacement, trust, label):
    height, width = label.shape
    for column in range(width):
        row = 1
        while row < height:
            if label[row, column] <= SKIN:
                row += 1
                continue
            end = row
            while end < height and label[end, column] > SKIN:
                end += 1
            framed = label[row - 1, column] == SKIN and end < height and label[end, column] == SKIN
            _fill_run(displacement, trust, column, row, end, framed)
            row = end + 1


@njit(cache=True, nogil=True)
@no_type_check
def _fill_run(displacement, trust, column, start, end, framed):
    """Interpolate one column of an opening between the skin above and below when framed."""
    for row in range(start, end):
        if not framed:
            trust[row, column] = 0.0
            continue
        share = (row - start + 1) / (end - start + 1)
        trust[row, column] = (1 - share) * trust[start - 1, column] + share * trust[end, column]
        for axis in range(2):
            above, below = displacement[start - 1, column, axis], displacement[end, column, axis]
            displacement[row, column, axis] = (1 - share) * above + share * below
