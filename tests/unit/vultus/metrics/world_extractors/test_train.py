"""The command that makes the world's extractors, on a tiny world."""

import json

import numpy as np
import pytest
import torch

from vultus.assets.starters import LARGEST_BYTES, read_starter, write_starter
from vultus.assets.store import open_store
from vultus.errors import AssetMissingError, InputError
from vultus.metrics import METRICS
from vultus.metrics.evaluation import Evaluation
from vultus.metrics.extractors import has_extractor, load_extractor
from vultus.metrics.world_extractors.loading import sync_embeddings, world_features
from vultus.metrics.world_extractors.train import make, order_of
from vultus.train.checkpoints import latest
from vultus.world.sets import SetPlan, synthesise_set


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world") / "set"
    synthesise_set(root, SetPlan(people=12, duration_s=1.0, side_px=64), workers=0)
    return root


def order(world, out, kind, steps=4, seed=0):
    words = [kind, "--data", str(world), "--out", str(out), "--smoke", "--batch", "8"]
    return order_of([*words, "--steps", str(steps), "--seed", str(seed)])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["perceptual", "sync"])
def test_learning_makes_a_file_that_loads_and_a_card_that_says_how(world, tmp_path, kind):
    out = tmp_path / "assets" / "weights" / f"world-{kind}" / f"world-{kind}.safetensors"
    card = make(order(world, out, kind))
    assert out.stat().st_size <= LARGEST_BYTES
    assert json.loads(out.with_suffix(".json").read_text()) == json.loads(json.dumps(card))
    assert {"data", "seed", "command", "held_out", "limits"} <= set(card)
    assert "--steps 4" in card["command"]
    store = open_store(tmp_path / "assets")
    assert has_extractor(f"world-{kind}", store)
    network = load_extractor(f"world-{kind}", store)
    if kind == "perceptual":
        frames = np.random.default_rng(0).integers(0, 256, (3, 80, 80, 3), np.uint8)
        assert world_features(network, frames).shape == (3, 256)
        evaluation = Evaluation(["lpips[world]", "fid[world]"], extractors=lambda name: network)
        evaluation.update_all(frames, frames[::-1])
        lpips, fid = evaluation.scores()
        assert lpips.value > 0
        assert fid.value == pytest.approx(0, abs=1e-6)
        assert "dimensions" in fid.note
    else:
        frames = np.random.default_rng(0).integers(0, 256, (25, 80, 80, 3), np.uint8)
        points = np.random.default_rng(1).uniform(20, 60, (25, 68, 2))
        pair = sync_embeddings(network, list(frames), points, np.zeros(16_000))
        metric = METRICS["lse-d[world]"]()
        metric.update(*pair)
        assert 0 <= metric.compute() <= 2.1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["perceptual", "sync"])
def test_an_interrupted_run_goes_on_to_the_same_weights(world, tmp_path, kind):
    whole, parts = tmp_path / "whole.safetensors", tmp_path / "parts.safetensors"
    make(order(world, whole, kind))
    assert make(order(world, parts, kind), until=2) is None
    assert latest(parts.with_suffix(".run") / "checkpoints").step == 2
    assert not parts.exists()
    make(order(world, parts, kind))
    assert whole.read_bytes() == parts.read_bytes()


def test_absent_weights_name_the_command_that_makes_them(tmp_path):
    store = open_store(tmp_path)
    if has_extractor("world-sync", store):
        pytest.skip("the package has the weights")
    with pytest.raises(AssetMissingError, match=r"world_extractors\.train sync --data DIR") as error:
        load_extractor("world-sync", store)
    assert error.value.exit_code == 3


def test_weights_are_stored_in_half_precision_but_for_vectors(tmp_path):
    path = tmp_path / "weights" / "world-sync" / "world-sync.safetensors"
    state = {"matrix": torch.full((2, 2), 1 / 3), "vector": torch.full((2,), 1e-9)}
    write_starter(path, state | {"bn.num_batches_tracked": torch.tensor(3)}, {"name": "x"})
    if not has_extractor("world-sync", open_store(tmp_path / "nowhere")):
        again = read_starter("world-sync", tmp_path)
        torch.testing.assert_close(again["matrix"], state["matrix"].half().float())
        torch.testing.assert_close(again["vector"], state["vector"])
        assert set(again) == set(state)
    with pytest.raises(InputError, match="bytes"):
        write_starter(path, {"large": torch.zeros(3000, 3000)}, {})
