"""A folder of its own for steps, and artifacts as Kubeflow hands them to components."""

import pytest
from kfp import dsl


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The folder that outlives steps; runs are written down beside it."""
    folder = tmp_path / "work"
    monkeypatch.setenv("VULTUS_PIPELINES_WORK", str(folder))
    monkeypatch.setenv("VULTUS_PIPELINES_RUN", "run-of-the-test")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow/mlflow.db")
    return folder


@pytest.fixture
def artifact(tmp_path):
    """Makes an artifact with a path of its own."""

    def make(kind=dsl.Artifact, name="thing", **metadata):
        path = tmp_path / "artifacts" / name
        path.parent.mkdir(exist_ok=True)
        return kind(name=name, uri=str(path), metadata=metadata)

    return make
