"""Reading sets from shards, as clips of the same form as from a folder."""

import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from vultus.data.sets.cards import CLIP_FILE, set_digest
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.faults import ClipDamagedError, Fault
from vultus.data.sets.files import digest_of, open_slice
from vultus.data.sets.folders import read_card
from vultus.data.sets.shards import ShardCard, ShardIndex, key_of, read_index
from vultus.errors import InputError, VultusError

Resolve = Callable[[str], Path]
"""From a shard's URI to a local path; raises `VultusError` when it is not there."""

Places = Mapping[str, tuple[int, int]]
"""Where each file of a clip lies in its shard: first byte and length, by file name."""


class ShardFiles:
    """The files of a clip that lies in a shard.

    Args:
        shard: The tar file.
        where: What messages call the clip.
        places: Where each file lies in it.
    """

    def __init__(self, shard: Path, where: str, places: Places) -> None:
        self._shard, self._places = shard, places
        self.where = where

    def open(self, name: str) -> BinaryIO:
        """The file `name`, to read and seek in; raises `ClipDamagedError` when it is not there."""
        if name not in self._places:
            raise ClipDamagedError(Fault(self.where, name, f"missing in {self._shard.name}"))
        try:
            return open_slice(self._shard, *self._places[name])
        except OSError as error:
            raise ClipDamagedError(
                Fault(self.where, name, f"{self._shard.name}: {error.strerror}")
            ) from error

    def path(self, name: str) -> Path | None:
        """Always None: the file is a part of the shard."""


class ShardSet:
    """A set in shards. A shard that is cut or missing is named in `faults`; whatever is whole is still read.

    Args:
        index: What each shard should hold.
        resolve: From a shard's URI to a local path.
        root: Folder of the index, where shards without a URI lie.
    """

    def __init__(self, index: ShardIndex, resolve: Resolve, root: Path) -> None:
        self.card = index.card
        self.shards = index.shards
        self.faults: list[Fault] = list(index.left_out)
        """What `clips` had to leave out, each once."""
        self.root = root
        self._resolve = resolve
        self._left_out = index.left_out
        self._places: dict[str, dict[str, dict[str, tuple[int, int]]]] = {}
        self._shard_of = {clip_id: shard for shard in index.shards for clip_id in shard.clips}

    @classmethod
    def open(cls, index: Path, resolve: Resolve | None = None) -> "ShardSet":
        """The set that an index describes.

        Args:
            index: Its path.
            resolve: From a shard's URI to a local path; by default URIs of files are understood.

        Raises:
            InputError: When it is no index.
        """
        return cls(read_index(index), resolve or path_of_uri, index.parent)

    def ids(self, split: str | None = None) -> list[str]:
        """Ids of the clips that the index names, sorted; of one split where it is named."""
        return sorted(
            clip_id for clip_id, shard in self._shard_of.items() if split is None or shard.split == split
        )

    def clips(self, split: str | None = None) -> Iterator[StoredClip]:
        """Every clip, or those of one split, sorted by id; what cannot be read goes to `faults`."""
        for clip_id in self.ids(split):
            try:
                yield self.clip(clip_id)
            except ClipDamagedError as error:
                self._note(error.fault)

    def clip(self, clip_id: str) -> StoredClip:
        """One clip by id; raises `InputError` when there is none, `ClipDamagedError` when it is damaged."""
        shard = self._shard_of.get(clip_id)
        if shard is None:
            raise InputError(
                f"the set {self.card.name!r} has no clip {clip_id!r}", remedy="see `vultus data inspect`"
            )
        places = self._scanned(shard).get(key_of(clip_id))
        if places is None or CLIP_FILE not in places:
            raise ClipDamagedError(Fault(clip_id, "", f"is not whole in shard {shard.name}"))
        files = ShardFiles(self._path(shard), clip_id, places)
        card, digest = read_card(files, clip_id)
        if digest != shard.clips[clip_id]:
            raise ClipDamagedError(
                Fault(clip_id, CLIP_FILE, f"is not the one that the index has for {shard.name}")
            )
        return StoredClip(card.replace(split=shard.split), files, digest)

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of all cards, sorted by id; that of the folder it was made from."""
        return set_digest(
            {clip_id: digest for shard in self.shards for clip_id, digest in shard.clips.items()}
        )

    def verify(self) -> list[Fault]:
        """Everything that is wrong, after reading every byte: shards and clips missing, cut or changed."""
        faults = [*self._left_out, *(fault for shard in self.shards for fault in self._shard_faults(shard))]
        for clip_id in self.ids():
            try:
                faults += self.clip(clip_id).faults()
            except ClipDamagedError as error:
                faults.append(error.fault)
        return faults

    def _shard_faults(self, shard: ShardCard) -> list[Fault]:
        left_out = [Fault(clip_id, "", f"was left out: {why}") for clip_id, why in shard.left_out.items()]
        try:
            path = self._path(shard)
            with path.open("rb") as file:
                found = digest_of(file)
        except (OSError, VultusError) as error:
            return [*left_out, Fault(shard.name, "", _why(error))]
        if path.stat().st_size != shard.size_bytes:
            return [*left_out, _cut(shard, path.stat().st_size)]
        if found != shard.digest:
            message = f"holds {found[:19]}…, not {shard.digest[:19]}…"
            return [*left_out, Fault(shard.name, "", message)]
        return left_out

    def _scanned(self, shard: ShardCard) -> dict[str, dict[str, tuple[int, int]]]:
        """Where the whole files of a shard lie, by key and file name; what is wrong goes to `faults`."""
        if shard.name not in self._places:
            try:
                path = self._path(shard)
                size_bytes = path.stat().st_size
            except (OSError, VultusError) as error:
                self._note(Fault(shard.name, "", _why(error)))
                return self._places.setdefault(shard.name, {})
            if size_bytes != shard.size_bytes:
                self._note(_cut(shard, size_bytes))
            self._places[shard.name] = scan(path)
        return self._places[shard.name]

    def _path(self, shard: ShardCard) -> Path:
        return self._resolve(shard.uri) if shard.uri else self.root / shard.name

    def _note(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def scan(path: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """First byte and length of every whole file in a shard, by key and file name, up to any damage."""
    places: dict[str, dict[str, tuple[int, int]]] = {}
    size_bytes = path.stat().st_size
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                folder, _, name = member.name.rpartition("/")
                key, _, file = name.partition(".")
                if member.isfile() and member.offset_data + member.size <= size_bytes:
                    places.setdefault(f"{folder}/{key}", {})[file] = (member.offset_data, member.size)
    except (tarfile.TarError, EOFError, OSError):
        return places  # what lies before the damage can still be used
    return places


def path_of_uri(uri: str) -> Path:
    """The path of a file's URI; raises `InputError` for other URIs."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise InputError(f"{uri!r} is no file", remedy="fetch it first", metadata={"uri": uri})
    return Path(unquote(parts.path))


def _cut(shard: ShardCard, size_bytes: int) -> Fault:
    return Fault(shard.name, "", f"has {size_bytes} of {shard.size_bytes} bytes")


def _why(error: OSError | VultusError) -> str:
    if isinstance(error, FileNotFoundError):
        return "missing"
    return error.message if isinstance(error, VultusError) else str(error.strerror)
