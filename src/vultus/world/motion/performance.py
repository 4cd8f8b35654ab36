"""A person speaks or listens: everything that moves, as a track."""

import math
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.morphable import MorphableModel
from vultus.world.anatomy import anatomy_of
from vultus.world.motion.curves import CURVE_HZ, Curve, delay, follow, wander
from vultus.world.motion.face import expressions
from vultus.world.motion.gaze import axis_angles, eye_angles
from vultus.world.motion.head import head_angles
from vultus.world.motion.manner import Manner
from vultus.world.motion.placing import Framing, draw_framing, place
from vultus.world.motion.posing import Performer, check_person, track_of
from vultus.world.motion.prosody import Prosody, prosody_of
from vultus.world.seeds import generator
from vultus.world.speech import Utterance, articulate

_SHIFT = 0.012
"""Standard deviation of the neck's base in the picture, in face heights."""
_LEAN = 0.006
"""Standard deviation of the head's size that no speech explains."""
_BODY_S = 4.0
_BODY_HZ = 0.8
"""Bodies are slower than heads."""
_FASTEST_HZ = 1000.0

Moments = Float[np.ndarray, " t"]


def perform(
    person: Performer,
    utterance: Utterance | None,
    fps: float,
    duration_s: float,
    seed: int,
    model: MorphableModel,
    size_px: tuple[int, int],
    framing: Framing | None = None,
) -> Track:
    """How a person moves while speaking an utterance, or while listening.

    The head follows the utterance's prosody as the person's manner says, carried by a damped spring, and
    turns about the neck's base.

    Args:
        person: Who moves.
        utterance: What the person says; None for somebody who listens. A longer clip ends in silence.
        fps: Frame rate, Hz.
        duration_s: Length, s; round(fps · duration) frames.
        seed: Of what no speech explains, and of the framing; every clip needs its own.
        model: The person's morphable model.
        size_px: (height, width) of the pictures.
        framing: Where the head is in the picture; drawn from the seed where it is not given.

    Raises:
        InputError: Rate and length do not make at least one frame, or the picture has no size.
        IncompatibleError: The person is made for another morphable model.
    """
    check_person(person, model)
    times_s = _frame_times(fps, duration_s)
    manner = person.manner
    count = math.ceil(duration_s * CURVE_HZ) + 2
    prosody = None if utterance is None else prosody_of(utterance, count)
    angles_rad = head_angles(manner, prosody, count, seed)
    eyes = eye_angles(manner, prosody, angles_rad, seed)
    body = _body(manner, prosody, count, seed)
    grid_s = np.arange(count) / CURVE_HZ
    smooth = CubicSpline(grid_s, np.column_stack([angles_rad, body]))(times_s)  # (t, 6)
    placement = place(
        anatomy_of(person.identity, model),
        framing or draw_framing(seed),
        smooth[:, :3],
        (manner.rest_yaw_rad, manner.rest_pitch_rad, manner.rest_roll_rad),
        size_px,
        smooth[:, 3:],
    )
    curves = expressions(manner, prosody, eyes[:, 1], seed)
    face = {name: np.interp(times_s, grid_s, curve) for name, curve in curves.items()}
    return track_of(
        person,
        model,
        placement,
        _coefficients(person, utterance, face, times_s, model.expression_names),
        np.stack([np.interp(times_s, grid_s, axis) for axis in axis_angles(eyes).T], axis=1),
        fps,
        size_px,
    )


def _frame_times(fps: float, duration_s: float) -> Moments:
    count = round(fps * duration_s) if 0 < fps <= _FASTEST_HZ and math.isfinite(duration_s) else 0
    if count < 1:
        raise InputError(
            f"a clip of {duration_s:g} s at {fps:g} frames/s has no frames",
            remedy="ask for a longer one",
            metadata={"duration_s": duration_s, "fps": fps},
        )
    return np.arange(count) / fps


def _body(manner: Manner, prosody: Prosody | None, count: int, seed: int) -> Float[np.ndarray, "n 3"]:
    """Shift of the neck's base to the right and down, face heights, and size of the head, which leans in."""
    random = generator(seed, "body")
    wandering = [wander(count, deviation, _BODY_S, random) for deviation in (_SHIFT, 0.5 * _SHIFT, _LEAN)]
    if prosody is not None:
        leaning = manner.lean_per_energy * delay(prosody.loudness, manner.prosody_lag_s)
        wandering[2] = wandering[2] + leaning
    right, down, growth = (follow(curve, _BODY_HZ, 1.0) for curve in wandering)
    return np.stack([right, down, 1.0 + growth], axis=1)


def _coefficients(
    person: Performer,
    utterance: Utterance | None,
    face: Mapping[str, Curve],
    times_s: Moments,
    names: tuple[str, ...],
) -> Float[np.ndarray, "t e"]:
    """Mouth shapes and the rest of the face together, 0..1; rounded lips leave little of a smile."""
    mouth = np.zeros((len(times_s), len(names)))
    if utterance is not None:
        mouth += articulate(utterance.phones, times_s, names, person.voice.articulation)
    rounded = sum(mouth[:, names.index(name)] for name in ("mouthPucker", "mouthFunnel") if name in names)
    for name, curve in face.items():
        if name in names:
            kept = 1.0 - 0.8 * np.clip(rounded, 0.0, 1.0) if name.startswith("mouthSmile") else 1.0
            mouth[:, names.index(name)] += kept * curve
    return mouth.clip(0.0, 1.0)
