"""Model folders: what they hold, copied whole or not at all."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from vultus.errors import InputError, MissingError

CONFIG = "config.json"
"""The file that makes a folder a model folder."""


class ModelDamagedError(MissingError):
    """What was downloaded is not what was registered."""

    reason = "MODEL_DAMAGED"


def check_folder(folder: Path) -> None:
    """Raise `InputError` where something is no model folder."""
    try:
        described = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder} is no model folder: its {CONFIG} cannot be read ({type(error).__name__})",
            remedy="name the folder that training leaves at <run>/model",
            metadata={"folder": folder},
        ) from error
    if not isinstance(described, dict):
        raise InputError(f"{folder / CONFIG} holds no JSON object", remedy="train the model again")


def folder_digest(folder: Path) -> str:
    """SHA-256 over names and contents of all files, as "sha256:…"."""
    state = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        state.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return f"sha256:{state.hexdigest()}"


def file_digest(*paths: Path) -> str:
    """SHA-256 over the contents of files and folders, in order, as "sha256:…"."""
    state = hashlib.sha256()
    for path in paths:
        content = folder_digest(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        state.update(f"{content}\n".encode())
    return f"sha256:{state.hexdigest()}"


def kept(into: Path, digest: str, fetch: Callable[[Path], Path]) -> Path:
    """The folder of a digest in `into`; fetched when it is not there or not whole any more.

    Args:
        into: Where folders are kept by their digest.
        digest: What the folder has to hold.
        fetch: Brings it to somewhere below the folder that it is given, and answers where.

    Raises:
        ModelDamagedError: What was fetched is something else.
    """
    target = into / digest.removeprefix("sha256:")[:32]
    if target.is_dir() and folder_digest(target) == digest:
        return target
    into.mkdir(parents=True, exist_ok=True)
    temporary = into / f".{target.name}.{secrets.token_hex(6)}.part"
    temporary.mkdir()
    try:
        found = fetch(temporary)
        if (actual := folder_digest(found)) != digest:
            raise ModelDamagedError(
                f"the files that came are {actual[:19]}…, registered are {digest[:19]}…",
                remedy="register the model again, or roll back to another version",
                metadata={"expected": digest, "actual": actual},
            )
        _settle(found, target, temporary / "replaced")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _settle(found: Path, target: Path, aside: Path) -> None:
    """Rename a folder into its place, which may be taken by a damaged one, or by the same one meanwhile."""
    try:
        found.rename(target)
    except OSError:
        if folder_digest(target) != folder_digest(found):
            target.rename(aside)
            found.rename(target)
