"""Versions of models, on a data base."""

import json
import threading

import pytest

from vultus.errors import InputError, ServiceUnavailableError
from vultus_kit.tracking.champions import ChampionMovedError, Champions
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.faults import UnknownModelError
from vultus_kit.tracking.folders import ModelDamagedError, folder_digest
from vultus_kit.tracking.registry import ModelRegistry


@pytest.fixture
def registry(mlflow_uri):
    return ModelRegistry(mlflow_uri)


@pytest.fixture
def folder(tmp_path):
    """Makes model folders that differ by a number."""

    def make(number):
        made = tmp_path / f"model-{number}" / "model"
        made.mkdir(parents=True)
        (made / "config.json").write_text(json.dumps({"method": "x", "number": number}))
        (made / "model.safetensors").write_bytes(bytes([number]) * 1000)
        return made

    return make


@pytest.fixture
def three(registry, folder):
    return [registry.register(folder(number), "vultus-x") for number in (1, 2, 3)]


def test_a_folder_comes_back_as_it_was(registry, folder, tmp_path):
    made = folder(7)
    version = registry.register(made, "vultus-x", {"licence": "CC0-1.0"})
    assert (version.name, version.version, version.uri) == ("vultus-x", 1, "models:/vultus-x/1")
    assert version.digest == folder_digest(made)
    assert version.tags["licence"] == "CC0-1.0"
    found = registry.download(registry.resolve("vultus-x/1"), tmp_path / "kept")
    assert folder_digest(found) == folder_digest(made)
    assert (found / "config.json").read_bytes() == (made / "config.json").read_bytes()
    assert registry.download(version, tmp_path / "kept") == found


def test_the_same_folder_is_registered_once(registry, folder):
    made = folder(1)
    first = registry.register(made, "vultus-x", {"a": "1"})
    again = registry.register(made, "vultus-x", {"b": "2"})
    assert again.version == first.version
    assert (again.tags["a"], again.tags["b"]) == ("1", "2")
    assert registry.register(folder(2), "vultus-x").version == 2
    assert registry.register(made, "vultus-y").version == 1


def test_a_version_runs_from_code(registry, folder, counting_code, load_with_mlflow, tmp_path):
    version = registry.register(folder(5), "vultus-x", code=counting_code)
    registry.set_champion(version)
    assert load_with_mlflow(registry.uri, "models:/vultus-x@champion").predict([1, 2]) == [5, 5]
    assert registry.register(folder(6), "vultus-x").version == 2
    assert folder_digest(registry.download(version, tmp_path / "kept")) == version.digest


def test_damaged_files_are_fetched_again_and_wrong_ones_refused(registry, three, tmp_path):
    found = registry.download(three[0], tmp_path / "kept")
    (found / "config.json").write_text("{}")
    assert folder_digest(registry.download(three[0], tmp_path / "kept")) == three[0].digest
    for stored in (tmp_path / "mlflow" / "artifacts").rglob("model.safetensors"):
        stored.write_bytes(b"somebody else's")
    with pytest.raises(ModelDamagedError, match="register the model again"):
        registry.download(three[1], tmp_path / "kept")
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [found.name]


def test_roll_backs_go_through_the_history(registry, three):
    one, two, last = three
    changes = [registry.set_champion(version) for version in (one, two, last, two)]
    assert [(change.before, change.champion) for change in changes] == [(None, 1), (1, 2), (2, 3), (3, 2)]
    back = [registry.roll_back("vultus-x").champion for _ in range(3)]
    assert back == [3, 2, 1]
    with pytest.raises(InputError, match="no champion before version 1"):
        registry.roll_back("vultus-x")
    assert registry.resolve("vultus-x@champion").version == 1


def test_promoting_the_champion_changes_nothing(registry, three):
    registry.set_champion(three[0])
    registry.set_champion(three[1])
    registry.set_champion(three[1])
    assert registry.roll_back("vultus-x").champion == 1


