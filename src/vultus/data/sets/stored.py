"""What sets in folders and sets in shards have in common."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from vultus.data.sets.cards import SetCard
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.faults import Fault
from vultus.data.sets.folders import SET_FILE, ClipSet
from vultus.data.sets.shard_sets import ShardSet
from vultus.data.sets.shards import INDEX_FILE
from vultus.errors import InputError


@runtime_checkable
class StoredSet(Protocol):
    """Clips to read; a training run does not know which form it is fed."""

    card: SetCard
    """What is known of the whole."""

    faults: list[Fault]
    """What `clips` had to leave out."""

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of all cards, sorted by id."""
        ...

    def ids(self, split: str | None = None) -> list[str]:
        """Ids of the clips, sorted; of one split where it is named."""
        ...

    def clips(self, split: str | None = None) -> Iterator[StoredClip]:
        """Every clip, or those of one split; what cannot be read goes to `faults`."""
        ...

    def clip(self, clip_id: str) -> StoredClip:
        """One clip by id."""
        ...

    def verify(self) -> list[Fault]:
        """Everything that is wrong, after reading every byte."""
        ...


def open_set(path: Path) -> StoredSet:
    """The set in a folder, or in the shards of a folder or of an index file.

    Args:
        path: Folder with `dataset.json`, folder with `index.json`, or an index file.

    Raises:
        InputError: When there is no set.
    """
    if (path / SET_FILE).is_file():
        return ClipSet.open(path)
    for index in (path, path / INDEX_FILE):
        if index.is_file():
            return ShardSet.open(index)
    raise InputError(
        f"{str(path)!r} holds no data set: there is neither {SET_FILE} nor {INDEX_FILE}",
        remedy="make one with `vultus data synth` or `vultus data build`",
        metadata={"path": path},
    )
