"""A set in a folder: `dataset.json`, and a folder for each clip."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from vultus.data.media.atomic import replacing
from vultus.data.sets.cards import (
    CLIP_FILE,
    ClipCard,
    SetCard,
    json_bytes,
    read_json,
    require_name,
    set_digest,
)
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.data_cards import Tally, markdown
from vultus.data.sets.faults import ClipDamagedError, Fault
from vultus.data.sets.files import ClipFiles, FolderFiles
from vultus.data.sets.writer import ClipWriter
from vultus.errors import IncompatibleError, InputError

SET_FILE = "dataset.json"
CLIPS_FOLDER = "clips"
INCOMING_FOLDER = ".incoming"
DATA_CARD_FILE, DATA_CARD_PAGE = "card.json", "card.md"
LIST_FILE = "clips.json"
"""Digest of every clip of the finished set, by id."""

SPLITS_FILE = "splits.json"
"""Which split each clip is in, where it was assigned after it was made."""


class ClipSet:
    """A set of clips in the one form that every method reads, world or real.

    ```
    dataset.json                        SetCard
    clips/<person>/<clip>/clip.json     ClipCard, with the digests of the files beside it
                          video.mp4 sound.wav track.npz …
    clips.json                          digests of all clips, once finished
    card.json card.md                   the data card, once finished
    splits.json                         assignment to splits, where it was made anew
    ```

    No file holds a clock's time, so equal recipes give equal digests.

    Args:
        root: The folder.
        card: What `dataset.json` says.

    Example:
        >>> import tempfile
        >>> made = ClipSet.create(Path(tempfile.mkdtemp()) / "set", SetCard(name="empty", source="world"))
        >>> made.ids(), ClipSet.open(made.root).card.name
        ([], 'empty')
    """

    def __init__(self, root: Path, card: SetCard) -> None:
        self.root = root
        self.card = card
        self._assigned: Mapping[str, str] | None = None
        self.faults: list[Fault] = []
        """What `clips` had to leave out, each once."""

    @classmethod
    def create(cls, root: Path, card: SetCard) -> "ClipSet":
        """A new set, or the one that is there already when it was made by the same recipe.

        Raises:
            IncompatibleError: When `root` holds another set.
            InputError: When `root` cannot be made, or holds something else.
        """
        if (root / SET_FILE).is_file():
            found = cls.open(root)
            found._require_same(card)
            return found
        try:
            root.mkdir(parents=True, exist_ok=True)
            if any(path.name != INCOMING_FOLDER for path in root.iterdir()):
                raise InputError(
                    f"cannot make a set in {str(root)!r}: there is something else", remedy="name a new folder"
                )
        except OSError as error:
            raise InputError(
                f"cannot make a set in {str(root)!r}: {error.strerror}", remedy="choose another folder"
            ) from error
        made = cls(root, card)
        made._write(SET_FILE, card.to_json())
        return made

    @classmethod
    def open(cls, root: Path) -> "ClipSet":
        """The set in a folder; raises `InputError` when there is none."""
        try:
            values = read_json((root / SET_FILE).read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(
                f"{str(root)!r} holds no data set: cannot read {SET_FILE}",
                remedy="make one with `vultus data synth` or `vultus data build`",
                metadata={"root": root, "cause": error},
            ) from error
        return cls(root, SetCard.from_json(values))

    def folder(self, person: str, clip: str) -> Path:
        """Where a clip is, or would be."""
        return self.root / CLIPS_FOLDER / require_name(person, "person") / require_name(clip, "clip")

    def has(self, person: str, clip: str) -> bool:
        """Whether a clip is stored; a stored one is always whole."""
        return (self.folder(person, clip) / CLIP_FILE).is_file()

    def writer(self, person: str, clip: str) -> ClipWriter:
        """A context that stores a clip, whole or not at all; ask `has` first to save work."""
        return ClipWriter(self.folder(person, clip), self.root / INCOMING_FOLDER)

    def discard(self, person: str, clip: str) -> None:
        """Remove a clip, for instance one that was made by an older recipe."""
        incoming = self.root / INCOMING_FOLDER
        folder, doomed = self.folder(person, clip), incoming / f"{person}.{clip}.discarded"
        if folder.is_dir():
            incoming.mkdir(exist_ok=True)
            folder.rename(doomed)
            shutil.rmtree(doomed)

    def sweep(self) -> None:
        """Remove what killed processes left; only while nobody writes to the set."""
        shutil.rmtree(self.root / INCOMING_FOLDER, ignore_errors=True)

    def ids(self, split: str | None = None) -> list[str]:
        """Ids of the stored clips, sorted; of one split where it is named."""
        if split is not None:
            return [clip.id for clip in self.clips(split)]
        found = self.root.glob(f"{CLIPS_FOLDER}/*/*/{CLIP_FILE}")
        return sorted(f"{path.parts[-3]}/{path.parts[-2]}" for path in found)

    def clips(self, split: str | None = None) -> Iterator[StoredClip]:
        """Every clip, or those of one split, sorted by id; one whose card cannot be read goes to `faults`."""
        assigned = self.assignment()
        for clip_id in self.ids():
            try:
                clip = self._clip(clip_id, assigned)
            except ClipDamagedError as error:
                if error.fault not in self.faults:
                    self.faults.append(error.fault)
                continue
            if split is None or clip.card.split == split:
                yield clip

    def clip(self, clip_id: str) -> StoredClip:
        """One clip by id; raises `InputError` when there is none, `ClipDamagedError` when it is damaged."""
        person, _, clip = clip_id.partition("/")
        if not self.has(person, clip):
            raise InputError(
                f"the set {self.card.name!r} has no clip {clip_id!r}", remedy="see `vultus data inspect`"
            )
        return self._clip(clip_id, self.assignment())

    def assignment(self) -> Mapping[str, str]:
        """Splits that were assigned after the clips were made, by clip id."""
        if self._assigned is None:
            self._assigned = _read_assignment(self.root / SPLITS_FILE)
        return self._assigned

    def assign(self, clips: Mapping[str, str], how: Mapping[str, object]) -> None:
        """Put clips into splits; their own files, and so their digests, stay as they are.

        Args:
            clips: Split by clip id.
            how: How it was decided, JSON-able, for readers.
        """
        for split in set(clips.values()):
            require_name(split, "split")
        self._write(SPLITS_FILE, {"how": dict(how), "clips": dict(clips)})
        self._assigned = dict(clips)
        self._write_data_card(self._tally())

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of all cards, sorted by id; says nothing of who is in which split."""
        return set_digest({clip.id: clip.digest for clip in self.clips()})

    def finish(self, rejected: Mapping[str, int] | None = None) -> SetCard:
        """Count what is stored and write `clips.json`, `dataset.json` and the data card; may be called again.

        Args:
            rejected: How many candidates were left out, by reason; None keeps what was said before.
        """
        tally = self._tally()
        total = tally.total
        self.card = self.card.replace(
            clips=total.clips,
            frames=total.frames,
            duration_s=total.hours * 3600,
            digest=set_digest(tally.digests),
            rejected=dict(self.card.rejected if rejected is None else rejected),
        )
        self._write(LIST_FILE, tally.digests)
        self._write(SET_FILE, self.card.to_json())
        self._write_data_card(tally)
        with suppress(OSError):  # somebody may be writing still
            (self.root / INCOMING_FOLDER).rmdir()
        return self.card

    def verify(self) -> list[Fault]:
        """Everything that is wrong, after reading every byte: clips and files missing, cut or changed."""
        listed = self._listed()
        faults = [Fault(name, "", "missing") for name in sorted(set(listed) - set(self.ids()))]
        for clip_id in self.ids():
            try:
                clip = self._clip(clip_id, {})
            except ClipDamagedError as error:
                faults.append(error.fault)
                continue
            if listed.get(clip_id, clip.digest) != clip.digest:
                faults.append(Fault(clip_id, CLIP_FILE, "is not the one that the finished set had"))
            faults += clip.faults()
        return faults

    def _clip(self, clip_id: str, assigned: Mapping[str, str]) -> StoredClip:
        person, _, clip = clip_id.partition("/")
        folder = self.folder(person, clip)
        files = FolderFiles(folder, clip_id)
        card, digest = read_card(files, clip_id)
        return StoredClip(card.replace(split=assigned.get(clip_id, card.split)), files, digest)

    def _tally(self) -> Tally:
        tally = Tally()
        for clip in self.clips():
            tally.add(clip.card, clip.digest)
        return tally

    def _write_data_card(self, tally: Tally) -> None:
        card = tally.card(self.card, self.faults)
        self._write(DATA_CARD_FILE, card.to_json())
        with replacing(self.root / DATA_CARD_PAGE) as temporary:
            temporary.write_text(markdown(card))

    def _listed(self) -> dict[str, str]:
        path = self.root / LIST_FILE
        try:
            return dict(read_json(path.read_bytes())) if path.is_file() else {}
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"cannot read {str(path)!r}: {error}", remedy="finish the set again") from error

    def _require_same(self, card: SetCard) -> None:
        mine, other = (self.card.name, self.card.recipe_digest), (card.name, card.recipe_digest)
        if mine != other:
            raise IncompatibleError(
                f"{str(self.root)!r} holds set {mine[0]!r} of recipe {mine[1][:19]}…,"
                f" not {other[0]!r} of {other[1][:19]}…",
                remedy="name another folder, or remove this one",
                metadata={"root": self.root},
            )

    def _write(self, name: str, values: object) -> None:
        with replacing(self.root / name) as temporary:
            temporary.write_bytes(json_bytes(values))


def _read_assignment(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        clips = dict(read_json(path.read_bytes())["clips"])
        return {str(clip_id): require_name(split, "split") for clip_id, split in clips.items()}
    except (OSError, ValueError, KeyError, TypeError, InputError) as error:
        raise InputError(
            f"cannot read {str(path)!r}: {error}", remedy="run `vultus data split` again"
        ) from error


def read_card(files: ClipFiles, clip_id: str) -> tuple[ClipCard, str]:
    """A clip's card and its digest from the file `clip.json`; raises `ClipDamagedError`."""
    try:
        with files.open(CLIP_FILE) as file:
            data = file.read()
        card = ClipCard.from_json(read_json(data))
    except OSError as error:
        raise ClipDamagedError(Fault(clip_id, CLIP_FILE, str(error.strerror))) from error
    except ClipDamagedError:
        raise
    except (ValueError, InputError) as error:
        message = error.message if isinstance(error, InputError) else "is no JSON"
        raise ClipDamagedError(Fault(clip_id, CLIP_FILE, message)) from error
    if card.id != clip_id:
        raise ClipDamagedError(Fault(clip_id, CLIP_FILE, f"is the card of {card.id}"))
    return card, f"sha256:{hashlib.sha256(data).hexdigest()}"
