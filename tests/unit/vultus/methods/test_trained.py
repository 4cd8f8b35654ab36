"""Model folders: read whole, or refused with what is wrong."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from vultus.errors import AssetMissingError, IncompatibleError, InputError
from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.trained import CONFIG, TRAINED, WEIGHTS, open_trained, starter
from vultus.nets.gdpw import GdpwConfig
from vultus.train.running import write_model

CONFIGURATION = {"method": "gdpw", "side_px": 64, "network": {"width": 4, "halvings": 3, "code_count": 4}}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    head = load_morphable()
    network = GdpwModel(GdpwConfig(**CONFIGURATION["network"]), head)
    return write_model(tmp_path_factory.mktemp("model"), network, CONFIGURATION, 0, head, "a card"), network


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written[0], tmp_path / "model")


def test_the_weights_come_back_as_halves(written):
    folder, network = written
    other = GdpwModel(network.config, load_morphable())
    model = open_trained(folder)
    model.fill(other)
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], tensor.half().to(tensor), rtol=0, atol=0)
    assert model.sizes(GdpwConfig) == network.config


def test_the_digest_is_of_weights_and_configuration(folder):
    before = open_trained(folder)
    assert before.digest.startswith("sha256:")
    assert before.version == before.digest[7:19]
    (folder / "CARD.md").write_text("another card")
    assert open_trained(folder).digest == before.digest
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"steps": 1}))
    assert open_trained(folder).digest != before.digest


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_what_is_missing_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(AssetMissingError, match=name):
        open_trained(folder)
    with pytest.raises(AssetMissingError, match="nowhere"):
        open_trained(folder / "nowhere")


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
@pytest.mark.parametrize("content", [b"", b"{", b'{"network": {}}', b"[1]", b"\xff" * 64])
def test_what_is_damaged_is_named(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        open_trained(folder)


def test_a_method_that_is_not_here_is_named(folder):
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"method": "dream"}))
    with pytest.raises(InputError, match=r"'dream'.*gdpw"):
        open_trained(folder)


def test_another_head_is_refused(folder):
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"morphable_digest": "sha256:0"}))
    with pytest.raises(IncompatibleError, match="sha256:0"):
        open_trained(folder).build(load_morphable())


@pytest.mark.parametrize("change", ["missing", "shape", "infinite", "sizes"])
def test_weights_that_do_not_fit_are_refused(folder, written, change):
    state = load_file(folder / WEIGHTS)
    if change == "missing":
        state.pop("codes")
    elif change == "shape":
        state["codes"] = state["codes"][1:].contiguous()
    elif change == "infinite":
        state["codes"][3, 1] = torch.inf
    else:
        config = json.loads((folder / CONFIG).read_text())
        config["network"]["height"] = 3
        (folder / CONFIG).write_text(json.dumps(config))
    save_file(state, folder / WEIGHTS)
    model = open_trained(folder)
    with pytest.raises(InputError, match="do not fit"):
        model.fill(GdpwModel(model.sizes(GdpwConfig), load_morphable()))


@pytest.mark.parametrize("method", TRAINED)
def test_a_starter_is_there_or_the_command_that_makes_it(method, tmp_path, monkeypatch):
    monkeypatch.setattr("vultus.methods.trained.FOLDER", tmp_path)
    with pytest.raises(AssetMissingError, match=f"vultus train {method} --preset starter"):
        starter(method)
