import json

import pytest

from vultus.errors import AssetMissingError, InputError
from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.trained import open_trained
from vultus.nets.gdpw import GdpwConfig
from vultus.train.running import write_model
from vultus_cli.main import run
from vultus_cli.model.package import _chosen

SIZES = {"width": 4, "halvings": 3, "code_count": 4}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    head = load_morphable()
    config = {"method": "gdpw", "side_px": 64, "network": SIZES}
    network = GdpwModel(GdpwConfig(**SIZES), head)
    return write_model(tmp_path_factory.mktemp("model"), network, config, 1, head, "")


def test_a_folder_and_a_method_without_weights(model, tmp_path):
    version = open_trained(model).version
    assert _chosen(str(model), tmp_path) == (model, "gdpw", f"folder/{version}")
    assert _chosen("warp", tmp_path) == (None, "warp", "builtin")


def test_a_registered_version(model, mlflow_uri, tmp_path):
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - loads MLflow

    registry = ModelRegistry()
    registry.set_champion(registry.register(model, "vultus-gdpw"))
    for what in ("gdpw@champion", "gdpw/1", "gdpw"):
        folder, method, version = _chosen(what, tmp_path)
        assert (method, version) == ("gdpw", "vultus-gdpw/1")
        assert open_trained(folder).digest == open_trained(model).digest
    with pytest.raises(InputError, match="headgan"):
        _chosen("headgan@champion", tmp_path)


def test_a_starter_of_nothing(tmp_path):
    with pytest.raises(AssetMissingError, match="the starter of nothing"):
        _chosen("nothing@starter", tmp_path)


def test_a_folder_that_exists_is_refused_on_one_line(tmp_path, capsys):
    assert run(["model", "package", "warp", "--out", str(tmp_path), "--json"]) == 2
    captured = capsys.readouterr()
    assert "exists already" in json.loads(captured.out)["error"]["message"]
    assert captured.err.startswith("error: ")
