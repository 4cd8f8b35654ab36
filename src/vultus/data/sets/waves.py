"""Sound of stored clips: 16-bit PCM, any window."""

import io
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float, Float32

from vultus.data.media.atomic import replacing
from vultus.data.media.sound import Sound
from vultus.data.sets.faults import ClipDamagedError, Fault

FULL_SCALE = 32768.0
"""Of 16-bit PCM, as `vultus.data.media.sound` reads it."""


def write_wave(path: Path, samples: Float[np.ndarray, "c n"], rate_hz: int) -> None:
    """Write 16-bit PCM, whole or not at all; what lies beyond full scale is clipped.

    Args:
        path: Ends in .wav.
        samples: [-1, 1].
        rate_hz: Samples in a second.
    """
    whole = np.clip(np.rint(np.asarray(samples, np.float64) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((samples.shape[0], 2, rate_hz, 0, "NONE", ""))
        file.writeframes(whole.T.astype("<i2").tobytes())
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def read_wave(file: BinaryIO, where: Fault, start_s: float, stop_s: float | None) -> Sound:
    """Samples from `start_s` up to `stop_s`, rounded to the nearest sample, from what `write_wave` wrote.

    Args:
        file: The sound; closed at the end.
        where: What messages call it.
        start_s: From the clip's first frame, s.
        stop_s: s; None for the end. What lies beyond the end is left out.

    Raises:
        ClipDamagedError: When it is no 16-bit PCM.
    """
    try:
        with file, wave.open(file, "rb") as sound:
            rate_hz, channels, width = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()
            if width != 2:
                raise wave.Error(f"{8 * width} bits")
            count = sound.getnframes()
            first = min(max(round(start_s * rate_hz), 0), count)
            last = count if stop_s is None else min(max(round(stop_s * rate_hz), first), count)
            sound.setpos(first)
            samples = _samples(sound.readframes(last - first), channels)
    except (wave.Error, EOFError) as error:
        message = f"is no 16-bit PCM: {error}"
        raise ClipDamagedError(Fault(where.where, where.file, message)) from error
    return Sound(samples, rate_hz, replaced_count=0, over_range=False, truncated=False)


def _samples(data: bytes, channels: int) -> Float32[np.ndarray, "c n"]:
    values = np.frombuffer(data, "<i2").reshape(-1, channels).T
    return (values / FULL_SCALE).astype(np.float32)
