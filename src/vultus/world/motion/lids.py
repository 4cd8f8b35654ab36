"""Blinks: when they come and how lids move."""

import numpy as np
from jaxtyping import Float

from vultus.world.motion.curves import CURVE_HZ, Curve, least_jerk, moments, span
from vultus.world.motion.manner import Manner
from vultus.world.motion.prosody import Prosody
from vultus.world.seeds import generator

_LEAST_APART_S = 0.6
_CLOSING, _SHUT = 0.27, 0.17
"""Parts of a blink in which lids go down and stay shut; opening takes the rest."""


def blink_moments(manner: Manner, prosody: Prosody | None, duration_s: float, seed: int) -> list[float]:
    """Where blinks begin, s: at some ends of phrases and in between, as often as the person blinks."""
    random = generator(seed, "blinks")
    ends_s = [end_s for _, end_s in prosody.phrases_s] if prosody else []
    # Who seldom blinks does not blink after every short phrase either.
    chance = min(manner.phrase_blink, 0.8 * manner.blink_hz * duration_s / max(len(ends_s), 1))
    found = [end_s + random.uniform(-0.08, 0.12) for end_s in ends_s if random.random() < chance]
    rest_hz = manner.blink_hz - len(found) / duration_s
    if rest_hz > 0.02:
        found += moments(rest_hz, duration_s, _LEAST_APART_S, random)
    kept: list[float] = []
    for at_s in sorted(found):
        if 0 <= at_s < duration_s and (not kept or at_s - kept[-1] > _LEAST_APART_S):
            kept.append(float(at_s))
    return kept


def blink_curve(starts_s: list[float], length_s: float, count: int) -> Float[np.ndarray, " n"]:
    """[0, 1]; how far the lids are shut: down quickly, up in twice the time."""
    shut = np.zeros(count)
    for start_s in starts_s:
        where = span(start_s, start_s + length_s, count)
        part = (np.arange(where.start, where.stop) / CURVE_HZ - start_s) / length_s
        opening = least_jerk((part - _CLOSING - _SHUT) / (1 - _CLOSING - _SHUT))
        shut[where] = np.maximum(shut[where], least_jerk(part / _CLOSING) - opening)
    return shut


def lids_with(down_rad: Curve) -> tuple[Curve, Curve]:
    """How far upper lids come down with eyes that look down, and go up with eyes that look up, [0, 0.5]."""
    lowered = np.clip(down_rad / np.radians(40.0), 0.0, 0.5)
    raised = np.clip(-down_rad / np.radians(40.0), 0.0, 0.5)
    return lowered, raised
