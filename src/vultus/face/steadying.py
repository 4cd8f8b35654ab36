"""Smooth heads as they are tracked, in constant memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from vultus.errors import InputError
from vultus.face.gaps import HeadState, Moment
from vultus.face.smoothing import OneEuro

Array = np.ndarray

_WINDOWS = {
    "gaussian": np.exp(-0.5 * np.arange(-4, 5) ** 2),
    "moving_average": np.ones(5),
}
"""Weights of the frames around one: a Gaussian of one frame, or the mean over five."""

_MIN_CUTOFF_HZ = 1.5
_BETA = 2.0
_REACH_MM = 200.0


def smooth_moments(moments: Iterable[Moment], kind: str, fps: float, unit_mm: float) -> Iterator[Moment]:
    """Smooth expression, gaze, pose and camera; identity stays.

    Rotations are smoothed as matrices and brought back to the nearest rotation.

    Args:
        moments: In order, each with a head.
        kind: "none"; "one_euro", which looks at the past alone; "gaussian" or "moving_average", which wait
            for 4 or 2 frames.
        fps: Frame rate, Hz.
        unit_mm: Millimetres in one unit of the morphable model.
    """
    if kind == "none":
        return iter(moments)
    if kind == "one_euro":
        return _causal(moments, fps, unit_mm)
    if kind in _WINDOWS:
        return _windowed(moments, _WINDOWS[kind] / _WINDOWS[kind].sum())
    known = ", ".join(sorted(["none", "one_euro", *_WINDOWS]))
    raise InputError(f"no smoothing called {kind!r}", remedy=f"known: {known}", metadata={"smoothing": kind})


def _windowed(moments: Iterable[Moment], weights: Float[Array, " w"]) -> Iterator[Moment]:
    reach = len(weights) // 2
    stream = iter(moments)
    first = next(stream, None)
    if first is None:
        return
    window: deque[Moment] = deque([first] * (reach + 1), maxlen=len(weights))
    last = first
    for last in stream:
        window.append(last)
        if len(window) == len(weights):
            yield _mean(window, weights, reach)
    for _ in range(reach):
        window.append(last)
        if len(window) == len(weights):
            yield _mean(window, weights, reach)


def _mean(window: Iterable[Moment], weights: Float[Array, " w"], centre: int) -> Moment:
    moments = list(window)
    rows = np.array([_packed(moment.head) for moment in moments if moment.head])
    return _with_values(moments[centre], weights @ rows)


def _causal(moments: Iterable[Moment], fps: float, unit_mm: float) -> Iterator[Moment]:
    smooth = OneEuro(fps, _MIN_CUTOFF_HZ, _BETA)
    size: Array | None = None
    for moment in moments:
        if moment.head is None:
            continue
        row = _packed(moment.head)
        if size is None:
            size = _sizes(moment.head, unit_mm)
        values = smooth(torch.from_numpy(row / size)).numpy() * size
        yield _with_values(moment, values)


def _packed(head: HeadState) -> Float[Array, " n"]:
    """All that is smoothed: rotation, eyes, scale, translation, expression."""
    return np.concatenate(
        [head.rotation.ravel(), head.eyes_rad.ravel(), [head.scale], head.translation_px, head.expression]
    )


def _sizes(head: HeadState, unit_mm: float) -> Float[Array, " n"]:
    """What of each value is as much as 1 of a rotation's entries."""
    shift_px = _REACH_MM / unit_mm * head.scale
    camera = [head.scale, shift_px, shift_px]
    return np.concatenate([np.ones(15), camera, np.full(len(head.expression), 1.0)])


def _with_values(moment: Moment, values: Float[Array, " n"]) -> Moment:
    assert moment.head is not None  # noqa: S101 -- for the type checker
    left, _, right = np.linalg.svd(values[:9].reshape(3, 3))
    turned = left * [1.0, 1.0, np.linalg.det(left @ right)] @ right
    head = replace(
        moment.head,
        rotation=turned,
        eyes_rad=values[9:15].reshape(2, 3),
        scale=float(values[15]),
        translation_px=values[16:18],
        expression=values[18:],
    )
    return replace(moment, head=head)
