"""What every test may ask for."""

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vultus_kit.tracking.records import ModelCode

collect_ignore = ["counting_model.py", "listening_method.py"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of media, models and golden cases beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared")
    return folder


@pytest.fixture(scope="session")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real portrait in the public domain from an installed package, 512 x 512: skimage.data.astronaut()."""
    from PIL import Image  # noqa: PLC0415 - most tests need neither
    from skimage.data import astronaut  # noqa: PLC0415

    path = tmp_path_factory.mktemp("portrait") / "astronaut.png"
    Image.fromarray(astronaut()).save(path)
    return path


@pytest.fixture(scope="session")
def mlflow_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data base of MLflow, whose tables take seconds to make; to be copied, not to be written to."""
    from vultus_kit.tracking.connection import Connection  # noqa: PLC0415 - most tests need it not

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    Connection(f"sqlite:///{path}").client  # noqa: B018 - opening it makes it
    return path


@pytest.fixture
def mlflow_uri(mlflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data base of MLflow of the test's own, which `MLFLOW_TRACKING_URI` names."""
    path = tmp_path / "mlflow" / "mlflow.db"
    path.parent.mkdir()
    shutil.copy(mlflow_database, path)
    for name in ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def mlflow_server(mlflow_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on SQLite, for `slow` tests: http://127.0.0.1:PORT; takes about 20 s to start.

    All tests of a session share it: give models and experiments names of your own.
    """
    folder = tmp_path_factory.mktemp("mlflow-server")
    shutil.copy(mlflow_database, folder / "mlflow.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--serve-artifacts"]
    words += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    words += ["--artifacts-destination", str(folder / "artifacts")]
    # Without the first of these it starts a job runner and seven consumers, 2.5 GB in all.
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *words],
            env=os.environ | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server, folder / "log.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


@pytest.fixture
def counting_code() -> "ModelCode":
    """Makes any model folder one that MLflow runs: each row is answered with the number in `config.json`."""
    from vultus_kit.tracking.records import ModelCode  # noqa: PLC0415 - most tests need it not

    return ModelCode(Path(__file__).with_name("counting_model.py"), requirements=("mlflow",))


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Makes "listener" a method whose frames show what it hears; answers the frames that show h_t."""
    from vultus.methods.base import METHODS  # noqa: PLC0415 - heavy

    made = runpy.run_path(str(Path(__file__).with_name("listening_method.py")))
    monkeypatch.setitem(METHODS._things, "listener", made["Listener"])
    return made["shown"]


@pytest.fixture
def load_with_mlflow() -> Callable[[str, str], Any]:
    """Loads "models:/NAME@ALIAS" (second) from a server or data base (first) through MLflow alone."""

    def load(server: str, uri: str) -> Any:
        from mlflow import pyfunc, set_registry_uri, set_tracking_uri  # noqa: PLC0415 - heavy

        set_tracking_uri(server)
        set_registry_uri(server)
        try:
            return pyfunc.load_model(uri)
        finally:
            set_tracking_uri(None)
            set_registry_uri(None)

    return load


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path, patience_s: float = 180.0) -> None:
    end = time.monotonic() + patience_s
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the MLflow server did not start:\n{log.read_text()[-3000:]}")
