"""Where the eyes look: at the listener, beside, away in pauses."""

import math

import numpy as np
from jaxtyping import Float

from vultus.world.motion.curves import CURVE_HZ, limited, moments, stairs
from vultus.world.motion.manner import Manner
from vultus.world.motion.prosody import Prosody
from vultus.world.seeds import generator

EYE_LIMITS_RAD = (0.55, 0.35)
"""Furthest turn of an eye to the side, and up or down."""

_SACCADE_S = 0.05

Sights = Float[np.ndarray, "n 2"]
"""To the image's left and down, rad, as yaw and pitch of a head are."""


def eye_angles(
    manner: Manner, prosody: Prosody | None, angles_rad: Float[np.ndarray, "n 3"], seed: int
) -> Sights:
    """How the eyes are turned in the head.

    The eyes jump about the listener, who is where the camera is, and make good most of what the head turns.
    """
    count = len(angles_rad)
    looked_at = _fixations(manner, prosody, count, seed)
    turned = looked_at - manner.gaze_hold * angles_rad[:, :2]
    return np.stack([limited(turned[:, axis], EYE_LIMITS_RAD[axis]) for axis in range(2)], axis=1)


def axis_angles(sights: Sights) -> Float[np.ndarray, "n 3"]:
    """Axis-angle of an eyeball, head frame: x > 0 looks down, y > 0 to the subject's left."""
    return np.stack([sights[:, 1], -sights[:, 0], np.zeros(len(sights))], axis=1)


def _fixations(manner: Manner, prosody: Prosody | None, count: int, seed: int) -> Sights:
    random = generator(seed, "gaze")
    duration_s = count / CURVE_HZ
    jumps = [
        (at_s, *random.normal(0.0, manner.gaze_rad, 2))
        for at_s in moments(1.0 / manner.fixation_s, duration_s, 0.2, random)
    ]
    for start_s, end_s in _absences(manner, prosody, duration_s, random):
        side = manner.away_yaw_rad * random.uniform(0.6, 1.2) * (-1.0 if random.random() < 0.2 else 1.0)
        down = manner.away_pitch_rad + random.normal(0.0, math.radians(2.0))
        jumps = [jump for jump in jumps if not start_s <= jump[0] < end_s]
        jumps += [(start_s, side, down), (end_s, *random.normal(0.0, manner.gaze_rad, 2))]
    jumps.sort()
    first = random.normal(0.0, manner.gaze_rad, 2)
    return np.stack(
        [stairs(first[axis], [(j[0], j[1 + axis]) for j in jumps], _SACCADE_S, count) for axis in range(2)],
        axis=1,
    )


def _absences(
    manner: Manner, prosody: Prosody | None, duration_s: float, random: np.random.Generator
) -> list[tuple[float, float]]:
    """When the eyes leave the listener: around pauses of one's own speech, seldom while listening."""
    if prosody is None:
        starts = moments(0.03 + 0.05 * manner.look_away, duration_s, 2.0, random)
        return [(at_s, at_s + random.uniform(0.5, 1.5)) for at_s in starts]
    absences = []
    for (_, end_s), (start_s, _) in zip(prosody.phrases_s[:-1], prosody.phrases_s[1:], strict=True):
        if random.random() < manner.look_away:
            absences.append((end_s - random.uniform(0.0, 0.2), start_s + random.uniform(0.1, 0.6)))
    return absences
