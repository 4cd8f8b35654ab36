"""All frames of a split, decoded and shrunk once, so that training can take any of them at any time."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.media.locking import alone_in
from vultus.data.media.tensors import to_tensors
from vultus.data.sets.cards import SOUND_FILE
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.faults import ClipDamagedError
from vultus.data.sets.stored import StoredSet
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.speech.heard import COUNT, heard
from vultus.train.fitted_tracks import FittedTracks, TrackKind

_FRAMES, _HEARD, _INDEX, _TRACKS = "frames.npy", "heard.npy", "index.json", "tracks"

LARGEST_PX = 2048
"""Of a bank's frames."""


@dataclass(frozen=True)
class BankClip:
    """Where one clip lies in the bank."""

    id: str
    """"<person>/<clip>"."""

    person: str
    """Whose it is."""

    start: int
    """Row of the first frame."""

    stop: int
    """Behind the row of the last."""


class FrameBank:
    """Frames of a split as one array on disk, with their tracks in the frames' pixels.

    Args:
        folder: Made by `build_bank`.
    """

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / _INDEX).read_text())
        self.side_px = int(index["side_px"])
        self.clips = tuple(BankClip(**clip) for clip in index["clips"])
        self.left_out = tuple(index["left_out"])
        self._pictures = np.load(folder / _FRAMES, mmap_mode="r")
        self._heard = np.load(folder / _HEARD, mmap_mode="r")
        self._tracks = [Track.load(folder / _TRACKS / f"{row}.npz") for row in range(len(self.clips))]

    def __len__(self) -> int:
        """Number of frames."""
        return len(self._pictures)

    def frames(self, clip: int, indices: list[int]) -> Float[Tensor, "t 3 h w"]:
        """Frames of a clip, RGB [0, 1]."""
        start = self.clips[clip].start
        return to_tensors(np.stack([self._pictures[start + index] for index in indices]))

    def heard(self, clip: int, indices: list[int]) -> Float[Tensor, "t 300"]:
        """h_t of frames of a clip; zeros where it has no sound (see `vultus.speech.heard`)."""
        start = self.clips[clip].start
        return torch.from_numpy(np.stack([self._heard[start + index] for index in indices]))

    def track(self, clip: int, indices: list[int]) -> Track:
        """The rows of the clip's track; cameras are in the bank's pixels."""
        rows = torch.tensor(indices)
        track = self._tracks[clip]
        return track.replace(**{name: getattr(track, name)[rows] for name in Track.tensor_names()})

    def valid(self, clip: int) -> list[int]:
        """Frames of a clip with a face, by index."""
        return torch.nonzero(self._tracks[clip].valid)[:, 0].tolist()


def build_bank(
    stored: StoredSet,
    split: str | None,
    side_px: int,
    cache: Path,
    told: Callable[[int, int], None] | None = None,
    tracks: TrackKind = "true",
    morphable: str = "builtin",
    workers: int = 0,
) -> FrameBank:
    """Decode a split, or open the bank that was made of the same clips before.

    Clips without a valid frame, and those that are damaged, are left out and named in `left_out`.

    Args:
        stored: The data set.
        split: "train", "val" or "test"; all clips when None.
        side_px: Side of the bank's square frames.
        cache: Folder for banks.
        told: Called with the clips done and all clips.
        tracks: "true" ones lie with the clips; "fitted" ones are made from the frames at their full size
            and kept, a file for each clip, so that an interrupted fit goes on.
        morphable: Name of the model of fitted tracks.
        workers: Processes that fit; 0 for this one.

    Raises:
        VultusError: A process that fitted was killed.
        InputError: The split has no usable clip.
    """
    if not 1 <= side_px <= LARGEST_PX:
        raise InputError(f"frames cannot have sides of {side_px} px", remedy=f"use 1 to {LARGEST_PX}")
    fitted = FittedTracks(cache / "fitted", morphable) if tracks == "fitted" else None
    made_by = f"{stored.digest} {split} {side_px}" + (f" {fitted.made_with}" if fitted else "")
    key = hashlib.sha256(made_by.encode()).hexdigest()[:24]
    folder = cache / f"bank-{key}"
    cache.mkdir(parents=True, exist_ok=True)
    with alone_in(cache, wait=True):
        try:
            return FrameBank(folder)
        except (OSError, ValueError, LookupError, TypeError, InputError):  # none, or one that is damaged
            temporary = cache / f".bank-{key}.part"
            shutil.rmtree(temporary, ignore_errors=True)
            (temporary / _TRACKS).mkdir(parents=True)
            if fitted:
                fitted.make(stored.clips(split), workers)
            _fill(temporary, stored, split, side_px, told, fitted)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
    return FrameBank(folder)


