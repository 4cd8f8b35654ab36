"""Expressions beside the mouth's own: brows, lids, mood."""

from collections.abc import Mapping

import numpy as np

from vultus.world.motion.curves import CURVE_HZ, Curve, delay, smooth, wander
from vultus.world.motion.lids import blink_curve, blink_moments, lids_with
from vultus.world.motion.manner import Manner
from vultus.world.motion.prosody import Prosody
from vultus.world.seeds import generator

_BROW_LAG_S = -0.05
"""Brows set out before the voice."""
_SIDES = ("Left", "Right")
_LISTENS = 0.06
"""A listener's brows stand this much higher."""


def expressions(manner: Manner, prosody: Prosody | None, down_rad: Curve, seed: int) -> Mapping[str, Curve]:
    """Coefficients by ARKit name, not yet clipped; `CURVE_HZ` a second.

    Args:
        manner: Whose face it is.
        prosody: What is being said; None while listening.
        down_rad: How far the eyes look down.
        seed: Of blinks and of what no speech explains.
    """
    count = len(down_rad)
    curves = _mood(manner, prosody, count, seed) | _brows(manner, prosody, count, seed)
    shut = blink_curve(blink_moments(manner, prosody, count / CURVE_HZ, seed), manner.blink_s, count)
    lowered, raised = lids_with(down_rad)
    for side in _SIDES:
        curves[f"eyeBlink{side}"] = np.maximum(shut, lowered)
        curves[f"eyeWide{side}"] = (raised + 0.3 * curves["browInnerUp"]) * (1 - shut)
        curves[f"cheekSquint{side}"] = curves[f"cheekSquint{side}"] + 0.12 * shut
        curves[f"browDown{side}"] = curves[f"browDown{side}"] + 0.08 * shut
    return curves


def _mood(manner: Manner, prosody: Prosody | None, count: int, seed: int) -> dict[str, Curve]:
    """The face at rest, which comes and goes a little."""
    random = generator(seed, "mood")
    tide = 1.0 + smooth(wander(count, 0.35, 5.0, random), 0.2)
    friendly = 0.12 if prosody is None else 0.0
    smile = np.clip((manner.smile + friendly) * tide, 0.0, 1.0)
    curves: dict[str, Curve] = {}
    for side in _SIDES:
        curves[f"mouthSmile{side}"] = smile
        curves[f"cheekSquint{side}"] = 0.5 * smile
        curves[f"eyeSquint{side}"] = np.clip(manner.squint * tide, 0.0, 1.0) + 0.1 * smile
        curves[f"browDown{side}"] = np.clip(manner.frown * (2.0 - tide), 0.0, 1.0)
    return curves


def _brows(manner: Manner, prosody: Prosody | None, count: int, seed: int) -> dict[str, Curve]:
    """Brows follow pitch and stress."""
    random = generator(seed, "brows")
    raised = 0.05 + smooth(wander(count, 0.03, 1.5, random), 0.1)
    if prosody is None:
        raised = raised + _LISTENS
    else:
        spoken = manner.brow_per_octave * prosody.octaves + manner.brow_per_stress * prosody.stress
        raised = raised + smooth(delay(spoken, _BROW_LAG_S), 0.05)
    raised = np.clip(raised, 0.0, 1.0)
    left, right = (1 + manner.brow_asymmetry * sign for sign in (0.5, -0.5))
    return {
        "browInnerUp": raised,
        "browOuterUpLeft": 0.8 * left * raised,
        "browOuterUpRight": 0.8 * right * raised,
    }
