"""Frames without a face: interpolated between the frames around them, with a bounded wait."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float

from vultus.face.rotations import axis_angle_from_matrix, matrix_from_axis_angle

Array = np.ndarray


@dataclass(frozen=True)
class HeadState:
    """What a track says of one frame."""

    identity: Float[Array, " i"]
    """p_id."""
    expression: Float[Array, " e"]
    """p_exp."""
    rotation: Float[Array, "3 3"]
    """R, head to view."""
    eyes_rad: Float[Array, "2 3"]
    """Axis-angle of the left, then the right eyeball, head frame."""
    scale: float
    """s, px for each model unit."""
    translation_px: Float[Array, " 2"]
    """t, image frame."""
    confidence: float
    """[0, 1]."""


@dataclass(frozen=True)
class Moment:
    """One frame of a clip."""

    time_s: float
    """Presentation time, s."""
    head: HeadState | None
    """None where no face was found and nothing has been filled in."""
    valid: bool
    """Whether a face was found."""


def fill_gaps(moments: Iterable[Moment], look_ahead: int = 30) -> Iterator[Moment]:
    """Give every frame a head.

    Frames without one are interpolated linearly in time, rotations on the shortest arc. A gap at the start
    takes the first head, one at the end keeps the last. In a gap of more than `look_ahead` frames the
    earlier ones keep the last head, so that never more than `look_ahead` frames are waited for; only a gap
    at the start waits for its end.

    Args:
        moments: In order.
        look_ahead: Most frames that an interpolation spans.

    Yields:
        The same frames with a head; nothing at all where no frame has one.
    """
    last: Moment | None = None
    waiting: deque[Moment] = deque()
    for moment in moments:
        if moment.head is not None:
            yield from _between(last, waiting, moment)
            waiting.clear()
            last = moment
            yield moment
            continue
        waiting.append(moment)
        if last is not None and len(waiting) > look_ahead:
            last = _held(waiting.popleft(), last)
            yield last
    if last is not None:
        yield from (_held(moment, last) for moment in waiting)


def blend(first: HeadState, second: HeadState, share: float) -> HeadState:
    """The head `share` of the way from the first to the second; the first's identity, no confidence."""

    def between(name: str) -> Array:
        return (1 - share) * getattr(first, name) + share * getattr(second, name)

    way = torch.from_numpy(second.rotation @ first.rotation.T)
    part = matrix_from_axis_angle(share * axis_angle_from_matrix(way)).numpy()
    return HeadState(
        first.identity,
        between("expression"),
        part @ first.rotation,
        between("eyes_rad"),
        (1 - share) * first.scale + share * second.scale,
        between("translation_px"),
        0.0,
    )


def _between(last: Moment | None, waiting: Iterable[Moment], after: Moment) -> Iterator[Moment]:
    assert after.head is not None  # noqa: S101 -- for the type checker
    for moment in waiting:
        if last is None or last.head is None:
            yield _held(moment, after)
        else:
            span = max(after.time_s - last.time_s, 1e-9)
            yield replace(moment, head=blend(last.head, after.head, (moment.time_s - last.time_s) / span))


def _held(moment: Moment, source: Moment) -> Moment:
    assert source.head is not None  # noqa: S101 -- for the type checker
    return replace(moment, head=replace(source.head, confidence=0.0))
