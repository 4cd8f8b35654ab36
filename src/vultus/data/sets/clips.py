"""One stored clip, world or real, from a folder or from a shard."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import numpy as np
from jaxtyping import UInt8

from vultus.data.media.sound import Sound
from vultus.data.sets.cards import CLIP_FILE, SOUND_FILE, TRACK_FILE, VIDEO_FILE, ClipCard
from vultus.data.sets.faults import ClipDamagedError, Fault
from vultus.data.sets.files import CheckedFiles, ClipFiles
from vultus.data.sets.frames import read_frames
from vultus.data.sets.layers import read_layer
from vultus.data.sets.waves import read_wave
from vultus.data.track import Track
from vultus.errors import InputError


class StoredClip:
    """A clip as training reads it; every file's digest is compared before its first use.

    Args:
        card: What is known of it; the split is the one that is assigned now.
        files: Where its files lie.
        digest: "sha256:…" of its stored card, and so of all its files.
    """

    def __init__(self, card: ClipCard, files: ClipFiles, digest: str) -> None:
        self.card = card
        self.digest = digest
        self._files = CheckedFiles(files, {**card.files, CLIP_FILE: digest})

    @property
    def id(self) -> str:
        """Person and clip: "<person>/<clip>"."""
        return self.card.id

    def __len__(self) -> int:
        """Number of frames."""
        return self.card.frames

    def has(self, name: str) -> bool:
        """Whether the clip has a file called `name`."""
        return name in self.card.files

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
        """Frames [start, stop), sRGB, one at a time; only what lies behind a key frame before is decoded.

        Raises:
            InputError: When the clip has no such frames; `ClipDamagedError` when its video cannot be used.
        """
        first, last = self._window(start, stop)
        if first == last:
            return iter(())
        return read_frames(
            self.open(VIDEO_FILE), Fault(self.id, VIDEO_FILE, ""), self.card.size_px, first, last
        )

    def track(self, start: int = 0, stop: int | None = None) -> Track:
        """Rows [start, stop) of the track.

        Raises:
            InputError: When the clip has no such frames; `ClipDamagedError` when its track cannot be used.
        """
        first, last = self._window(start, stop)
        track = Track.from_bytes(self.read(TRACK_FILE), f"{self.id}/{TRACK_FILE}")
        if len(track) != self.card.frames:
            message = f"has {len(track)} rows for {self.card.frames} frames"
            raise ClipDamagedError(Fault(self.id, TRACK_FILE, message))
        return track if last - first == len(track) else track[first:last]

    def sound(self, start_s: float = 0.0, stop_s: float | None = None) -> Sound:
        """The sound between two moments, s from the first frame.

        Raises:
            ClipDamagedError: When the clip has none or it cannot be used.
        """
        return read_wave(self.open(SOUND_FILE), Fault(self.id, SOUND_FILE, ""), start_s, stop_s)

    def layer(self, name: str, start: int = 0, stop: int | None = None) -> Iterator[np.ndarray]:
        """Truth of frames [start, stop) that was stored with `ClipWriter.layer`, one frame at a time.

        Args:
            name: "depth", "part", "landmarks" …
            start: First frame.
            stop: Behind the last frame; None for the end.

        Raises:
            ClipDamagedError: When the clip has no such layer or it cannot be used.
        """
        first, last = self._window(start, stop)
        file = f"{name}.npz"
        return read_layer(self.open(file), Fault(self.id, file, ""), first, last)

    def open(self, name: str) -> BinaryIO:
        """The file `name`, to read and seek in; raises `ClipDamagedError` when it is not what was written."""
        return self._files.open(name)

    def read(self, name: str) -> bytes:
        """The whole file `name`; raises `ClipDamagedError` when it is not what was written."""
        with self.open(name) as file:
            return file.read()

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        """A path of the file `name` for as long as the context lasts; a copy where it lies in a shard."""
        path = self._files.path(name)
        if path is not None:
            yield path
            return
        with tempfile.TemporaryDirectory() as folder, self.open(name) as file:
            copy = Path(folder) / name
            with copy.open("wb") as target:
                copyfileobj(file, target)
            yield copy

    def faults(self) -> list[Fault]:
        """Every file that cannot be used, after reading all of them."""
        return self._files.faults()

    def _window(self, start: int, stop: int | None) -> tuple[int, int]:
        last = self.card.frames if stop is None else stop
        if not 0 <= start <= last <= self.card.frames:
            raise InputError(
                f"clip {self.id!r} has no frames {start} to {last}",
                remedy=f"stay within 0 and {self.card.frames}",
                metadata={"clip": self.id, "start": start, "stop": last, "frames": self.card.frames},
            )
        return start, last
