"""LPIPS as a streaming metric, with weights of a formula."""

import numpy as np
import pytest
import torch

from vultus.errors import AssetMissingError, IncompatibleError
from vultus.metrics import METRICS
from vultus.metrics.extractors import EXTRACTORS, load_extractor
from vultus.metrics.perceptual import BATCH, LpipsAlex, lpips_update
from vultus.nets.lpips import Lpips


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Lpips("alex").eval()


@pytest.fixture
def frames():
    rng = np.random.default_rng(1)
    reference = rng.integers(0, 256, (BATCH + 3, 48, 56, 3), dtype=np.uint8)
    return np.clip(reference + rng.normal(0, 20, reference.shape), 0, 255).astype(np.uint8), reference


def test_batches_change_nothing(network, frames):
    together = lpips_update(network, *frames).values
    one = torch.from_numpy(np.stack([f[-1] for f in frames])).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        expected = float(network(one[:1], one[1:]))
    assert together[-1] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_streams_and_merges(network, frames):
    whole, first, second = (LpipsAlex(network) for _ in range(3))
    whole.update(*frames)
    first.update(*(f[:5] for f in frames))
    second.update(*(f[5:] for f in frames))
    first.merge_state([second])
    assert first.compute() == pytest.approx(whole.compute(), rel=1e-5)
    assert first.frame_count == BATCH + 3


def test_sizes_must_agree(network, frames):
    with pytest.raises(IncompatibleError, match=r"56x48 px.*55x48 px"):
        lpips_update(network, frames[0], frames[1][:, :, 1:])


@pytest.mark.parametrize("name", list(EXTRACTORS))
def test_absent_weights_say_what_is_missing_where_it_is_and_what_works_without(name, tmp_path, monkeypatch):
    monkeypatch.setattr("vultus.metrics.extractors.DEFAULT_FOLDER", tmp_path)
    monkeypatch.setattr("vultus.assets.starters.FOLDER", tmp_path)
    ours = name.startswith("world-")
    said = r"; make it: python -m .*" if ours else r"is not at .*; .*get .* from https://.*works? without it"
    with pytest.raises(AssetMissingError, match=said):
        load_extractor(name)


def test_a_metric_without_its_weights_says_so_when_it_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("vultus.metrics.extractors.DEFAULT_FOLDER", tmp_path)
    with pytest.raises(AssetMissingError, match="alexnet-owt"):
        METRICS["lpips[alex]"]()


def test_published_files_are_found_and_loaded(tmp_path, network):
    from vultus.assets.store import open_store  # noqa: PLC0415

    state = network.state_dict()
    backbone = {k.removeprefix("backbone."): v for k, v in state.items() if k.startswith("backbone.")}
    heads = {f"lin{k}.model.1.weight": state[f"heads.{k}.weight"] for k in range(5)}
    torch.save(backbone | {"classifier.1.weight": torch.zeros(2)}, tmp_path / "alexnet-owt-7be5be79.pth")
    torch.save(heads, tmp_path / "alex.pth")
    loaded = load_extractor("lpips-alex", open_store(tmp_path))
    assert all(torch.equal(value, state[key]) for key, value in loaded.state_dict().items())
