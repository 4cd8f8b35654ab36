"""Sets as WebDataset shards: tar files of whole clips, and an index of what is in which.

A clip is one WebDataset sample: its key is "<person>/<clip>" with "~" for ".", the extensions are the names
of its files. Times, owners and order are fixed, so equal clips give equal shards.
"""

import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from vultus.data.media.atomic import replacing
from vultus.data.sets.cards import CLIP_FILE, SCHEMA, SetCard, json_bytes, read_json, require_name
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.faults import Fault
from vultus.data.sets.files import digest_of
from vultus.data.sets.folders import ClipSet
from vultus.errors import InputError

INDEX_FILE = "index.json"
MEGABYTE = 1_000_000
MAX_MB = 256.0
UNASSIGNED = "all"
"""Name of the shards of clips that are in no split."""

_NO_CARD = (ValueError, KeyError, TypeError, AttributeError, InputError)
"""What is raised where a file holds other values than a card or an index."""


@runtime_checkable
class Shelf(Protocol):
    """Where finished shards are kept when not beside their index, for instance an artifact store."""

    def put(self, path: Path) -> str:
        """Keep a copy of a file; its URI. Idempotent."""
        ...

    def holds(self, uri: str, digest: str) -> bool:
        """Whether a file is there and is the one with this digest."""
        ...


@dataclass(frozen=True, kw_only=True)
class ShardCard:
    """What one shard holds; the file `<name>.json` beside it, and a row of the index."""

    name: str
    """File name, for instance "train-000000.tar"."""

    split: str | None
    """The split of all clips in it."""

    digest: str
    """"sha256:…" of the tar file."""

    size_bytes: int
    """Of the tar file."""

    clips: dict[str, str] = field(default_factory=dict)
    """Digests of the clips in it by id, in the order of the file."""

    left_out: dict[str, str] = field(default_factory=dict)
    """Clips that belong here and could not be used: what was wrong, by id."""

    uri: str = ""
    """Where the shard is; "" for beside the index."""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ShardCard":
        """Read the fields by name; raises `TypeError` for others, `InputError` for the name of no file."""
        card = cls(**values)
        require_name(card.name, "shard")
        texts = [card.digest, card.uri, card.split or "", *card.clips.values(), *card.left_out.values()]
        if not (all(isinstance(text, str) for text in texts) and isinstance(card.size_bytes, int)):
            raise TypeError(f"wrong types in the card of {card.name}")
        return card


@dataclass(frozen=True)
class ShardPlan:
    """What one shard is to hold."""

    name: str
    """File name."""

    split: str | None
    """The split of all clips in it."""

    clips: tuple[str, ...]
    """Ids, sorted."""


def plan_shards(clip_set: ClipSet, max_mb: float | int = MAX_MB) -> Iterator[ShardPlan]:
    """Divide a set into shards: split by split, clips in the order of their ids, filled up to a size.

    Args:
        clip_set: The set.
        max_mb: Most megabytes of clips in a shard; a larger clip has a shard of its own.
    """
    groups: dict[str | None, list[list[str]]] = {}
    room: dict[str | None, float] = {}
    for clip in clip_set.clips():
        split, size = clip.card.split, _size(clip_set, clip)
        shards = groups.setdefault(split, [])
        if not shards or size > room[split]:
            shards.append([])
            room[split] = max_mb * MEGABYTE
        shards[-1].append(clip.id)
        room[split] -= size
    for split in sorted(groups, key=lambda name: name or UNASSIGNED):
        for number, clips in enumerate(groups[split]):
            yield ShardPlan(f"{split or UNASSIGNED}-{number:06d}.tar", split, tuple(clips))


def write_shard(clip_set: ClipSet, plan: ShardPlan, folder: Path, shelf: Shelf | None = None) -> ShardCard:
    """Write one shard, whole or not at all, unless it is there already and holds these very clips.

    Every clip is verified first; one that is damaged is left out and named in the card.

    Args:
        clip_set: The set.
        plan: What the shard is to hold.
        folder: Where the shard and its card go.
        shelf: Where the shard is kept instead; only its card stays in `folder`.

    Raises:
        InputError: When the file system takes no more; finished shards stay.
    """
    path, card_path = folder / plan.name, folder / f"{plan.name}.json"
    digests = {clip_id: clip_set.clip(clip_id).digest for clip_id in plan.clips}
    done = _finished(card_path, path, shelf)
    if done is not None and done.clips == digests and done.split == plan.split:
        return done
    with replacing(path) as temporary:
        left_out = _write_tar(clip_set, plan.clips, temporary)
        with temporary.open("rb") as file:
            digest, size_bytes = digest_of(file), file.tell()
    uri = ""
    if shelf is not None:
        uri = shelf.put(path)
        path.unlink()
    card = ShardCard(
        name=plan.name,
        split=plan.split,
        digest=digest,
        size_bytes=size_bytes,
        clips={clip_id: found for clip_id, found in digests.items() if clip_id not in left_out},
        left_out=left_out,
        uri=uri,
    )
    with replacing(card_path) as temporary:
        temporary.write_bytes(json_bytes(asdict(card)))
    return card


