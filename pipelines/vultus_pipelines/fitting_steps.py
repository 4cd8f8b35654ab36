"""What the steps of backfilling do: parts of a data set go to the fitting room, tracks come back."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from vultus.data.media import Frame
from vultus.data.sets.cards import TRACK_FILE
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.stored import StoredSet, open_set
from vultus.data.track import Track
from vultus.errors import FaceNotFoundError, InputError, VultusError
from vultus_kit.clients.fitting import FittingClient
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import FitOptions, Smoothing
from vultus_pipelines.work import Work, hand_over

INDEX = "tracks.json"
"""Lists what was fitted: frames by clip, and why a clip has no track."""
SMOOTHING: Smoothing = "gaussian"
"""As videos are fitted when portraits are animated."""


@dataclass(frozen=True)
class Shard:
    """Every n-th clip that needs a track."""

    number: int
    """Which, from 0."""

    count: int
    """Of how many."""

    content: str = ""
    """Digest of the data set: part of the name, so that a shard of other clips has another one."""

    @classmethod
    def read(cls, text: str) -> "Shard":
        """What `str` wrote."""
        place, _, content = text.partition(" of ")
        number, _, total = place.partition("/")
        return cls(int(number), int(total), content)

    def __str__(self) -> str:
        """For instance "1/4 of sha256:…"."""
        return f"{self.number}/{self.count} of {self.content}"

    def holds(self, number: int) -> bool:
        """Whether the clip with this number is in it."""
        return number % self.count == self.number


def choose_shards(data: str, content: str, morphable: str, most: int) -> list[str]:
    """Divide the clips that need a track: no more shards than clips, and an empty one for none."""
    needed = len(list(_without_track(open_set(Path(data)), morphable)))
    total = max(1, min(most, needed))
    return [str(Shard(number, total, content)) for number in range(total)]


def fit_shard(data: str, shard: str, morphable: str, target: str | Path) -> dict[str, Any]:
    """Fit every clip of a shard in the fitting room; what a killed step fitted is kept.

    Args:
        data: Folder of the data set.
        shard: As `choose_shards` names it.
        morphable: Name of the morphable model.
        target: Folder for the tracks; appears whole.

    Returns:
        Frames by clip, and why clips have no track, as JSON values.

    Raises:
        FaceNotFoundError: No clip of the shard has a face.
        ServiceUnavailableError: The fitting room does not answer.
    """
    part, stored = Shard.read(shard), open_set(Path(data))
    wanted = [clip for number, clip in enumerate(_without_track(stored, morphable)) if part.holds(number)]
    kept = Work.open().made_from("tracks", stored.digest, shard, morphable)
    frames: dict[str, int] = {}
    failures: dict[str, str] = {}
    with Rooms() as rooms:
        for clip in wanted:
            try:
                frames[clip.id] = _fit(rooms.fitting, clip, morphable, kept / f"{clip.id}.npz")
            except InputError as error:
                failures[clip.id] = error.message
    if failures and not frames:
        why = next(iter(failures.values()))
        raise FaceNotFoundError(
            f"none of the {len(wanted)} clips could be fitted: {why}",
            remedy="use a data set in which faces are seen",
            metadata={"data": data, "shard": shard},
        )
    return _finish(kept, target, frames, failures)


def collect(folders: Sequence[str | Path], target: str | Path) -> dict[str, Any]:
    """Put the tracks of all shards into one folder; answers what `fit_shard` does."""
    gathered = Path(target).with_name(f".{Path(target).name}.gathered")
    shutil.rmtree(gathered, ignore_errors=True)
    frames: dict[str, int] = {}
    failures: dict[str, str] = {}
    for folder in map(Path, folders):
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        frames |= index["frames"]
        failures |= index["failures"]
        shutil.copytree(folder, gathered, dirs_exist_ok=True)
    facts = _finish(gathered, target, frames, failures)
    shutil.rmtree(gathered)
    return facts


def _without_track(stored: StoredSet, morphable: str) -> Iterator[StoredClip]:
    """Clips whose track is missing, damaged or of another morphable model."""
    for clip in stored.clips():
        try:
            if clip.has(TRACK_FILE) and clip.track().morphable == morphable:
                continue
        except VultusError:
            pass  # a track that cannot be read is none
        yield clip


def _fit(room: FittingClient, clip: StoredClip, morphable: str, path: Path) -> int:
    """Fit one clip, unless it was; answers its frames with a face."""
    if path.is_file():
        return int(Track.load(path).valid.sum())
    options = FitOptions(morphable=morphable, smoothing=SMOOTHING)
    fps = clip.card.fps
    pictures = (Frame(rgb, number / fps, number) for number, rgb in zip(count(), clip.frames(), strict=False))
    parts = list(room.stream_fit(pictures, fps, options))
    track = Track.concatenate(parts)
    if not track.valid.any():
        raise FaceNotFoundError(f"no frame of clip {clip.id} has a face", metadata={"clip": clip.id})
    path.parent.mkdir(parents=True, exist_ok=True)
    track.save(path)
    return int(track.valid.sum())


def _finish(
    folder: Path, target: str | Path, frames: dict[str, int], failures: dict[str, str]
) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    index = {"frames": frames, "failures": failures}
    (folder / INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), encoding="utf-8")
    hand_over(folder, target)
    return {"clips": len(frames), "frames": sum(frames.values()), "failures": failures}
