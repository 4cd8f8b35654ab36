"""A run of training or evaluation, written down at MLflow while it goes on."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from vultus.errors import ServiceUnavailableError
from vultus_kit.tracking import surroundings
from vultus_kit.tracking.connection import RUN, URI, Connection
from vultus_kit.tracking.faults import UnknownModelError
from vultus_kit.tracking.outbox import Outbox
from vultus_kit.tracking.records import RunSummary
from vultus_kit.tracking.values import flattened, metric_name, param_name, redacted

EXPERIMENT = "vultus"
"""Experiment of runs for which none is named."""

_BATCH, _PARAM_BATCH = 1000, 100
_EVERY_S, _EVERY = 5.0, 500
_MOST_WAITING = 200_000
_Point = tuple[str, float, int, int]


@runtime_checkable
class Run(Protocol):
    """Where a run's figures go; nothing here raises because a server is down."""

    @property
    def run_id(self) -> str:
        """MLflow's id; "" where nothing is tracked, or not yet."""
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
        """A file or a folder, under `folder`; no copy is made, so it has to stay until `close`."""
        ...

    def text(self, text: str, name: str) -> None:
        """A text as the file `name`."""
        ...

    def close(self, status: str = "FINISHED") -> RunSummary:
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

    def close(self, status: str = "FINISHED") -> RunSummary:
        """An empty summary."""
        return RunSummary(run_id="", uri="")


