"""What a stored clip and a stored set say of themselves."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from vultus.errors import InputError

SCHEMA = 1
"""Version of the stored form."""

SPLITS = ("train", "val", "test")
"""Parts of a set, in this order."""

CLIP_FILE = "clip.json"
"""The clip's card."""

VIDEO_FILE = "video.mp4"
"""H.264 without B-frames; frame i belongs to row i of the track."""

SOUND_FILE = "sound.wav"
"""16-bit PCM; sample 0 belongs to the moment of frame 0."""

TRACK_FILE = "track.npz"
"""A `vultus.data.track.Track` with a row for each frame."""

MOST = 1 << 53
"""Of any number in a card; whole numbers up to it are exact everywhere."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_Card = TypeVar("_Card", "ClipCard", "SetCard")


def require_name(name: str, what: str) -> str:
    """`name`, when it can be a part of a path everywhere.

    Args:
        name: Letters, digits, "-", "_" and "."; not a first "."; at most 128.
        what: What it names, for the message.

    Raises:
        InputError: Otherwise.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:140]!r} cannot name a {what}",
            remedy='use up to 128 letters, digits, "-", "_" and ".", not first "."',
            metadata={"name": name, "what": what},
        )
    return name


@dataclass(frozen=True, kw_only=True)
class ClipCard:
    """What is known of one clip; the file `clip.json` beside its video.

    Example:
        >>> card = ClipCard(
        ...     person="p7", clip="0", source="world", fps=25.0, frames=50, size_px=(64, 64), duration_s=2.0
        ... )
        >>> ClipCard.from_json(card.to_json()) == card, card.id
        (True, 'p7/0')
    """

    person: str
    """Whose head it is; the same name for the same person throughout a set."""

    clip: str
    """Name of the clip, unique for the person."""

    source: str
    """"world", or the data set that the clip comes from."""

    fps: float
    """Nominal frame rate, Hz."""

    frames: int
    """Frames of the video, and rows of the track where there is one."""

    size_px: tuple[int, int]
    """(height, width) of the stored frames."""

    duration_s: float
    """From the first frame's presentation to the end of the last one's, s."""

    split: str | None = None
    """"train", "val" or "test" as it was made; None where nobody said. See `ClipSet.assign`."""

    licence: str = "unknown"
    """Under which terms the clip may be used."""

    recipe: str = ""
    """Name and version of how the clip was made."""

    recipe_digest: str = ""
    """"sha256:…" of everything that decides how the clip was made."""

    language: str | None = None
    """Of the speech, ISO 639-1; None where unknown or silent."""

    quality: Mapping[str, object] = field(default_factory=dict)
    """Measured on the clip, by name: valid share, face size, sharpness …; JSON-able."""

    files: Mapping[str, str] = field(default_factory=dict)
    """"sha256:…" of every file of the clip but this card, by file name."""

    extra: Mapping[str, object] = field(default_factory=dict)
    """Whatever else the maker knows, JSON-able; of world clips the specification they are made from."""

    @property
    def id(self) -> str:
        """Person and clip: "<person>/<clip>"."""
        return f"{self.person}/{self.clip}"

    def replace(self, **changes: object) -> "ClipCard":
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Every field and the schema."""
        return _to_json(self)

    @classmethod
    def from_json(cls, values: object) -> "ClipCard":
        """Read what `to_json` made; raises `InputError` for anything else."""
        return _from_json(cls, values)


@dataclass(frozen=True, kw_only=True)
class SetCard:
    """What is known of a whole set; the file `dataset.json`.

    Counts and digest are 0 and "" until `ClipSet.finish`.
    """

    name: str
    """What the set is called."""

    source: str
    """"world", or the data set that the clips come from."""

    licence: str = "unknown"
    """Under which terms the set may be used."""

    recipe: str = ""
    """Name and version of how the clips were made."""

    recipe_digest: str = ""
    """"sha256:…" of everything that decides how the clips were made."""

    extra: Mapping[str, object] = field(default_factory=dict)
    """Whatever else the maker knows, JSON-able."""

    rejected: Mapping[str, int] = field(default_factory=dict)
    """How many candidates were left out, by reason."""

    clips: int = 0
    """Clips in the finished set."""

    frames: int = 0
    """Frames of all clips."""

    duration_s: float = 0.0
    """Of all clips, s."""

    digest: str = ""
    """`ClipSet.digest` of the finished set."""

    def replace(self, **changes: object) -> "SetCard":
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Every field and the schema."""
        return _to_json(self)

    @classmethod
    def from_json(cls, values: object) -> "SetCard":
        """Read what `to_json` made; raises `InputError` for anything else."""
        return _from_json(cls, values)


