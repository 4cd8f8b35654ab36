"""A run of training or evaluation, written down at MLflow while it goes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from vultus_kit.tracking.records import RunSummary


@runtime_checkable
class Run(Protocol):
    """Where a run's figures go; nothing here raises because a server is down."""

    @property
    def run_id(self) -> str:
        """MLflow's id; "" where nothing is tracked."""
        ...

    def params(self, values: Mapping[str, Any]) -> None:
        """Settings, nested ones by dotted names; secrets are left out."""
        ...

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Numbers at a step; costs a few microseconds."""
        ...

    def tags(self, values: Mapping[str, str]) -> None:
        """Labels to search for."""
        ...

    def file(self, path: Path, folder: str = "") -> None:
        """A file or a folder, under `folder`; a copy is not made, so it stays until `close`."""
        ...

    def text(self, text: str, name: str) -> None:
        """A text as the file `name`."""
        ...

    def close(self, failure: str = "") -> RunSummary:
        """Write what is left, say how the run ended, and tell what was lost."""
        ...


class UntrackedRun:
    """A run that nobody writes down."""

    run_id = ""

    def params(self, values: Mapping[str, Any]) -> None:
        """Nothing."""

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Nothing."""

    def tags(self, values: Mapping[str, str]) -> None:
        """Nothing."""

    def file(self, path: Path, folder: str = "") -> None:
        """Nothing."""

    def text(self, text: str, name: str) -> None:
        """Nothing."""

    def close(self, failure: str = "") -> RunSummary:
        """An empty summary."""
        return RunSummary(run_id="", uri="")
