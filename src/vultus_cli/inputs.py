"""Files that the user names."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import numpy as np
from jaxtyping import Int16

from vultus.data.media import Frame, VideoReader, read_picture
from vultus.errors import InputError

PICTURE_SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

LONGEST_NAME = 255
"""Of a file, bytes; what common file systems allow."""

FILE = click.Path(path_type=Path)
"""A path that the command checks itself, to say more than click would."""


class _SetPath(click.Path):
    """A path that can be looked at, whether or not anything is there."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; fails for one that no file system can have, or that a set's files cannot tell of."""
        if not str(value):
            self.fail("the name is empty", param, ctx)
        path = Path(value)
        try:
            str(path).encode()
            path.stat()
        except UnicodeEncodeError:
            self.fail(f"{str(path)!r} is no UTF-8", param, ctx)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
                self.fail(f"{str(path)[:80]!r}: {error.strerror}", param, ctx)
        return path


SET = _SetPath(path_type=Path)
"""Where a data set or a training run is, or will be."""


def is_picture(path: Path) -> bool:
    """Whether a file's name says that it is a still picture."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def picture_bytes(path: Path) -> bytes:
    """The file of a picture that can be read; raises `MediaError` naming it otherwise."""
    read_picture(path)
    return path.read_bytes()


def check_output(path: Path, suffixes: tuple[str, ...], inputs: tuple[Path | None, ...] = ()) -> None:
    """Raise `InputError` unless `path` can be written: its folder exists, its suffix fits, it is no input.

    Args:
        path: Where a command will write.
        suffixes: Endings that the command can write.
        inputs: Files that the command reads.
    """
    if path.suffix.lower() not in suffixes:
        raise InputError(
            f"cannot write {path}: its name must end in {' or '.join(suffixes)}",
            remedy=f"give --out {path.stem or 'out'}{suffixes[0]}",
            metadata={"path": path},
        )
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise InputError(
            f"cannot write {path.name[:20]}…: its name is too long",
            remedy=f"use at most {LONGEST_NAME} bytes",
            metadata={"path": path},
        )
    if not path.parent.is_dir():
        raise InputError(
            f"cannot write {path}: there is no folder {path.parent}",
            remedy=f"mkdir -p {path.parent}",
            metadata={"path": path},
        )
    if path.is_dir():
        raise InputError(
            f"cannot write {path}: it is a folder", remedy="name a file", metadata={"path": path}
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"cannot write {path}: no right to write in {path.parent}",
            remedy="give --out a name in another folder",
            metadata={"path": path},
        )
    if any(path.resolve() == given.resolve() for given in inputs if given):
        raise InputError(f"{path} is an input too", remedy="give another --out", metadata={"path": path})


def make_folder(path: Path) -> None:
    """Make a folder and those above it; raises `InputError` when that cannot be done."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make the folder {path}: {error.strerror}", remedy="name another one"
        ) from error


def names_in(text: str | None) -> tuple[str, ...] | None:
    """Names between commas, each once; None where nothing was given."""
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise InputError(f"{text!r} names nothing", remedy="give names between commas, or leave it out")
    if len(set(names)) < len(names):
        raise InputError(f"{text!r} names something twice", remedy="name each once")
    return names


def digest(path: Path) -> str:
    """SHA-256 of a file, as "sha256:…"."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def sound_of(path: Path) -> Int16[np.ndarray, " n"] | None:
    """Sound of a file as rooms take it; None of a picture and of a video without sound."""
    if is_picture(path):
        return None
    from vultus.speech.voice import read_voice  # noqa: PLC0415 - heavy

    voice = read_voice(path)
    return None if voice is None else voice.pcm16


@contextmanager
def open_frames(path: Path) -> Iterator[tuple[Iterator[Frame], int | None]]:
    """Frames of a picture or a video, and how many there are where that is known."""
    if is_picture(path):
        yield iter([Frame(read_picture(path).rgb, 0.0, 0)]), 1
    else:
        with VideoReader(path) as reader:
            yield iter(reader), reader.info.frame_count
