"""Built-in motions: curves of angles, gaze and expression with the timing of people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from vultus.errors import InputError
from vultus.registry import Registry

Curve = Float64[np.ndarray, " t"]
Keys = Sequence[tuple[float, float]]
"""(moment, value) with moments in [0, 1] of the motion's length, increasing."""


@dataclass(frozen=True)
class Motion:
    """What is added to a head at rest, frame by frame."""

    angles_rad: Float64[np.ndarray, "t 3"]
    """Yaw, pitch, roll."""
    eyes_rad: Float64[np.ndarray, "t 3"]
    """Axis-angle of both eyeballs, head frame."""
    expression: Mapping[str, Curve]
    """Coefficients by ARKit name."""
    lips_shut: Curve
    """[0, 1]; how far the lips are closed against the source's own opening."""


@dataclass(frozen=True)
class Clip:
    """A motion that begins and ends at rest."""

    natural_s: float
    """Length of one repetition at a natural pace, s."""
    make: Callable[[Curve, float], Motion]
    """The motion at moments in [0, 1) of a repetition that takes a time in s."""


MOTIONS: Registry[Callable[[], Clip]] = Registry("motion", "vultus.motions")
"""Built-in motions by name."""


def motion_of(name: str, fps: float, duration_s: float | None = None) -> Motion:
    """The motion called `name`.

    Args:
        name: A name of `MOTIONS`.
        fps: Frame rate, Hz.
        duration_s: Length, s; whole repetitions fill it, each a little faster or slower than natural.

    Raises:
        InputError: There is no such motion, or rate and length do not make at least one frame.
    """
    clip = MOTIONS[name]()
    duration_s = clip.natural_s if duration_s is None else duration_s
    count = round(duration_s * fps) if fps > 0 and np.isfinite(duration_s * fps) else 0
    if count < 1:
        raise InputError(
            f"a motion of {duration_s:g} s at {fps:g} frames/s has no frames",
            remedy="ask for a longer one",
            metadata={"duration_s": duration_s, "fps": fps},
        )
    repetitions = max(round(duration_s / clip.natural_s), 1)
    period_s = duration_s / repetitions
    return clip.make(np.arange(count) / fps / period_s % 1.0, period_s)


def eased(keys: Keys, moment: Curve) -> Curve:
    """A curve through keys that rests at each of them, with the least jerk between [flash1985].

    Example:
        >>> eased([(0.0, 0.0), (1.0, 2.0)], np.array([0.0, 0.5, 1.0]))
        array([0., 1., 2.])
    """
    times, values = np.array(keys, dtype=np.float64).T
    after = np.clip(np.searchsorted(times, moment, side="right"), 1, len(times) - 1)
    part = np.clip((moment - times[after - 1]) / (times[after] - times[after - 1]), 0.0, 1.0)
    share = np.clip(part**3 * (10 - 15 * part + 6 * part**2), 0.0, 1.0)
    return (1 - share) * values[after - 1] + share * values[after]


def lids(moment: Curve, period_s: float, *starts_s: float) -> dict[str, Curve]:
    """Blinks: down in 0.10 s, shut for 0.06 s, up in 0.20 s, with a little help from cheek and brow."""
    shut = np.zeros_like(moment)
    for start_s in starts_s:
        since_s = (moment * period_s - start_s) % period_s
        keys = [(0.0, 0.0), (0.10, 1.0), (0.16, 1.0), (0.36, 0.0)]
        shut = np.maximum(shut, np.where(since_s < 0.36, eased(keys, since_s), 0.0))
    sides = ("Left", "Right")
    curves = {f"eyeBlink{side}": shut for side in sides}
    curves |= {f"cheekSquint{side}": 0.12 * shut for side in sides}
    return curves | {f"browDown{side}": 0.08 * shut for side in sides}


def compose(
    angles_deg: tuple[Curve, Curve, Curve],
    gaze_deg: tuple[Curve, Curve],
    expression: Mapping[str, Curve],
    lips_shut: Curve | None = None,
) -> Motion:
    """Make a motion of curves in degrees.

    Args:
        angles_deg: Yaw, pitch and roll of the head.
        gaze_deg: Of the eyes in the head, to the subject's right as yaw is, and down as pitch is.
        expression: Coefficients by name.
        lips_shut: [0, 1]; open lips nowhere closed without it.
    """
    side, down = gaze_deg
    return Motion(
        np.radians(np.stack(angles_deg, axis=1)),
        np.radians(np.stack([down, -side, np.zeros_like(side)], axis=1)),
        expression,
        np.zeros_like(side) if lips_shut is None else lips_shut,
    )