def set_digest(digests: Mapping[str, str]) -> str:
    """SHA-256 over ids and digests of clips, sorted by id, as "sha256:…".

    Args:
        digests: Digest of each clip's card by id.
    """
    lines = "".join(f"{clip_id} {digest}\n" for clip_id, digest in sorted(digests.items()))
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def read_json(data: bytes) -> Any:
    """The values of a JSON file that strangers made; raises `ValueError` for what could not be stored again.

    So values that are not finite and text that is no Unicode are refused here, once for every record.
    """
    try:
        values = json.loads(data)
        json_bytes(values)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return values


def json_bytes(values: object) -> bytes:
    """JSON as it is stored: sorted, indented, UTF-8, so that equal values give equal bytes."""
    text = json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _to_json(card: "ClipCard | SetCard") -> dict[str, Any]:
    values = {f.name: getattr(card, f.name) for f in fields(card)}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    if "size_px" in plain:
        plain["size_px"] = list(plain["size_px"])
    return {"schema": SCHEMA, **plain}


def _from_json(cls: type[_Card], values: object) -> _Card:
    what = "clip card" if cls is ClipCard else "set card"
    if not isinstance(values, Mapping) or values.get("schema") != SCHEMA:
        found = values.get("schema") if isinstance(values, Mapping) else type(values).__name__
        raise InputError(f"this is no {what} of schema {SCHEMA}: {found!r}", remedy="make the set again")
    try:
        card = cls(**{f.name: _typed(f.name, values[f.name]) for f in fields(cls)})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"the {what} cannot be read: {type(error).__name__} {error}", remedy="make it again"
        ) from error
    if isinstance(card, ClipCard):
        _require_names(card)
    return card


def _require_names(card: ClipCard) -> None:
    """Raise `InputError` where a card would name what lies elsewhere."""
    require_name(card.person, "person")
    require_name(card.clip, "clip")
    if card.split is not None:
        require_name(card.split, "split")
    for name, digest in card.files.items():
        require_name(name, "file")
        if not isinstance(digest, str):
            raise InputError(f"the digest of {name!r} is {digest!r}", remedy="make the clip again")


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "fps": float,
    "duration_s": float,
    "frames": int,
    "clips": int,
    "split": (str, type(None)),
    "language": (str, type(None)),
    "quality": dict,
    "files": dict,
    "extra": dict,
    "rejected": dict,
}
"""Of a field in JSON; the others are text."""


def _typed(name: str, value: Any) -> Any:
    """A JSON value as its field has it; raises `TypeError` or `ValueError` where it cannot be."""
    if name == "size_px":
        height, width = value
        if not 1 <= min(height, width) <= max(height, width) <= MOST:
            raise ValueError(f"{name} is {value!r}")
        return int(height), int(width)
    wanted = _TYPES.get(name, str)
    if not isinstance(value, (int, float) if wanted is float else wanted) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}")
    if isinstance(value, int | float) and not 0 <= value <= MOST:
        raise ValueError(f"{name} is {value!r}")
    return float(value) if isinstance(value, int) and wanted is float else value
