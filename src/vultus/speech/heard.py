"""The 300 values of sound that HeadGAN is given for each frame, h_t [doukas2021headgan, suppl. §2.3]."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int16

from vultus.errors import InputError
from vultus.speech.low_level import LowLevel
from vultus.speech.transcript import AFTER, BEFORE, CLASSES, character_classes, one_hot
from vultus.speech.voice import RATE_HZ, resampled

LOW_LEVEL = 84
"""Values of how it sounds; they come first."""

SPOKEN = (BEFORE + 1 + AFTER) * CLASSES
"""Values of what is said; zeros where no recogniser is at hand."""

COUNT = LOW_LEVEL + SPOKEN
SLOWEST_FPS, FASTEST_FPS = 1.0, 240.0
"""Frame rates at which windows of sound that follow the frames have a meaning."""


class Hearing:
    """h_t of a stream's frames, whichever are asked for, without what is said.

    Args:
        sound: The whole sound, mono, 16 bit, 16 kHz, from the stream's moment 0 on.
        fps: Nominal frame rate of the stream, Hz.

    Raises:
        InputError: At this rate sound cannot be heard.
    """

    def __init__(self, sound: Int16[np.ndarray, " n"], fps: float) -> None:
        if not SLOWEST_FPS <= fps <= FASTEST_FPS:
            raise InputError(
                f"sound cannot be heard at {fps:g} frames a second",
                remedy=f"drive with {SLOWEST_FPS:g} to {FASTEST_FPS:g} frames a second, or without sound",
                metadata={"fps": fps},
            )
        self._fps = fps
        self._low = LowLevel(sound, RATE_HZ, fps)

    def at(self, time_s: Float[np.ndarray, " t"]) -> Float[np.ndarray, "t 300"]:
        """h_t of the frames shown at these moments; beyond the sound its last vector, or zeros without any.

        Concretely, at 25 frames a second a frame shown at 0.4 s hears row 10, however many came before it.
        """
        sounding = np.zeros((len(time_s), LOW_LEVEL))
        if len(self._low):
            frames = np.clip(np.rint(time_s * self._fps), 0, len(self._low) - 1)
            sounding = self._low.rows(frames.astype(np.int64))
        return np.hstack([sounding, np.zeros((len(time_s), SPOKEN))])


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
    voice = resampled(sound, rate_hz)
    samples = (np.clip(voice, -1, 1) * (2**15 - 1)).astype(np.int16)
    values = Hearing(samples, fps).at(np.arange(frames) / fps)
    if characters is not None:
        spoken = one_hot(character_classes(*characters, len(voice) / RATE_HZ, fps))
        values[:, LOW_LEVEL:] = _fitted(spoken, frames)
    return values


def _fitted(spoken: Float[np.ndarray, "s c"], frames: int) -> Float[np.ndarray, "t c"]:
    """Exactly `frames` rows; zeros when there is none."""
    if not len(spoken):
        return np.zeros((frames, SPOKEN))
    return spoken[np.minimum(np.arange(frames), len(spoken) - 1)]