def test_a_champion_is_no_challenger_any_more(registry, three):
    registry.set_challenger(three[1])
    assert registry.resolve("vultus-x@challenger").version == 2
    registry.set_champion(three[1])
    assert registry.resolve("vultus-x/2").aliases == ("champion",)
    assert [one.aliases for one in registry.versions("vultus-x")] == [(), ("champion",), ()]
    with pytest.raises(UnknownModelError, match="no challenger"):
        registry.resolve("vultus-x@challenger")


def test_a_judgement_about_yesterdays_champion_is_refused(registry, three):
    registry.set_champion(three[0], instead_of=None)
    with pytest.raises(ChampionMovedError, match="judged against champion none, which is version 1 by now"):
        registry.set_champion(three[1], instead_of=None)
    registry.set_champion(three[1], instead_of=1)
    assert registry.champion("vultus-x").version == 2
    assert registry.champion("vultus-nobody") is None


def test_versions_that_were_deleted_are_passed_over(registry, three):
    for version in three:
        registry.set_champion(version)
    Connection(registry.uri).client.delete_model_version("vultus-x", "2")
    assert registry.roll_back("vultus-x").champion == 1


def test_a_crash_before_the_switch_leaves_the_champion_in_place(registry, three, monkeypatch):
    registry.set_champion(three[0])
    connection = Connection(registry.uri)
    monkeypatch.setattr(
        connection.client,
        "set_registered_model_alias",
        lambda *words: (_ for _ in ()).throw(KeyboardInterrupt),
    )
    with pytest.raises(KeyboardInterrupt):
        Champions(connection).promote("vultus-x", 2)
    assert registry.champion("vultus-x").version == 1
    with pytest.raises(InputError, match="no champion before"):
        registry.roll_back("vultus-x")
    assert registry.set_champion(three[1]).before == 1
    assert registry.roll_back("vultus-x").champion == 1


def test_promoters_at_the_same_time_leave_one_champion_and_a_way_back(registry, three):
    registry.set_champion(three[0])
    faults = []

    def promote(version):
        try:
            ModelRegistry(registry.uri).set_champion(version)
        except InputError as error:
            faults.append(error)

    threads = [threading.Thread(target=promote, args=(version,)) for version in three[1:] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(faults) < len(threads)
    champion = registry.champion("vultus-x").version
    assert champion in (2, 3)
    before = registry.roll_back("vultus-x").champion
    assert before in {1, 2, 3} - {champion}


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nobody@champion", "has no model 'nobody@champion'"),
        ("vultus-x/9", "has no model 'vultus-x/9'"),
        ("vultus-x@other", "model 'vultus-x' has no other"),
        ("vultus-x", "names no version"),
        ("models:/vultus-x/latest", "names no version"),
    ],
)
def test_unknown_references_are_named(registry, three, reference, said):
    with pytest.raises(InputError, match=said):
        registry.resolve(reference)


def test_something_else_is_not_registered(registry, tmp_path):
    with pytest.raises(InputError, match="no model folder"):
        registry.register(tmp_path, "vultus-x")
    (tmp_path / "config.json").write_text("[1]")
    with pytest.raises(InputError, match="holds no JSON object"):
        registry.register(tmp_path, "vultus-x")
    assert registry.names() == ()


def test_a_version_of_somebody_else_cannot_be_downloaded(registry, tmp_path):
    client = Connection(registry.uri).client
    client.create_registered_model("theirs")
    client.create_model_version("theirs", str(tmp_path))
    with pytest.raises(InputError, match="not registered by Vultus"):
        registry.download(registry.resolve("theirs/1"), tmp_path)


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(ServiceUnavailableError, match=r"http://127\.0\.0\.1:9 does not answer") as raised:
        ModelRegistry("http://127.0.0.1:9").names()
    assert "MLFLOW_TRACKING_URI" in raised.value.remedy


def test_a_folder_is_no_place_to_track():
    with pytest.raises(InputError, match="it is a folder"):
        ModelRegistry("file:///tmp/mlruns")
