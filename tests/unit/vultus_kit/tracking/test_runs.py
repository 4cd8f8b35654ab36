"""Runs, on a data base and with the server gone."""

import math
import sqlite3
import time

import pytest

from vultus.errors import InputError
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.outbox import Outbox
from vultus_kit.tracking.runs import Run, TrackedRun, UntrackedRun, tracking

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def connection(mlflow_uri):
    return Connection(mlflow_uri)


def begin(connection, **words):
    warnings = []
    return TrackedRun(connection, "test", warn=warnings.append, **words), warnings


def test_everything_of_a_run_arrives(connection, tmp_path):
    run, warnings = begin(connection)
    (tmp_path / "sample.txt").write_text("picture")
    run.params({"plan": {"steps": 3, "rates": [[0, 1e-4]]}, "api_token": "hidden"})
    run.tags({"data digest": "sha256:0"})
    for step in range(1, 4):
        run.metrics({"generator/l1": 1 / step, "l1[0..255]": step, "none": math.nan}, step)
    run.file(tmp_path / "sample.txt", "samples")
    run.text("card", "CARD.md")
    summary = run.close()
    assert (summary.lost, warnings) == (0, [])
    found = connection.client.get_run(run.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.params == {"plan.steps": "3", "plan.rates": "[[0, 0.0001]]", "api_token": "***"}
    assert found.data.tags["data digest"] == "sha256:0"
    history = connection.client.get_metric_history(run.run_id, "generator/l1")
    assert [(point.step, point.value) for point in history] == [(1, 1.0), (2, 0.5), (3, 1 / 3)]
    assert found.data.metrics["l1:0..255"] == 3
    assert math.isnan(found.data.metrics["none"])
    listed = {entry.path for entry in connection.client.list_artifacts(run.run_id)}
    assert listed == {"CARD.md", "environment", "samples"}


def test_the_commit_of_the_code_is_kept(connection):
    run, _ = begin(connection)
    run.close()
    commit = connection.client.get_run(run.run_id).data.tags["mlflow.source.git.commit"]
    assert len(commit.rstrip("+")) == 40
    assert int(commit.rstrip("+"), 16)


def test_a_run_of_somebody_else_is_gone_on_with_and_not_ended(connection, monkeypatch):
    client = connection.client
    theirs = client.create_run(connection.experiment("theirs")).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", theirs)
    run, _ = begin(connection)
    run.metrics({"loss": 1.0}, 1)
    run.close()
    found = client.get_run(theirs)
    assert (run.run_id, found.info.status, found.data.metrics) == (theirs, "RUNNING", {"loss": 1.0})
    assert found.data.tags.get("mlflow.runName") != "test"


def test_an_unknown_run_of_somebody_else_is_an_error(connection, monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    with pytest.raises(InputError, match="has no run 0000"):
        begin(connection)


def test_a_run_that_was_killed_goes_on_without_steps_twice(connection):
    first, _ = begin(connection)
    first.params({"steps": 4, "seed": 0})
    for step in (1, 2, 3):
        first.metrics({"loss": float(step)}, step)
    first.close("KILLED")
    again, _ = begin(connection, resumed=first.run_id)
    again.params({"steps": 6, "seed": 0})
    for step in (2, 3, 4):
        again.metrics({"loss": float(step)}, step)
    assert again.close().lost == 0
    found = connection.client.get_run(first.run_id)
    history = connection.client.get_metric_history(first.run_id, "loss")
    assert [point.step for point in history] == [1, 2, 3, 4]
    assert (found.info.status, found.data.params["steps"]) == ("FINISHED", "4")
    assert found.data.tags["now.steps"] == "6"


def test_an_own_run_that_the_server_forgot_begins_anew(connection):
    begun = []
    run, _ = begin(connection, resumed="0" * 32, begun=begun.append)
    run.close()
    assert begun == [run.run_id] != ["0" * 32]


def test_without_a_server_work_goes_on_and_the_loss_is_told():
    run, warnings = begin(Connection(NOWHERE))
    for step in range(1000):
        run.metrics({"loss": 1.0}, step)
    summary = run.close()
    assert summary.run_id == ""
    assert summary.lost > 1000
    assert "does not answer" in summary.reason
    assert len(warnings) == 1
    assert "going on" in warnings[0]


def test_what_a_server_missed_while_it_was_away_arrives_later(connection, tmp_path):
    path = tmp_path / "mlflow" / "mlflow.db"
    run, warnings = begin(connection)
    with sqlite3.connect(path) as other:
        other.execute("ALTER TABLE metrics RENAME TO gone")
    run.metrics({"loss": 1.0}, 1)
    run._put(run._send_points)
    end = time.monotonic() + 60
    while not warnings and time.monotonic() < end:
        time.sleep(0.01)
    other.execute("ALTER TABLE gone RENAME TO metrics")
    other.commit()
    other.close()
    assert run.close().lost == 0
    assert len(warnings) == 1
    assert connection.client.get_run(run.run_id).data.metrics == {"loss": 1.0}


def test_what_a_server_refuses_is_lost_alone(connection, tmp_path):
    run, warnings = begin(connection)
    run.file(tmp_path / "nothing-here")
    run.metrics({"loss": 1.0}, 1)
    summary = run.close()
    assert summary.lost == 1
    assert len(warnings) == 1
    assert connection.client.get_run(run.run_id).data.metrics == {"loss": 1.0}


@pytest.mark.parametrize(("raised", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_how_a_run_ended_is_written_down(connection, raised, status):
    def fail():
        with tracking(True, "test") as run:
            ids.append(run.run_id)
            raise raised

    ids = []
    with pytest.raises(raised):
        fail()
    assert connection.client.get_run(ids[0]).info.status == status


def test_tracking_is_on_where_a_server_is_named_and_off_elsewhere(mlflow_uri, monkeypatch):
    with tracking(None, "test") as run:
        assert isinstance(run, TrackedRun)
    with tracking(False, "test") as run:
        assert isinstance(run, UntrackedRun)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with tracking(None, "test") as run:
        assert isinstance(run, UntrackedRun)
        assert isinstance(run, Run)
        run.params({"a": 1})
        run.metrics({"a": 1.0})
    assert run.close().lost == 0


def test_an_outbox_keeps_the_order_and_survives_what_jobs_raise():
    done, warnings = [], []
    outbox = Outbox(warnings.append)

    def fail():
        raise ZeroDivisionError("no")

    for job in (lambda: done.append(1), fail, lambda: done.append(2)):
        outbox.put(job)
    assert outbox.close(10) == (1, "ZeroDivisionError: no")
    assert done == [1, 2]
    assert warnings == ["not tracked: ZeroDivisionError: no"]
