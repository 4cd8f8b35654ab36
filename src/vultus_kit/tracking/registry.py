"""Registered models on an MLflow server or data base."""

from collections.abc import Mapping
from pathlib import Path

from vultus_kit.tracking.records import ModelCode, Promotion, RegisteredVersion


class ModelRegistry:
    """Versions of models, their aliases, and the folders behind them.

    Args:
        uri: Tracking server or data base; `MLFLOW_TRACKING_URI`, or one of the user's own, by default.
    """

    def __init__(self, uri: str | None = None) -> None:
        self._uri = uri

    def register(
        self,
        folder: Path,
        name: str,
        tags: Mapping[str, str] | None = None,
        code: ModelCode | None = None,
        run_id: str | None = None,
    ) -> RegisteredVersion:
        """Upload a model folder and make it the next version of `name`."""
        raise NotImplementedError

    def resolve(self, reference: str) -> RegisteredVersion:
        """The version that "models:/NAME@ALIAS", "models:/NAME/VERSION", "NAME@ALIAS" or "NAME/VERSION" names."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...]:
        """Names of all registered models."""
        raise NotImplementedError

    def versions(self, name: str) -> tuple[RegisteredVersion, ...]:
        """All versions of a model, the newest first."""
        raise NotImplementedError

    def download(self, version: RegisteredVersion, into: Path) -> Path:
        """The model folder of a version, checked against its digest and kept under it in `into`."""
        raise NotImplementedError

    def set_champion(self, version: RegisteredVersion, *, instead_of: int | None = None) -> Promotion:
        """Make a version the champion; `instead_of` refuses where another one is champion by now."""
        raise NotImplementedError

    def roll_back(self, name: str) -> Promotion:
        """Give the place back to the champion before this one."""
        raise NotImplementedError

    def set_challenger(self, version: RegisteredVersion) -> None:
        """Let the alias "challenger" point at a version."""
        raise NotImplementedError

    def set_tags(self, version: RegisteredVersion, tags: Mapping[str, str]) -> RegisteredVersion:
        """Add tags to a version."""
        raise NotImplementedError
