"""The sound that moving lips are compared with."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int16
from scipy.signal import resample_poly

from vultus.data.media import Sound, VideoReader, read_sound
from vultus.errors import InputError

RATE_HZ = 16_000
"""Samples in a second of every sound that sync is measured in."""

FULL_SCALE = 32768.0
"""16-bit samples at ±1."""

SILENT_BELOW = 1e-3
"""Largest magnitude of a sound in which nothing can be heard: -60 dB of full scale."""

SOUND_SUFFIXES = (".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav")
"""Endings of files that hold sound and no picture."""


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
    def of_pcm16(cls, samples: Int16[np.ndarray, " n"]) -> "Voice":
        """The sound of 16-bit samples."""
        return cls(samples.astype(np.float32) / FULL_SCALE)

    @property
    def pcm16(self) -> Int16[np.ndarray, " n"]:
        """16-bit samples, full scale at ±1; what is louder is cut."""
        return np.clip(np.rint(self.samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)

    @property
    def silent(self) -> bool:
        """Whether nothing can be heard."""
        return self.peak < SILENT_BELOW


def voice_of(sound: Sound) -> Voice:
    """Mean of the channels at 16 kHz."""
    mono = sound.samples.mean(axis=0, dtype=np.float32)
    if sound.rate_hz != RATE_HZ:
        divisor = int(np.gcd(sound.rate_hz, RATE_HZ))
        mono = resample_poly(mono, RATE_HZ // divisor, sound.rate_hz // divisor).astype(np.float32)
    return Voice(mono)


def read_voice(path: Path) -> Voice | None:
    """Sound of a video or of a sound file; None where a video has no sound track.

    Raises:
        MediaError: The file cannot be read, or is no video and has no sound.
    """
    if path.suffix.lower() not in SOUND_SUFFIXES:
        with VideoReader(path) as reader:
            if not reader.info.has_audio:
                return None
    return voice_of(read_sound(path))
