"""How a person carries and moves the head: a habit, drawn once and kept."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from vultus.errors import InputError
from vultus.world.seeds import generator


@dataclass(frozen=True)
class Manner:
    """A person's style of head motion; angles as in docs/conventions.md.

    A gain tells how much of a person's head motion a feature of their own speech explains. Its sign is part
    of the person: some nod down on a stressed syllable, some lift the chin.
    """

    rest_yaw_rad: float
    """Yaw of the resting head."""

    rest_pitch_rad: float
    """Pitch of the resting head."""

    rest_roll_rad: float
    """Roll of the resting head."""

    sway_yaw_rad: float
    """Standard deviation of the slow wandering that no speech explains, yaw."""

    sway_pitch_rad: float
    """The same, pitch."""

    sway_roll_rad: float
    """The same, roll."""

    sway_s: float
    """Time in which that wandering forgets itself, s."""

    stiffness_hz: float
    """Natural frequency of the damped spring that carries the head to where it wants to be, Hz."""

    damping: float
    """Damping ratio of that spring; below 1 the head overshoots."""

    nod_rad: float
    """Pitch at a fully stressed syllable; below 0 the chin rises."""

    nod_lag_s: float
    """How much later than the stressed vowel the head sets out, s; below 0 before it."""

    pitch_per_octave_rad: float
    """Pitch for each octave of f0 above the person's usual one."""

    yaw_per_octave_rad: float
    """Yaw for each octave of f0 above the usual one."""

    roll_per_energy_rad: float
    """Roll for each standard deviation of loudness."""

    yaw_per_energy_rad: float
    """Yaw for each standard deviation of loudness."""

    lean_per_energy: float
    """Relative growth of the head in the picture for each standard deviation of loudness: leaning in."""

    prosody_lag_s: float
    """How much later than the voice the head follows f0 and loudness, s."""

    turn_rad: float
    """Yaw taken at the beginning of a phrase and given back in the course of it; the sign is the side."""

    turn_switching: float
    """[0, 1]; chance that a phrase turns the other way."""

    pause_pitch_rad: float
    """Pitch taken while the person pauses; below 0 the chin rises."""

    look_away: float
    """[0, 1]; chance that the eyes leave the listener in a pause."""

    away_yaw_rad: float
    """Side of the eyes when they leave, towards the image's left where above 0."""

    away_pitch_rad: float
    """Height of the eyes when they leave, down where above 0."""

    brow_per_octave: float
    """Coefficient of the raised brows for each octave of f0 above the usual one."""

    brow_per_stress: float
    """Coefficient of the raised brows at a fully stressed syllable."""

    brow_asymmetry: float
    """[-1, 1]; how much more the left brow rises than the right."""

    blink_hz: float
    """Blinks in a second."""

    blink_s: float
    """Length of one blink, s."""

    phrase_blink: float
    """[0, 1]; chance of a blink at the end of a phrase."""

    fixation_s: float
    """Mean time between two jumps of the eyes, s."""

    gaze_rad: float
    """Standard deviation of where the eyes jump to about the listener's face."""

    gaze_hold: float
    """[0, 1]; share of a head turn that the eyes make good to stay with the listener."""

    tremor_rad: float
    """Standard deviation of the fine, quick motion that no head is without."""

    smile: float
    """[0, 1]; mood: corners of the mouth."""

    frown: float
    """[0, 1]; mood: brows drawn together."""

    squint: float
    """[0, 1]; mood: narrowed lids."""

    backchannel_hz: float
    """Nods in a second while listening."""

    def to_json(self) -> dict[str, float]:
        """The fields as plain numbers."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, float]) -> "Manner":
        """What `to_json` gave; raises `InputError` where it is something else."""
        names = {field.name for field in fields(cls)}
        if set(stored) != names:
            wrong = sorted(set(stored) ^ names)
            raise InputError(
                f"a manner has missing or unknown fields: {', '.join(wrong)}",
                remedy="draw the person again",
                metadata={"fields": ", ".join(wrong)},
            )
        if bad := [key for key, value in stored.items() if not _is_number(value)]:
            raise InputError(
                f"a manner's {bad[0]} is {stored[bad[0]]!r}, no finite number",
                remedy="draw the person again",
                metadata={"field": bad[0]},
            )
        return cls(**{key: float(value) for key, value in stored.items()})

    def replace(self, **changes: float) -> "Manner":
        """A copy with some habits changed."""
        return dataclasses.replace(self, **changes)


def draw_manner(seed: int) -> Manner:
    """The manner of the person with this seed.

    Example:
        >>> draw_manner(3) == draw_manner(3), draw_manner(3) == draw_manner(4)
        (True, False)
    """
    random = generator(seed, "manner")
    drawn = _posture(random) | _prosody(random) | _phrases(random) | _face(random) | _eyes(random)
    liveliness = float(generator(seed, "liveliness").uniform(0.45, 1.25))
    return Manner(**{key: value * (liveliness if key in _LIVELY else 1.0) for key, value in drawn.items()})


_LIVELY = frozenset(
    (
        *("sway_yaw_rad", "sway_pitch_rad", "sway_roll_rad", "nod_rad", "turn_rad", "pause_pitch_rad"),
        *("pitch_per_octave_rad", "yaw_per_octave_rad", "roll_per_energy_rad", "yaw_per_energy_rad"),
        *("brow_per_octave", "brow_per_stress", "lean_per_energy"),
    )
)
"""Habits that grow together: some people hardly move, others are all motion."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _posture(random: np.random.Generator) -> dict[str, float]:
    return {
        "rest_yaw_rad": _normal(random, 5.0, 12.0),
        "rest_pitch_rad": _normal(random, 3.0, 7.0),
        "rest_roll_rad": _normal(random, 2.5, 6.0),
        "sway_yaw_rad": math.radians(2.0 * random.uniform(0.6, 1.5)),
        "sway_pitch_rad": math.radians(1.2 * random.uniform(0.6, 1.5)),
        "sway_roll_rad": math.radians(0.9 * random.uniform(0.5, 1.6)),
        "sway_s": random.uniform(1.2, 4.0),
        "stiffness_hz": random.uniform(1.6, 3.2),
        "damping": random.uniform(0.65, 1.05),
        "tremor_rad": math.radians(random.uniform(0.05, 0.14)),
    }