def write_index(clip_set: ClipSet, shards: list[ShardCard], folder: Path) -> Path:
    """Write the index of finished shards; shards of an earlier division are removed. Returns its path."""
    values = {
        "schema": SCHEMA,
        "card": clip_set.card.to_json(),
        "shards": [asdict(shard) for shard in shards],
        "left_out": [fault.to_json() for fault in clip_set.faults],
    }
    with replacing(folder / INDEX_FILE) as temporary:
        temporary.write_bytes(json_bytes(values))
    _remove_older(folder, {shard.name for shard in shards})
    return folder / INDEX_FILE


@dataclass(frozen=True)
class ShardIndex:
    """What an index says."""

    card: SetCard
    """What is known of the set."""

    shards: tuple[ShardCard, ...]
    """What each shard holds."""

    left_out: tuple[Fault, ...] = ()
    """Clips of the set whose cards could not be read, so that they are in no shard."""


def read_index(path: Path) -> ShardIndex:
    """Read an index; raises `InputError` when it is none."""
    try:
        values = read_json(path.read_bytes())
        return ShardIndex(
            SetCard.from_json(values["card"]),
            tuple(ShardCard.from_json(shard) for shard in values["shards"]),
            tuple(Fault(*map(str, Fault(**fault).to_json().values())) for fault in values["left_out"]),
        )
    except (OSError, *_NO_CARD) as error:
        raise InputError(
            f"{str(path)!r} is no index of shards: {error}",
            remedy="make one with `vultus data shard`",
            metadata={"path": path},
        ) from error


def key_of(clip_id: str) -> str:
    """The WebDataset key of a clip, which must not hold a "."."""
    return clip_id.replace(".", "~")


def _size(clip_set: ClipSet, clip: StoredClip) -> int:
    """Bytes of a clip's files; a missing one counts nothing."""
    folder = clip_set.folder(clip.card.person, clip.card.clip)
    paths = (folder / name for name in (CLIP_FILE, *clip.card.files))
    return sum(path.stat().st_size for path in paths if path.is_file())


def _write_tar(clip_set: ClipSet, clips: Sequence[str], path: Path) -> dict[str, str]:
    """Write whole clips; answers which were left out, and why."""
    left_out = {}
    with path.open("xb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for clip_id in clips:
            clip = clip_set.clip(clip_id)
            if faults := clip.faults():
                left_out[clip_id] = "; ".join(map(str, faults))
            else:
                _add(tar, clip)
    return left_out


def _add(tar: tarfile.TarFile, clip: StoredClip) -> None:
    """Append the files of a clip, its card first."""
    for name in (CLIP_FILE, *sorted(clip.card.files)):
        with clip.open(name) as file:
            member = tarfile.TarInfo(f"{key_of(clip.id)}.{name}")  # no owner, no time
            member.mode = 0o444
            member.size = file.seek(0, io.SEEK_END)
            file.seek(0)
            tar.addfile(member, file)


def _finished(card_path: Path, path: Path, shelf: Shelf | None) -> ShardCard | None:
    """The card of a shard that is there and whole; else None."""
    try:
        card = ShardCard.from_json(read_json(card_path.read_bytes()))
    except (OSError, *_NO_CARD):
        return None
    if shelf is not None:
        return card if card.uri and shelf.holds(card.uri, card.digest) else None
    if card.uri or not path.is_file():
        return None
    with path.open("rb") as file:
        return card if digest_of(file) == card.digest else None


def _remove_older(folder: Path, names: set[str]) -> None:
    """Remove shards of an earlier division, and what killed processes left."""
    for unfinished in folder.glob(".*-??????.tar.*.part"):
        unfinished.unlink()
    for card_path in folder.glob("*-??????.tar.json"):
        if card_path.stem not in names:
            (folder / card_path.stem).unlink(missing_ok=True)
            card_path.unlink()
