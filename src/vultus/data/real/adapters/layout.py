"""What the adapters share: names that are safe as folders, and files in a fixed order."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from vultus.errors import InputError

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".flv", ".gif"})
"""Files that are read as video."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
"""Files that are read as stills."""

LONGEST_NAME = 80
"""Characters of a cleaned name."""


def clean(name: str) -> str:
    """A name of letters, digits, "-", "_" and "." that is like `name`; different names stay different.

    Example:
        >>> clean("id10001")
        'id10001'
        >>> clean("Ann Lee").startswith("Ann-Lee-")
        True
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST_NAME]
    if plain and plain == name:
        return plain
    return f"{plain or 'x'}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def files_below(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    """Files with one of the suffixes, folder by folder in the order of their names; hidden ones are left out.

    Memory is bounded by the largest folder; links to folders are not followed.
    """
    entries = sorted(folder.iterdir())
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from files_below(entry, suffixes)
        elif entry.suffix.lower() in suffixes:
            yield entry


def require_folder(folder: Path, layout: str) -> Path:
    """`folder`, where it is one; raises `InputError` that names what was looked for."""
    if not folder.is_dir():
        raise InputError(
            f"no folder {str(folder)!r} to read {layout} from",
            remedy="name the folder that holds the data set",
            metadata={"path": folder},
        )
    return folder


def not_this_layout(folder: Path, layout: str, needed: str) -> InputError:
    """The error for a folder that is laid out otherwise."""
    return InputError(
        f"{str(folder)!r} does not look like {layout}: {needed} is not there",
        remedy="name the data set's top folder, or use --source folder",
        metadata={"path": folder, "needed": needed},
    )


def video_named(folder: Path, stem: str) -> Path | None:
    """The video called `stem` in `folder`, of whatever kind."""
    for suffix in sorted(VIDEO_SUFFIXES):
        path = folder / f"{stem}{suffix}"
        if path.is_file():
            return path
    return None