@MOTIONS.register("turn")
def _turn() -> Clip:
    """The head goes to 20° on one side, then on the other."""
    keys = [
        (0.0, 0.0),
        (0.06, 0.0),
        (0.27, 20.0),
        (0.36, 20.0),
        (0.66, -20.0),
        (0.75, -20.0),
        (0.96, 0.0),
        (1.0, 0.0),
    ]

    def make(moment: Curve, period_s: float) -> Motion:
        yaw = eased(keys, moment)
        # The eyes set out first and are straight again when the head arrives.
        ahead = eased(keys, (moment + 0.05) % 1.0)
        pitch = 1.0 - np.cos(2 * np.pi * yaw / 40)
        gaze = (np.clip(0.9 * (ahead - yaw), -9, 9), np.zeros_like(yaw))
        return compose((yaw, pitch, -0.09 * yaw), gaze, lids(moment, period_s, 0.47 * period_s))

    return Clip(4.8, make)


@MOTIONS.register("nod")
def _nod() -> Clip:
    """The head goes down and up by 12°, and again by less."""
    keys = [
        (0.0, 0.0),
        (0.05, 0.0),
        (0.24, 12.0),
        (0.46, -12.0),
        (0.66, 9.0),
        (0.82, -4.0),
        (0.97, 0.0),
        (1.0, 0.0),
    ]

    def make(moment: Curve, period_s: float) -> Motion:
        pitch = eased(keys, moment)
        yaw = 1.2 * np.sin(2 * np.pi * moment)
        # The eyes stay with whom one nods to.
        gaze = (-0.7 * yaw, -0.7 * pitch)
        return compose((yaw, pitch, 0.5 * yaw), gaze, lids(moment, period_s, 0.17 * period_s))

    return Clip(3.2, make)


@MOTIONS.register("blink")
def _blink() -> Clip:
    """Three blinks, two of them close together."""

    def make(moment: Curve, period_s: float) -> Motion:
        sway = 2 * np.pi * moment
        yaw, pitch = 0.8 * np.sin(sway), 0.6 * np.sin(2 * sway)
        blinks = lids(moment, period_s, *(share * period_s for share in (0.14, 0.52, 0.68)))
        return compose((yaw, pitch, 0.5 * yaw), (-yaw, -pitch), blinks)

    return Clip(4.0, make)


@MOTIONS.register("look-around")
def _look_around() -> Clip:
    """The eyes jump from place to place and the head follows them part of the way."""
    fixations = (
        (0.08, 22.0, 2.0),
        (0.28, -20.0, -8.0),
        (0.47, 14.0, -12.0),
        (0.62, -16.0, 9.0),
        (0.80, 0.0, 0.0),
    )

    def make(moment: Curve, period_s: float) -> Motion:
        jump = 0.06 / period_s  # a saccade takes about 0.06 s
        yaw, pitch = (0.45 * _steps(fixations, axis, 0.14, (moment - 0.02) % 1.0) for axis in (1, 2))
        side, down = (_steps(fixations, axis, jump, moment) for axis in (1, 2))
        gaze = (side - yaw, down - pitch)
        expression = _lids_with(gaze[1], lids(moment, period_s, 0.265 * period_s, 0.785 * period_s))
        return compose((yaw, pitch, -0.1 * yaw), gaze, expression)

    return Clip(6.0, make)


def _steps(fixations: Sequence[tuple[float, float, float]], axis: int, length: float, moment: Curve) -> Curve:
    """One coordinate of a gaze that goes to each fixation within `length` of its start and stays there."""
    keys = [(0.0, 0.0)]
    for fixation in fixations:
        keys += [(fixation[0], keys[-1][1]), (fixation[0] + length, fixation[axis])]
    return eased([*keys, (1.0, 0.0)], moment)


def _lids_with(down_deg: Curve, blinks: dict[str, Curve]) -> dict[str, Curve]:
    """Blinks, with the upper lids higher where the eyes look up and lower where they look down."""
    raised, lowered = np.clip(-down_deg / 25, 0, 0.5), np.clip(down_deg / 25, 0, 0.5)
    for side in ("Left", "Right"):
        blinks[f"eyeBlink{side}"] = np.maximum(blinks[f"eyeBlink{side}"], lowered)
        blinks[f"eyeWide{side}"] = raised
    return blinks
