"""The sound that lips move to: what methods hear, and what moving lips are compared with."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int16
from scipy.signal import resample_poly

from vultus.data.media import Sound, VideoReader, has_sound, read_sound
from vultus.errors import InputError

RATE_HZ = 16_000
"""Samples in a second of every voice."""

FULL_SCALE = 32768.0
"""16-bit samples at ±1."""

SILENT_BELOW = 1e-3
"""Largest magnitude of a sound in which nothing can be heard: -60 dB of full scale."""


@dataclass(frozen=True)
class Voice:
    """Sound of a clip, from the moment of its first frame on."""

    samples: Float[np.ndarray, " n"]
    """Mono, 16 kHz, [-1, 1]."""

    def __post_init__(self) -> None:
        if not np.isfinite(self.samples).all():
            raise InputError("the sound has samples that are not finite", remedy="export it again")

    @cached_property
    def peak(self) -> float:
        """Largest magnitude."""
        return float(np.abs(self.samples).max()) if len(self.samples) else 0.0

    @classmethod
    def of_pcm16(cls, samples: Int16[np.ndarray, " n"], rate_hz: int = RATE_HZ) -> "Voice":
        """The sound of 16-bit samples."""
        return cls(resampled(samples.astype(np.float32) / FULL_SCALE, rate_hz))

    @property
    def pcm16(self) -> Int16[np.ndarray, " n"]:
        """16-bit samples, full scale at ±1; what is louder is cut."""
        return np.clip(np.rint(self.samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)

    @property
    def silent(self) -> bool:
        """Whether nothing can be heard."""
        return self.peak < SILENT_BELOW


def voice_of(sound: Sound) -> Voice:
    """Mean of the channels at 16 kHz, from the first picture on; silence where the sound begins later."""
    mono = sound.samples.mean(axis=0, dtype=np.float32)
    late = round(sound.start_s * sound.rate_hz)
    return Voice(resampled(np.pad(mono, (max(late, 0), 0))[max(-late, 0) :], sound.rate_hz))


def resampled(samples: Float[np.ndarray, " n"], rate_hz: int) -> Float[np.ndarray, " m"]:
    """The same sound at 16 kHz."""
    if rate_hz == RATE_HZ:
        return samples
    divisor = int(np.gcd(rate_hz, RATE_HZ))
    return resample_poly(samples, RATE_HZ // divisor, rate_hz // divisor).astype(np.float32)


def read_voice(path: Path) -> Voice | None:
    """Sound of a video or of a sound file; None where a video has no sound track.

    Raises:
        MediaError: The file cannot be read, or is no video and has no sound.
    """
    if not has_sound(path):
        with VideoReader(path):  # raises where it is no video either
            return None
    return voice_of(read_sound(path))