def _fill(
    folder: Path,
    stored: StoredSet,
    split: str | None,
    side_px: int,
    told: Callable[[int, int], None] | None,
    fitted: FittedTracks | None,
) -> None:
    ids = stored.ids(split)
    clips = list(stored.clips(split))
    total = sum(len(clip) for clip in clips)
    if not total:
        raise InputError(
            f"the data set has no usable clip in the split {split!r}",
            remedy="see `vultus data inspect`, or split it again",
            metadata={"split": split, "clips": len(ids)},
        )
    pictures = np.lib.format.open_memmap(
        folder / _FRAMES, mode="w+", dtype=np.uint8, shape=(total, side_px, side_px, 3)
    )
    listened = np.lib.format.open_memmap(folder / _HEARD, mode="w+", dtype=np.float32, shape=(total, COUNT))
    index: list[dict[str, Any]] = []
    row = 0
    for done, clip in enumerate(clips, 1):
        try:
            found = fitted.find(clip) if fitted else clip.track()
            if found is None:
                continue
            track = _scaled(found, side_px)
            stop = _decode(clip, pictures, row)
            listened[row:stop] = _listen(clip)
        except ClipDamagedError:
            continue
        track.save(folder / _TRACKS / f"{len(index)}.npz")
        index.append({"id": clip.id, "person": clip.card.person, "start": row, "stop": stop})
        row = stop
        if told:
            told(done, len(clips))
    if not index:
        raise InputError(
            f"none of the {len(clips)} clips in the split {split!r} can be learned from",
            remedy="see `vultus data inspect`; fitted tracks need clips in which faces are found",
            metadata={"split": split, "clips": len(clips)},
        )
    pictures.flush()
    listened.flush()
    left_out = sorted(set(ids) - {entry["id"] for entry in index})
    document = {"side_px": side_px, "clips": index, "left_out": left_out}
    (folder / _INDEX).write_text(json.dumps(document))


def _decode(clip: StoredClip, pictures: UInt8[np.ndarray, "n h w 3"], row: int) -> int:
    side_px = pictures.shape[1]
    for frame in clip.frames():
        same = frame.shape[:2] == (side_px, side_px)
        pictures[row] = frame if same else cv2.resize(frame, (side_px, side_px), interpolation=cv2.INTER_AREA)
        row += 1
    return row


def _listen(clip: StoredClip) -> Float[np.ndarray, "t 300"]:
    if not clip.has(SOUND_FILE):
        return np.zeros((len(clip), COUNT))
    sound = clip.sound()
    return heard(sound.samples.mean(0), sound.rate_hz, clip.card.fps, len(clip))


def _scaled(track: Track, side_px: int) -> Track:
    """The track with its cameras in frames of another size."""
    height, width = track.size_px
    if height != width:
        raise InputError(
            f"a clip's frames are {width} x {height} px, training takes square ones",
            remedy="build the set with a recipe that crops squares",
            metadata={"width": width, "height": height},
        )
    share = side_px / height
    return track.replace(
        scale=track.scale * share, translation_px=track.translation_px * share, size_px=(side_px, side_px)
    )
