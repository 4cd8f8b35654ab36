"""What a Bento knows of itself, and what it can be told."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import StrictSettings

MANIFEST = "vultus.json"
"""File of a Bento that says what it holds."""

REQUIREMENTS, LOOSE = "requirements.txt", "requirements-nodeps.txt"
"""Files of a Bento with what its container installs, and what it installs without dependencies."""

MODEL_FOLDER = "model"
"""Folder of a Bento with the model, where there is one."""


@dataclass(frozen=True)
class KeptModel:
    """The model that a Bento holds."""

    method: str
    """Name of the method."""
    version: str
    """What answers call it, for instance "vultus-gdpw/3"."""
    digest: str
    """"sha256:…" over weights and configuration; "" without weights."""
    morphable: str
    """Name of the morphable model of its tracks."""
    morphable_digest: str
    """Its digest."""
    licences: Mapping[str, str]
    """Licence of each thing that the Bento holds, by name."""
    source_digest: str = ""
    """"sha256:…" over the program that the Bento holds."""
    folder: Path | None = field(default=None, compare=False)
    """Model folder; None without weights."""

    def save(self, root: Path) -> None:
        """Write the manifest into the Bento's source."""
        values = asdict(self) | {"folder": None if self.folder is None else MODEL_FOLDER}
        (root / MANIFEST).write_text(json.dumps(values, indent=2, sort_keys=True) + "\n")

    @classmethod
    def load(cls, root: Path) -> "KeptModel":
        """Read the manifest of a Bento's source."""
        values = json.loads((root / MANIFEST).read_text())
        folder = values.pop("folder")
        return cls(**values, folder=None if folder is None else root / folder)


class BentoSettings(StrictSettings):
    """What a served Bento can be told, from `VULTUS_BENTO_…`."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_BENTO_")

    upload_mib: int = Field(64, ge=1)
    """Largest request, MiB; more is refused with 413."""
    call_limit: int = Field(32, ge=1)
    """Calls at the same time; more are refused with 429."""
    timeout_s: float = Field(300.0, gt=0)
    """How long a call may take until its answer begins, s; tasks have no limit."""
    frame_limit: int = Field(4500, ge=1)
    """Most frames of a driver: three minutes at 25 Hz."""
    cache_mib: int = Field(512, ge=1)
    """Memory for avatars, MiB."""
    worker_count: int = Field(4, ge=1)
    """Threads for files and fits."""
    thread_count: int | None = Field(None, ge=1)
    """Threads of torch and numba inside one piece of work."""
    batch_size: int = Field(8, ge=1)
    """Most pictures that are rendered together."""
    batch_wait_s: float = Field(0.005, ge=0)
    """How long a batch waits for more, s."""
    queue_capacity: int = Field(64, ge=1)
    """Most pieces of work that wait; more are refused with 429."""
