"""Yaw, pitch and roll of a head that speaks or listens."""

import math

import numpy as np
from jaxtyping import Float

from vultus.world.motion.curves import (
    CURVE_HZ,
    Curve,
    delay,
    follow,
    least_jerk,
    limited,
    moments,
    smooth,
    span,
    tremble,
    wander,
)
from vultus.world.motion.manner import Manner
from vultus.world.motion.prosody import Prosody
from vultus.world.seeds import generator

LIMITS_RAD = (math.radians(40.0), math.radians(20.0), math.radians(15.0))
"""Largest yaw, pitch and roll."""

_TREMOR_HZ = (1.5, 4.0)
_ROLL_WITH_YAW = -0.12
"""A head that turns also tilts."""
_PHRASE_S = 0.35
"""Time in which a turn at the beginning of a phrase is taken."""
_BREATH_S = 3.8
_BREATH_RAD = math.radians(0.25)

Angles = Float[np.ndarray, "n 3"]


def head_angles(manner: Manner, prosody: Prosody | None, count: int, seed: int) -> Angles:
    """Yaw, pitch and roll, `CURVE_HZ` a second, rad, within `LIMITS_RAD`.

    Args:
        manner: Whose head it is.
        prosody: What is being said; None while listening.
        count: Length.
        seed: Of what no speech explains.
    """
    random = generator(seed, "head")
    wanted = _idle(manner, count, random)
    wanted += _listening(manner, count, random) if prosody is None else _speaking(manner, prosody, random)
    moved = [follow(curve, manner.stiffness_hz, manner.damping) for curve in wanted.T]
    yaw, pitch, roll = (curve + tremble(count, manner.tremor_rad, _TREMOR_HZ, random) for curve in moved)
    roll = roll + _ROLL_WITH_YAW * (yaw - manner.rest_yaw_rad)
    return np.stack(
        [limited(curve, limit) for curve, limit in zip((yaw, pitch, roll), LIMITS_RAD, strict=True)], axis=1
    )


def _idle(manner: Manner, count: int, random: np.random.Generator) -> Angles:
    """The rest pose, slow wandering and breath."""
    rest = (manner.rest_yaw_rad, manner.rest_pitch_rad, manner.rest_roll_rad)
    sway = (manner.sway_yaw_rad, manner.sway_pitch_rad, manner.sway_roll_rad)
    angles = np.stack(
        [
            middle + wander(count, deviation, manner.sway_s, random)
            for middle, deviation in zip(rest, sway, strict=True)
        ],
        axis=1,
    )
    breath = 2 * np.pi * (np.arange(count) / CURVE_HZ / _BREATH_S + random.random())
    angles[:, 1] += _BREATH_RAD * np.sin(breath)
    return angles


def _speaking(manner: Manner, prosody: Prosody, random: np.random.Generator) -> Angles:
    """What the person's own speech asks of the head."""
    octaves = delay(prosody.octaves, manner.prosody_lag_s)
    loudness = delay(prosody.loudness, manner.prosody_lag_s)
    yaw = (
        manner.yaw_per_octave_rad * octaves
        + manner.yaw_per_energy_rad * loudness
        + _turns(manner, prosody, random)
    )
    pitch = (
        manner.nod_rad * delay(prosody.stress, manner.nod_lag_s)
        + manner.pitch_per_octave_rad * octaves
        + manner.pause_pitch_rad * prosody.pausing
    )
    return np.stack([yaw, pitch, manner.roll_per_energy_rad * loudness], axis=1)


def _turns(manner: Manner, prosody: Prosody, random: np.random.Generator) -> Curve:
    """Turns taken at the beginnings of phrases and given back in the course of them."""
    turns = np.zeros(len(prosody.octaves))
    for start_s, end_s in prosody.phrases_s:
        side = -1.0 if random.random() < manner.turn_switching else 1.0
        length_s = max(end_s - start_s, _PHRASE_S)
        where = span(start_s - 0.5 * _PHRASE_S, start_s + length_s, len(turns))
        since_s = np.arange(where.start, where.stop) / CURVE_HZ - start_s
        taken = least_jerk(since_s / _PHRASE_S + 0.5)
        size = side * manner.turn_rad * random.uniform(0.5, 1.3)
        turns[where] += size * (taken - least_jerk(since_s / length_s))
    return turns


def _listening(manner: Manner, count: int, random: np.random.Generator) -> Angles:
    """Nods of a listener: one to three, each smaller than the one before."""
    pitch = np.zeros(count)
    depth = 0.6 * abs(manner.nod_rad) + math.radians(2.5)
    for start_s in moments(manner.backchannel_hz, count / CURVE_HZ, 2.0, random):
        size = depth * random.uniform(0.6, 1.3)
        for beat in range(random.integers(1, 4)):
            lowest_s = start_s + 0.42 * beat
            where = span(lowest_s - 0.5, lowest_s + 0.5, count)
            since_s = np.arange(where.start, where.stop) / CURVE_HZ - lowest_s
            pitch[where] += size * 0.65**beat * np.exp(-0.5 * (since_s / 0.10) ** 2)
    tilt = wander(count, 0.8 * manner.sway_roll_rad, 6.0, random)
    return np.stack([np.zeros(count), pitch, smooth(tilt, 0.3)], axis=1)
