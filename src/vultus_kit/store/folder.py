"""Artifacts in a folder, the store of the embedded platform.

The file with digest sha256:abcd… is `<root>/sha256/ab/cd…<suffix>`, and its URI is "file://" and that path.
URIs that do not have exactly this form below the store's own root are refused, so that no request can name
another file of the machine. Files become visible by renaming, whole or not at all, and are read-only; any
number of processes may share a root.
"""

import io
import os
import re
import secrets
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from vultus.errors import InputError
from vultus_kit.store.artifacts import (
    SUFFIX,
    Artifact,
    ArtifactDamagedError,
    ArtifactMissingError,
    digest_of,
    suffix_of,
)

_NAME = re.compile(rf"/sha256/([0-9a-f]{{2}})/([0-9a-f]{{62}}){SUFFIX.pattern}")


class FolderStore:
    """Keeps artifacts in a folder, which is made when the first one comes.

    Args:
        root: The folder.

    Example:
        >>> import tempfile
        >>> store = FolderStore(Path(tempfile.mkdtemp()))
        >>> kept = store.put_bytes(b"frames", ".bin")
        >>> store.open(kept.uri).read_bytes()
        b'frames'
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute().resolve()

    def put_file(self, path: Path) -> Artifact:
        """Keep a copy of a file under its digest, with its suffix.

        Raises:
            InputError: When it cannot be read.
        """
        try:
            with path.open("rb") as file:
                return self._put(file, suffix_of(path))
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            if error.filename != str(path):
                raise
            raise InputError(
                f"cannot keep {str(path)!r}: {error.strerror}", remedy="name a file that can be read"
            ) from error

    def put_bytes(self, data: bytes, suffix: str) -> Artifact:
        """Keep bytes under their digest.

        Args:
            data: Any.
            suffix: "" or ".npz", ".tar.gz" and the like.
        """
        if not SUFFIX.fullmatch(suffix):
            raise ValueError(f"{suffix!r} is no suffix")
        return self._put(io.BytesIO(data), suffix)

    def open(self, uri: str) -> Path:
        """The path of an artifact, to read from.

        Raises:
            ArtifactMissingError: When it is not there.
            InputError: When the URI is not one of this store's.
        """
        path = self._path(uri)
        if path.is_symlink() or not path.is_file():
            raise ArtifactMissingError(
                f"no artifact {uri!r}", remedy="make it again", metadata={"uri": uri, "root": self.root}
            )
        return path

    def verify(self, artifact: Artifact) -> Path:
        """`open`, after comparing every byte with the URI and, where there is one, the digest.

        Raises:
            ArtifactDamagedError: When they differ.
        """
        path = self.open(artifact.uri)
        with path.open("rb") as file:
            found = digest_of(file)
        for expected in (_named_digest(artifact.uri), artifact.digest or found):
            if found != expected:
                raise ArtifactDamagedError(
                    f"{artifact.uri!r} holds {found}, not {expected}",
                    remedy="delete it and make it again",
                    metadata={"uri": artifact.uri, "found": found, "expected": expected},
                )
        return path

    def _put(self, file: BinaryIO, suffix: str) -> Artifact:
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        temporary = incoming / secrets.token_hex(16)
        try:
            with temporary.open("xb") as copy:
                digest = digest_of(file, copy)
                copy.flush()
                os.fsync(copy.fileno())
            temporary.chmod(0o444)
            return Artifact(self._settle(temporary, digest, suffix), digest)
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, digest: str, suffix: str) -> str:
        """Give a whole file its name, unless it is kept already; the URI."""
        digits = digest.removeprefix("sha256:")
        target = self.root / "sha256" / digits[:2] / (digits[2:] + suffix)
        size = temporary.stat().st_size
        if not target.is_file() or target.stat().st_size != size:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
        return target.as_uri()

    def _path(self, uri: str) -> Path:
        root = self.root.as_uri()
        if not uri.startswith(root) or not _NAME.fullmatch(uri[len(root) :]):
            raise InputError(
                f"{uri!r} is no artifact of this store",
                remedy=f"put the file into {root} first",
                metadata={"uri": uri, "root": root},
            )
        return Path(unquote(urlsplit(uri).path))


def _named_digest(uri: str) -> str:
    first, rest = uri.rsplit("/", 2)[1:]
    return f"sha256:{first}{rest.split('.')[0]}"