def _prosody(random: np.random.Generator) -> dict[str, float]:
    return {
        "nod_rad": _signed(random, 3.0, 8.0, negative=0.25),
        "nod_lag_s": random.uniform(-0.08, 0.16),
        "pitch_per_octave_rad": _signed(random, 2.0, 11.0, negative=0.65),
        "yaw_per_octave_rad": _signed(random, 1.0, 9.0, negative=0.5),
        "roll_per_energy_rad": _signed(random, 0.4, 2.4, negative=0.5),
        "yaw_per_energy_rad": _signed(random, 0.4, 2.6, negative=0.5),
        "lean_per_energy": random.uniform(-0.004, 0.02),
        "prosody_lag_s": random.uniform(0.0, 0.2),
    }


def _phrases(random: np.random.Generator) -> dict[str, float]:
    return {
        "turn_rad": _signed(random, 2.0, 9.0, negative=0.5),
        "turn_switching": random.uniform(0.0, 0.35),
        "pause_pitch_rad": _signed(random, 1.0, 5.0, negative=0.5),
        "look_away": random.uniform(0.1, 0.8),
        "away_yaw_rad": _signed(random, 8.0, 20.0, negative=0.5),
        "away_pitch_rad": math.radians(random.uniform(-10.0, 12.0)),
        "backchannel_hz": random.uniform(0.08, 0.35),
    }


def _face(random: np.random.Generator) -> dict[str, float]:
    return {
        "brow_per_octave": random.uniform(0.1, 1.1),
        "brow_per_stress": random.uniform(0.0, 0.4),
        "brow_asymmetry": float(np.clip(random.normal(0.0, 0.35), -1.0, 1.0)),
        "smile": float(random.beta(1.4, 4.0)) * 0.6,
        "frown": float(random.beta(1.2, 5.0)) * 0.6,
        "squint": float(random.beta(1.2, 4.0)) * 0.3,
    }


def _eyes(random: np.random.Generator) -> dict[str, float]:
    return {
        "blink_hz": float(np.clip(random.lognormal(math.log(0.3), 0.5), 0.08, 0.8)),
        "blink_s": random.uniform(0.26, 0.4),
        "phrase_blink": random.uniform(0.2, 0.9),
        "fixation_s": random.uniform(0.5, 2.2),
        "gaze_rad": math.radians(random.uniform(1.0, 4.0)),
        "gaze_hold": random.uniform(0.55, 0.95),
    }


def _normal(random: np.random.Generator, deviation_deg: float, limit_deg: float) -> float:
    return math.radians(float(np.clip(random.normal(0.0, deviation_deg), -limit_deg, limit_deg)))


def _signed(random: np.random.Generator, least_deg: float, most_deg: float, negative: float) -> float:
    """An angle in rad of a size given in degrees, below zero with a chance."""
    size = math.radians(random.uniform(least_deg, most_deg))
    return -size if random.random() < negative else size
