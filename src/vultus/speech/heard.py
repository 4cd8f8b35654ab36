"""The 300 values of sound that HeadGAN is given for each frame, h_t [doukas2021headgan, suppl. §2.3]."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.signal import resample_poly

from vultus.speech.low_level import low_level_features
from vultus.speech.transcript import AFTER, BEFORE, CLASSES, character_classes, one_hot

LOW_LEVEL = 84
"""Values of how it sounds; they come first."""

SPOKEN = (BEFORE + 1 + AFTER) * CLASSES
"""Values of what is said; zeros where no recogniser is at hand."""

COUNT = LOW_LEVEL + SPOKEN
RATE_HZ = 16_000


def heard(
    sound: Float[np.ndarray, " n"],
    rate_hz: int,
    fps: float,
    frames: int,
    characters: tuple[str, Sequence[float]] | None = None,
) -> Float[np.ndarray, "t 300"]:
    """h_t of every frame of a clip.

    The list is cut to the clip's frames, or its last vector is repeated.

    Args:
        sound: Mono, [-1, 1].
        rate_hz: Samples in a second.
        fps: Video frames in a second.
        frames: How many there are.
        characters: What a recogniser made of the sound, and when each character begins, s.

    Example:
        >>> heard(np.zeros(16_000), 16_000, 25.0, 25).shape
        (25, 300)
    """
    if not len(sound):
        return np.zeros((frames, COUNT))
    divisor = np.gcd(rate_hz, RATE_HZ)
    resampled = sound if rate_hz == RATE_HZ else resample_poly(sound, RATE_HZ // divisor, rate_hz // divisor)
    samples = (np.clip(resampled, -1, 1) * (2**15 - 1)).astype(np.int16)
    sounding = _fitted(low_level_features(samples, RATE_HZ, fps), frames, LOW_LEVEL)
    if characters is None:
        return np.hstack([sounding, np.zeros((frames, SPOKEN))])
    spoken = one_hot(character_classes(*characters, len(resampled) / RATE_HZ, fps))
    return np.hstack([sounding, _fitted(spoken, frames, SPOKEN)])


def _fitted(values: Float[np.ndarray, "s c"], frames: int, count: int) -> Float[np.ndarray, "t c"]:
    """Exactly `frames` rows; zeros when there is none."""
    if not len(values):
        return np.zeros((frames, count))
    return values[np.minimum(np.arange(frames), len(values) - 1)]
