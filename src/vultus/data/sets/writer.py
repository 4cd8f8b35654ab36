"""Writing one clip, whole or not at all."""

import errno
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
from jaxtyping import Float

from vultus.data.media.atomic import REFUSALS
from vultus.data.media.writing import VideoWriter
from vultus.data.sets.cards import (
    CLIP_FILE,
    SOUND_FILE,
    TRACK_FILE,
    VIDEO_FILE,
    ClipCard,
    json_bytes,
    require_name,
)
from vultus.data.sets.files import digest_of
from vultus.data.sets.layers import LayerWriter
from vultus.data.sets.waves import write_wave
from vultus.data.track import Track
from vultus.errors import InputError

KEY_FRAME_EVERY = 24
"""Frames; what a random window decodes in vain at most."""


class ClipWriter:
    """Collects the files of one clip in a folder beside the set, which takes its place at the end.

    Use it as a context: leaving it normally after `describe` stores the clip; leaving it by an exception, an
    interrupt included, leaves nothing. A process that is killed leaves only what `ClipSet.sweep` removes.
    When the clip has been stored meanwhile, the stored one stays.

    Args:
        target: Folder of the clip, which does not exist yet.
        incoming: Folder for unfinished clips on the same file system.

    Raises:
        InputError: When the file system takes no more; it names the clip.
    """

    def __init__(self, target: Path, incoming: Path) -> None:
        self.person = require_name(target.parent.name, "person")
        self.clip = require_name(target.name, "clip")
        self.folder = incoming / f"{self.person}.{self.clip}.{secrets.token_hex(6)}"
        """Where the clip's files are collected; anything written here becomes a part of it."""
        self.card: ClipCard | None = None
        """What was described, with the files' digests once stored."""
        self._target = target
        self._layers: list[LayerWriter] = []
        self._video: VideoWriter | None = None

    def __enter__(self) -> "ClipWriter":
        try:
            self.folder.mkdir(parents=True)
        except OSError as error:
            self._raise_refused(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._store()
            else:
                self._abandon()
                self._raise_refused(error)
        except OSError as failure:
            self._raise_refused(failure)
            raise
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def video(
        self, size_px: tuple[int, int], fps: float | int, crf: int = 18, preset: str = "veryfast"
    ) -> VideoWriter:
        """A writer of the clip's frames; close it, or use it as a context.

        Args:
            size_px: (height, width) of the frames, even.
            fps: Frame rate, Hz.
            crf: x264's constant rate factor, 0 (lossless) to 51.
            preset: x264's speed preset.
        """
        if size_px[0] % 2 or size_px[1] % 2:
            raise ValueError(f"frames of {size_px} px would be stored larger; make both even")
        self._video = VideoWriter(
            self.folder / VIDEO_FILE, size_px, fps, crf=crf, preset=preset, key_frame_every=KEY_FRAME_EVERY
        )
        return self._video

    def sound(self, samples: Float[np.ndarray, "c n"], rate_hz: int) -> None:
        """Keep the clip's sound as 16-bit PCM.

        Args:
            samples: [-1, 1]; sample 0 belongs to the moment of frame 0.
            rate_hz: Samples in a second.
        """
        write_wave(self.folder / SOUND_FILE, samples, rate_hz)

    def track(self, track: Track) -> None:
        """Keep the clip's track, a row for each frame."""
        track.save(self.folder / TRACK_FILE)

    def layer(self, name: str) -> LayerWriter:
        """A writer of truth, one array for each frame; it is closed with the clip.

        Args:
            name: "depth", "part", "landmarks" …
        """
        writer = LayerWriter(self.path(f"{name}.npz"))
        self._layers.append(writer)
        return writer

    def path(self, name: str) -> Path:
        """Where to write another file of the clip, `name`."""
        return self.folder / require_name(name, "file")

    def describe(self, card: ClipCard) -> None:
        """Say what the clip is; the files' digests are added when it is stored.

        Raises:
            ValueError: When the card is another clip's.
        """
        if (card.person, card.clip) != (self.person, self.clip):
            raise ValueError(f"the card is for {card.id!r}, the clip is {self.person}/{self.clip}")
        self.card = card

    def _store(self) -> None:
        if self.card is None:
            raise ValueError(f"nobody described {self.person}/{self.clip}")
        if self._video is not None and self._video.frame_count != self.card.frames:
            raise ValueError(f"{self.card.id} has {self._video.frame_count} frames, not {self.card.frames}")
        for layer in self._layers:
            layer.close()
        names = sorted(path.name for path in self.folder.iterdir())
        self.card = self.card.replace(files={name: self._digest(name) for name in names})
        (self.folder / CLIP_FILE).write_bytes(json_bytes(self.card.to_json()))
        self._target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.folder.rename(self._target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def _digest(self, name: str) -> str:
        with (self.folder / name).open("rb") as file:
            return digest_of(file)

    def _abandon(self) -> None:
        for layer in self._layers:
            with suppress(OSError, ValueError):  # the file goes away all the same
                layer.close()

    def _raise_refused(self, error: BaseException | None) -> None:
        """Name the clip when `error`, or what it comes from, is that the file system takes no more."""
        for cause in (error, getattr(error, "__cause__", None)):
            number = getattr(cause, "errno", None)
            if number in REFUSALS:
                raise InputError(
                    f"cannot store clip '{self.person}/{self.clip}': {os.strerror(number)}",
                    remedy="free space or choose another folder; what is stored already stays",
                    metadata={"clip": f"{self.person}/{self.clip}", "folder": self._target.parent},
                ) from error
