"""How a set is made, as one record that travels to every process."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vultus.data.real.policy import Policy
from vultus.data.real.recipes import Recipe
from vultus.data.real.sources import SourceItem

VERSION = 1
"""Grows when the same recipe and policy give other clips than before."""


@dataclass(frozen=True, kw_only=True)
class Making:
    """Everything that decides what an item becomes, but the item."""

    source: str
    """Name of the adapter."""
    recipe: Recipe
    """How faces are cut out."""
    policy: Policy = field(default_factory=Policy)
    """What is kept."""
    morphable: str = "builtin"
    """Morphable model of the tracks."""
    detector: str = "mediapipe"
    """Face detector."""
    crf: int = 18
    """x264's constant rate factor of the stored video."""

    @property
    def digest(self) -> str:
        """SHA-256 over every field, as "sha256:…"."""
        return f"sha256:{hashlib.sha256(self.to_json().encode()).hexdigest()}"

    def to_json(self) -> str:
        """Every field and the version, sorted."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)

    def input_digest(self, item: SourceItem) -> str:
        """SHA-256 over this, the item's description and its file's bytes; the file may lie anywhere."""
        told = {**asdict(item), "path": item.path.name, "extra": dict(item.extra)}
        state = hashlib.sha256(json.dumps([self.digest, told], sort_keys=True).encode())
        state.update(_file_digest(item.path))
        return f"sha256:{state.hexdigest()}"


def _file_digest(path: Path) -> bytes:
    """SHA-256 of a file; that of nothing where it cannot be read, which reading it will say."""
    if not path.is_file():  # opening a pipe would wait for its other end
        return hashlib.sha256().digest()
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return hashlib.sha256().digest()
