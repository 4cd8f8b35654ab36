"""What every store of artifacts promises."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from vultus.errors import InputError, MissingError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""How digests are written."""

SUFFIX = re.compile(r"(\.[a-z0-9]{1,10}){0,2}")
"""What a name may end in, ".mp4" or ".tar.gz" for instance."""

BLOCK_BYTES = 1 << 20


class ArtifactMissingError(MissingError):
    """A store does not hold what a URI names."""

    reason = "ARTIFACT_MISSING"


class ArtifactDamagedError(MissingError):
    """What a store holds is not what the digest says."""

    reason = "ARTIFACT_DAMAGED"


@dataclass(frozen=True)
class Artifact:
    """A file that never changes."""

    uri: str
    """Where it is: "file:///…" or "s3://bucket/key"."""

    digest: str
    """What it holds: "sha256:" and 64 hexadecimal digits; "" where it is not known."""

    def __post_init__(self) -> None:
        if self.digest and not DIGEST.fullmatch(self.digest):
            raise InputError(
                f"{self.digest!r} is no digest",
                remedy='write "sha256:" and 64 hexadecimal digits',
                metadata={"digest": self.digest},
            )


class ArtifactStore(Protocol):
    """Keeps files under the digest of what they hold; equal files are kept once."""

    def put_file(self, path: Path) -> Artifact:
        """Keep a copy of a file; its suffix is kept too. Idempotent."""
        ...

    def put_bytes(self, data: bytes, suffix: str) -> Artifact:
        """Keep bytes under a name that ends in `suffix`. Idempotent."""
        ...

    def open(self, uri: str) -> Path:
        """A local path to read an artifact from; not to be written to.

        Raises:
            ArtifactMissingError: When it is not there.
            InputError: When the URI is not one of this store's.
        """
        ...

    def verify(self, artifact: Artifact) -> Path:
        """`open`, after comparing every byte with the URI and, where there is one, the digest.

        Raises:
            ArtifactDamagedError: When they differ.
        """
        ...


def digest_of(file: BinaryIO, copy_to: BinaryIO | None = None) -> str:
    """The digest of the rest of a file, which is copied on the way if asked.

    Example:
        >>> import io
        >>> digest_of(io.BytesIO(b""))[:20]
        'sha256:e3b0c44298fc1'
    """
    found = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        found.update(block)
        if copy_to is not None:
            copy_to.write(block)
    return f"sha256:{found.hexdigest()}"


def suffix_of(path: Path) -> str:
    """The suffix that an artifact made from `path` gets; an unusual one is dropped."""
    suffix = path.suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) else ""
