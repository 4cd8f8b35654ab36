"""Voices: what makes one speaker sound unlike another."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from vultus.errors import InputError
from vultus.world.seeds import generator

REFERENCE_TRACT_CM = 17.0
"""Vocal tract that the tables of formants are for."""


@dataclass(frozen=True)
class Voice:
    """A speaker's tract, larynx and habits."""

    tract_length_cm: float
    """Glottis to lips, 13.5 (small woman) to 18.5 (tall man); formants go with its inverse."""

    pitch_hz: float
    """Mean of f0 over voiced sound, 75..280."""

    pitch_range_semitones: float
    """Standard deviation of f0 while speaking, 1 (monotonous) to 4 (lively)."""

    speed: float
    """Phones in a second, relative to the language's usual: 0.8..1.25."""

    breathiness: float
    """Aspiration mixed into the voice, 0..1."""

    tilt_db: float
    """How much weaker than usual the voice is at 3 kHz, -3 (pressed) to 12 (soft)."""

    open_quotient: float
    """Share of each period in which the glottis is open, 0.45..0.75."""

    jitter: float
    """Standard deviation of the periods' lengths from one to the next, share: 0.003..0.02."""

    shimmer: float
    """The same of their amplitudes: 0.01..0.08."""

    nasality: float
    """How far the velum hangs open in vowels, 0..1."""

    formant_skew: tuple[float, ...]
    """Factors on F1..F5 of this tract's shape, each 0.92..1.08."""

    vowel_space: float
    """How far vowels keep from the middle, 0.85 (lax) to 1.1 (precise)."""

    declination_semitones: float
    """Fall of the pitch over a phrase, 1..5."""

    accent_semitones: float
    """Height of an accent, 1.5..6."""

    accent_lag: float
    """Where in the accented vowel the peak lies, 0.2 (early) to 1 (late)."""

    final_fall_semitones: float
    """Fall at a statement's end, 2..6."""

    uptalk: float
    """Probability that a statement ends like a question, 0..0.5."""

    pause_s: float
    """Usual length of a pause between phrases, 0.25..0.7."""

    articulation: float
    """How far the mouth moves, 0.75 (mumbled) to 1.25."""

    def to_json(self) -> dict[str, object]:
        """Plain values by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> "Voice":
        """Inverse of `to_json`.

        Raises:
            InputError: When a property is missing or unknown.
        """
        names = {field.name for field in fields(cls)}
        if set(values) != names:
            wrong = ", ".join(sorted(names ^ set(values)))
            raise InputError(
                f"not a voice: {wrong} missing or unknown",
                remedy="use what to_json gave",
                metadata={"names": wrong},
            )
        skew = values["formant_skew"]
        if not isinstance(skew, list | tuple):
            raise InputError(f"not a voice: formant_skew is {skew!r}", remedy="use what to_json gave")
        return cls(**{**values, "formant_skew": tuple(float(factor) for factor in skew)})  # type: ignore[arg-type]


def draw_voice(seed: int) -> Voice:
    """A random speaker; about half are women.

    Pitch and tract go together as in people, but not strictly: neither alone tells who speaks.
    """
    rng = generator(seed, "voice")

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    female = rng.random() < 0.5
    return Voice(
        tract_length_cm=between(13.6, 15.6) if female else between(15.8, 18.4),
        pitch_hz=float(rng.uniform(160, 255) if female else rng.uniform(82, 155)),
        pitch_range_semitones=between(1.4, 3.6),
        speed=between(0.85, 1.2),
        breathiness=float(rng.beta(1.3, 2.5)),
        tilt_db=between(-3.0, 8.0),
        open_quotient=between(0.48, 0.72),
        jitter=between(0.004, 0.014),
        shimmer=between(0.015, 0.06),
        nasality=float(rng.beta(1.2, 3.0)),
        formant_skew=tuple(float(factor) for factor in rng.uniform(0.94, 1.06, 5)),
        vowel_space=between(0.88, 1.08),
        declination_semitones=between(1.5, 4.5),
        accent_semitones=between(2.0, 5.5),
        accent_lag=between(0.25, 0.95),
        final_fall_semitones=between(2.5, 5.5),
        uptalk=float(rng.choice([0.0, 0.05, 0.1, 0.4])),
        pause_s=between(0.28, 0.62),
        articulation=between(0.8, 1.2),
    )
