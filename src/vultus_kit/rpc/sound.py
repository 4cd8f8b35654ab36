"""Sound on the wire: runs of 16-bit samples, in all rooms alike."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int16

from vultus.errors import InputError

RATE_HZ = 16_000
"""Samples in a second where nobody says otherwise."""

SLOWEST_HZ, FASTEST_HZ = 8_000, 48_000
LONGEST_S = 3600
"""Longest sound, s."""

RUN_BYTES = 1 << 20
"""Bytes of one run."""


def sound_to_wire(samples: Int16[np.ndarray, " n"] | None) -> Iterator[bytes]:
    """The runs of a sound; none without."""
    data = b"" if samples is None else samples.astype("<i2").tobytes()
    return (data[start : start + RUN_BYTES] for start in range(0, len(data), RUN_BYTES))


def rate_from_wire(rate_hz: int) -> int:
    """Samples in a second; raises `InputError` where no sound of ours has as many."""
    if rate_hz and not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        raise InputError(
            f"sound cannot have {rate_hz} samples a second",
            remedy=f"resample it to {SLOWEST_HZ} to {FASTEST_HZ} Hz, best {RATE_HZ}",
            metadata={"sound_rate_hz": rate_hz},
        )
    return rate_hz or RATE_HZ


class SoundAssembler:
    """Puts the runs of one stream's sound together again.

    Args:
        rate_hz: Samples in a second.
        kept: Whether anybody listens; else runs are checked and forgotten.
    """

    def __init__(self, rate_hz: int = RATE_HZ, *, kept: bool = True) -> None:
        self._rate_hz, self._kept = rate_hz, kept
        self._runs = bytearray()
        self._length = 0

    def add(self, run: bytes) -> None:
        """Take the next run; raises `InputError` where the sound becomes too long."""
        self._length += len(run)
        if self._length > 2 * self._rate_hz * LONGEST_S:
            raise InputError(
                f"the sound is longer than {LONGEST_S} s",
                remedy="send the clip in parts",
                metadata={"longest_s": LONGEST_S, "sound_rate_hz": self._rate_hz},
            )
        if self._kept:
            self._runs += run

    def finish(self) -> Int16[np.ndarray, " n"] | None:
        """All samples, or None without any; raises `InputError` where they end within one."""
        if self._length % 2:
            raise InputError(
                f"the sound ends within a sample: it has {self._length} bytes",
                remedy="send whole 16-bit samples",
                metadata={"bytes": self._length},
            )
        return np.frombuffer(self._runs, "<i2").astype(np.int16) if self._runs else None