class TrackedRun:
    """A run at MLflow; everything is sent by a thread of its own, in order, and tried again.

    A run whose id is in `MLFLOW_RUN_ID` was begun by somebody else, for instance Kubeflow's plugin: it is
    gone on with, and not ended. Metrics of steps that a resumed run has already are not sent twice.

    Args:
        connection: Where.
        name: Of a run that is begun now.
        experiment: Of a run that is begun now.
        resumed: Id of an own run to go on with; begun anew where the server does not know it.
        begun: Called with the id as soon as it is known.
        warn: Called with what is wrong, on one line.

    Raises:
        CredentialsRefusedError: The server refuses us; said at once, for waiting does not mend it.
        InputError: The server refuses the run.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        *,
        experiment: str = EXPERIMENT,
        resumed: str = "",
        begun: Callable[[str], None] = lambda run_id: None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._connection, self._name, self._experiment = connection, name, experiment
        self._theirs = os.environ.get(RUN, "")
        self._resumed, self._begun, self._warn = self._theirs or resumed, begun, warn
        self._points: list[_Point] = []
        self._scheduled, self._sent_at = False, time.monotonic()
        self._lock = threading.Lock()
        self._dropped = 0
        self._last_steps: dict[str, int] = {}
        self._old = False
        self.run_id = ""
        with suppress(ServiceUnavailableError):  # the first job says it, and tries again
            self._begin()
        self._outbox = Outbox(warn)
        self._put(self._describe)

    def params(self, values: Mapping[str, Any]) -> None:
        """Settings, nested ones by dotted names; secrets are left out."""
        self._put(partial(self._send_params, flattened(values)))

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Numbers at a step; sent together with others some seconds later."""
        now = int(time.time() * 1000)
        points = [(metric_name(name), float(value), now, step) for name, value in values.items()]
        with self._lock:
            self._points += points
            if len(self._points) > _MOST_WAITING:
                self._dropped += len(self._points) - _MOST_WAITING
                del self._points[:-_MOST_WAITING]
            due = len(self._points) >= _EVERY or time.monotonic() - self._sent_at >= _EVERY_S
            if not due or self._scheduled:
                return
            self._scheduled = True
        self._put(self._send_points)

    def tags(self, values: Mapping[str, str]) -> None:
        """Labels to search for."""
        self._put(partial(self._send_tags, {param_name(key): redacted(values[key]) for key in values}))

    def file(self, path: Path, folder: str = "") -> None:
        """A file or a folder, under `folder`; no copy is made, so it has to stay until `close`."""
        self._put(partial(self._send_file, path, folder))

    def text(self, text: str, name: str) -> None:
        """A text as the file `name`."""
        self._put(lambda: self._connection.client.log_text(self.run_id, text, name))

    def close(self, status: str = "FINISHED", patience_s: float = 60.0) -> RunSummary:
        """Write what is left, say how the run ended, and tell what was lost.

        Args:
            status: "FINISHED", "FAILED" or "KILLED".
            patience_s: Longest wait for a slow server.
        """
        self._put(self._send_points)
        if not self._theirs:
            self._put(lambda: self._connection.client.set_terminated(self.run_id, status))
        lost, reason = self._outbox.close(patience_s)
        lost += self._dropped + len(self._points)
        return RunSummary(self.run_id, redacted(self._connection.uri), lost, reason if lost else "")

    def _put(self, job: Callable[[], None]) -> None:
        self._outbox.put(partial(self._do, job))

    def _do(self, job: Callable[[], None]) -> None:
        if not self.run_id:
            self._begin()
        with self._connection.answering(f"run {self.run_id}"):
            job()

    def _begin(self) -> None:
        client = self._connection.client
        if self._resumed:
            try:
                with self._connection.answering(f"run {self._resumed}"):
                    client.update_run(self._resumed, status="RUNNING")
                self.run_id, self._old = self._resumed, True
            except UnknownModelError:
                if self._theirs:
                    raise
        if not self.run_id:
            with self._connection.answering():
                experiment = self._connection.experiment(self._experiment)
                self.run_id = client.create_run(experiment, run_name=self._name).info.run_id
        self._begun(self.run_id)

    def _describe(self) -> None:
        client = self._connection.client
        if commit := surroundings.git_commit():
            client.set_tag(self.run_id, "mlflow.source.git.commit", commit)
        client.log_text(self.run_id, surroundings.packages(), "environment/packages.txt")
        client.log_text(self.run_id, surroundings.machine(), "environment/machine.json")

    def _send_params(self, values: Mapping[str, str]) -> None:
        """Params cannot change at MLflow; those of a resumed run that do become tags."""
        from mlflow.entities import Param, RunTag  # noqa: PLC0415 - heavy

        client = self._connection.client
        known: Mapping[str, str] = client.get_run(self.run_id).data.params if self._old else {}
        new = [Param(key, value) for key, value in values.items() if key not in known]
        for batch in _batches(new, _PARAM_BATCH):
            client.log_batch(self.run_id, params=batch)
        changed = [
            RunTag(f"now.{key}", value) for key, value in values.items() if known.get(key, value) != value
        ]
        if changed:
            client.log_batch(self.run_id, tags=changed)

    def _send_tags(self, values: Mapping[str, str]) -> None:
        from mlflow.entities import RunTag  # noqa: PLC0415

        self._connection.client.log_batch(self.run_id, tags=[RunTag(*pair) for pair in values.items()])

    def _send_file(self, path: Path, folder: str) -> None:
        send = (
            self._connection.client.log_artifacts if path.is_dir() else self._connection.client.log_artifact
        )
        send(self.run_id, str(path), folder or None)

    def _send_points(self) -> None:
        from mlflow.entities import Metric  # noqa: PLC0415

        with self._lock:
            points, self._points = self._points, []
            self._scheduled, self._sent_at = False, time.monotonic()
        try:
            for batch in _batches(points, _BATCH):
                new = [Metric(*point) for point in batch if point[3] > self._last_step(point[0])]
                self._connection.client.log_batch(self.run_id, metrics=new)
                points = points[len(batch) :]
        finally:
            with self._lock:
                self._points = points + self._points

    def _last_step(self, name: str) -> int:
        """The last step of a metric that the run had before it was gone on with; -1 for none."""
        if not self._old:
            return -1
        if name not in self._last_steps:
            history = self._connection.client.get_metric_history(self.run_id, name)
            self._last_steps[name] = max((point.step for point in history), default=-1)
        return self._last_steps[name]


def wanted(asked: bool | None) -> bool:
    """Whether to track: as asked, else where a server or a run is named by the environment."""
    return bool(os.environ.get(URI) or os.environ.get(RUN)) if asked is None else asked


@contextmanager
def tracking(
    asked: bool | None,
    name: str,
    *,
    experiment: str = EXPERIMENT,
    resumed: str = "",
    begun: Callable[[str], None] = lambda run_id: None,
    warn: Callable[[str], None] = lambda text: None,
) -> Iterator[Run]:
    """A run for as long as the block lasts: at MLflow, or nowhere.

    Args:
        asked: True, False, or None for what the environment says; see `wanted`.
        name: Of the run.
        experiment: See `TrackedRun`.
        resumed: See `TrackedRun`.
        begun: See `TrackedRun`.
        warn: Called with what is wrong, and at the end with what was lost.
    """
    if not wanted(asked):
        yield UntrackedRun()
        return
    run = TrackedRun(Connection(), name, experiment=experiment, resumed=resumed, begun=begun, warn=warn)
    status = "FAILED"
    try:
        yield run
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        summary = run.close(status)
        if summary.lost:
            warn(f"{summary.lost} entries of this run are not at {summary.uri}: {summary.reason}")


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
