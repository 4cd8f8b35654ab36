"""Registry and gate against a real MLflow server on SQLite."""

import json
import threading

import pytest

from vultus.errors import InputError
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.folders import folder_digest
from vultus_kit.tracking.registry import ModelRegistry
from vultus_kit.tracking.runs import TrackedRun

pytestmark = pytest.mark.slow


@pytest.fixture
def registry(mlflow_server):
    return ModelRegistry(mlflow_server)


@pytest.fixture
def folders(tmp_path):
    made = []
    for number in (1, 2, 3):
        folder = tmp_path / str(number) / "model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"number": number}))
        (folder / "model.safetensors").write_bytes(bytes([number]) * (1 << 20))
        made.append(folder)
    return made


def test_a_run_its_model_and_the_way_back_through_a_server(
    registry, folders, counting_code, load_with_mlflow, tmp_path, mlflow_server
):
    run = TrackedRun(Connection(mlflow_server), "released", experiment="release")
    for step in range(2500):
        run.metrics({"loss": 1 / (step + 1)}, step)
    run.file(folders[0] / "config.json", "model")
    assert run.close().lost == 0
    client = Connection(mlflow_server).client
    assert len(client.get_metric_history(run.run_id, "loss")) == 2500
    one, two = (
        registry.register(folder, "vultus-released", {"licence": "CC0-1.0"}, counting_code, run.run_id)
        for folder in folders[:2]
    )
    assert (one.version, two.version, one.run_id) == (1, 2, run.run_id)
    registry.set_champion(one, instead_of=None)
    registry.set_champion(two, instead_of=1)
    assert registry.resolve("vultus-released@champion").version == 2
    assert folder_digest(registry.download(two, tmp_path / "kept")) == folder_digest(folders[1])
    assert registry.roll_back("vultus-released").champion == 1
    assert load_with_mlflow(mlflow_server, "models:/vultus-released@champion").predict([0, 0]) == [1, 1]


def test_there_is_a_champion_at_every_moment_while_promoters_race(registry, folders, mlflow_server):
    versions = [registry.register(folder, "vultus-raced") for folder in folders]
    registry.set_champion(versions[0])
    seen, faults, over = [], [], threading.Event()

    def watch():
        while not over.is_set():
            seen.append(ModelRegistry(mlflow_server).resolve("vultus-raced@champion").version)

    def promote(version):
        own = ModelRegistry(mlflow_server)
        for _ in range(5):
            try:
                own.set_champion(version, instead_of=own.champion("vultus-raced").version)
            except InputError as error:
                faults.append(error.reason)

    watching = threading.Thread(target=watch)
    promoting = [threading.Thread(target=promote, args=(version,)) for version in versions]
    for thread in (watching, *promoting):
        thread.start()
    for thread in promoting:
        thread.join()
    over.set()
    watching.join()
    assert len(seen) > 5
    assert set(seen) <= {1, 2, 3}
    assert set(faults) <= {"CHAMPION_MOVED"}
    now = registry.champion("vultus-raced").version
    assert registry.roll_back("vultus-raced").champion in {1, 2, 3}
    assert registry.champion("vultus-raced") is not None
    assert now in {1, 2, 3}
