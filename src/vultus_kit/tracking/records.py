"""What passes between tracking and its callers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHAMPION, CHALLENGER = "champion", "challenger"
"""Aliases of a registered model: the version in use, and the one that wants to be."""


@dataclass(frozen=True)
class RegisteredVersion:
    """One version of a registered model."""

    name: str
    """Registered name, for instance "vultus-gdpw"."""

    version: int
    """Number, counted from 1."""

    digest: str
    """"sha256:…" over the files of the model folder; "" for a version that was not registered by Vultus."""

    aliases: tuple[str, ...] = ()
    """Names that point at it, for instance "champion"."""

    tags: Mapping[str, str] = field(default_factory=dict)
    """Licence, digests, protocol and decision by name."""

    run_id: str = ""
    """The run that registered it; "" for none."""

    @property
    def uri(self) -> str:
        """What names it for ever, for instance "models:/vultus-gdpw/3"."""
        return f"models:/{self.name}/{self.version}"

    @property
    def label(self) -> str:
        """What tables call it, for instance "vultus-gdpw-3"."""
        return f"{self.name}-{self.version}"

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {
            "name": self.name,
            "version": self.version,
            "uri": self.uri,
            "digest": self.digest,
            "aliases": list(self.aliases),
            "tags": dict(self.tags),
            "run_id": self.run_id,
        }


@dataclass(frozen=True)
class ModelCode:
    """How MLflow runs a model folder as a `pyfunc`: from code, never from a pickle."""

    script: Path
    """Python file that ends in `mlflow.models.set_model(…)`."""

    artifacts: Mapping[str, Path] = field(default_factory=dict)
    """Files and folders beside the model folder, by the name that the script knows them by."""

    signature: Any = None
    """`mlflow.models.ModelSignature`."""

    input_example: Any = None
    """Input that `predict` takes."""

    requirements: tuple[str, ...] = ()
    """Packages that it needs, as pip writes them."""

    config: Mapping[str, Any] = field(default_factory=dict)
    """Values that the script finds in `context.model_config`."""


@dataclass(frozen=True)
class Promotion:
    """What a promotion or a roll-back changed."""

    name: str
    """Registered name."""

    champion: int
    """Version in use now."""

    before: int | None
    """Version in use until then; None for none."""


@dataclass(frozen=True)
class RunSummary:
    """What became of a run's record when it ended."""

    run_id: str
    """MLflow's id; "" where the run could never be begun."""

    uri: str
    """Tracking server or data base."""

    lost: int = 0
    """Entries that could not be written."""

    reason: str = ""
    """Why not."""
