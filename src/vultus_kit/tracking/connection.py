"""The way to an MLflow server or data base: where it is, and how it is opened."""

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vultus.errors import InputError, VultusError
from vultus_kit.tracking.faults import translated

if TYPE_CHECKING:
    from mlflow import MlflowClient

URI, RUN, EXPERIMENT = "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME"
EXPERIMENT_ID = "MLFLOW_EXPERIMENT_ID"
"""Variables that MLflow itself knows."""

SQLITE = "sqlite:///"
OURS = Path("~/.cache/vultus/mlflow/mlflow.db")
"""The data base where none is named."""

_DEFAULTS: Mapping[str, str] = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
}
"""What MLflow is told where the user does not say: its own seven retries take four minutes."""


def tracking_uri(uri: str | None = None) -> str:
    """The server or data base: the one named, else `MLFLOW_TRACKING_URI`, else one of the user's own.

    Raises:
        InputError: It is neither a server nor a data base.
    """
    found = uri or os.environ.get(URI) or f"{SQLITE}{OURS.expanduser()}"
    if found.startswith(("file:", "/", "./")) or "://" not in found:
        raise InputError(
            f"runs cannot be tracked at {found!r}: it is a folder",
            remedy="name a server (http://…) or a data base (sqlite:////path/mlflow.db)",
            metadata={"uri": found},
        )
    return found


class Connection:
    """One server or data base.

    Args:
        uri: Where; see `tracking_uri`.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = tracking_uri(uri)

    @property
    def local(self) -> bool:
        """Whether it is a data base that this process opens itself."""
        return self.uri.startswith(SQLITE)

    @cached_property
    def client(self) -> "MlflowClient":
        """MLflow's own client; a data base that is not there yet is made."""
        for name, value in _DEFAULTS.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient  # noqa: PLC0415 - heavy

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        with self.answering():
            if not self.local:
                return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
            path = Path(self.uri.removeprefix(SQLITE).partition("?")[0])
            path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(path.with_name(f".{path.name}.lock")):  # two first uses would make it twice
                client = MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
                client.search_registered_models(max_results=1)
                return client

    def experiment(self, name: str) -> str:
        """The id of an experiment, made when it is not there.

        `MLFLOW_EXPERIMENT_ID` and `MLFLOW_EXPERIMENT_NAME` win over `name`.
        """
        if given := os.environ.get(EXPERIMENT_ID):
            return given
        name = os.environ.get(EXPERIMENT) or name
        found = self.client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            return str(self.client.create_experiment(name, artifact_location=self._artifacts(name)))
        except MlflowException:  # somebody else was faster
            found = self.client.get_experiment_by_name(name)
            if found is None:
                raise
            return str(found.experiment_id)

    @contextmanager
    def answering(self, what: str = "") -> Iterator[None]:
        """Turn what MLflow raises into errors of ours.

        Args:
            what: What is looked for, to be named where it is not found.

        Raises:
            UnknownModelError: It is not there.
            CredentialsRefusedError: The server refuses us.
            ServiceUnavailableError: The server does not answer.
            InputError: It refuses the request, or the disk takes no more.
        """
        try:
            yield
        except VultusError:
            raise
        except Exception as error:  # MLflow, requests and SQLAlchemy share no class
            raise translated(error, self.uri, what) from error

    def _artifacts(self, name: str) -> str | None:
        """Where files of an experiment lie; a server decides that itself."""
        if not self.local:
            return None
        path = Path(self.uri.removeprefix(SQLITE).partition("?")[0]).absolute()
        return (path.parent / "artifacts" / name).as_uri()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
