import json
from dataclasses import replace

import torch
from safetensors.torch import load_file
from torch import nn

from vultus.data.sets.stored import open_set
from vultus.face.models import load_morphable
from vultus.train.course import STARTER_WORLD, preset_of
from vultus.train.model_cards import Making, late_losses, model_card
from vultus.train.running import write_model


def making(stored_once, **changes):
    values = {"method": "headgan", "preset": preset_of("headgan", "starter"), "stored": open_set(stored_once)}
    values |= {"command": "vultus train headgan --preset starter", "steps": 7, "losses": {"l1": 0.25}}
    return Making(**(values | changes))


def test_a_card_says_what_it_takes_to_make_the_model_again(stored_once):
    card = model_card(making(stored_once))
    stored = open_set(stored_once)
    for said in ("    vultus train headgan --preset starter\n", stored.digest, "**seed**: 0", "**steps**: 7"):
        assert said in card
    assert "fitted from the clips' frames" in card
    assert "| l1 | 0.25 |" in card
    assert "## Limits" in card
    assert card.endswith("CC0-1.0\n")


def test_true_tracks_are_called_so(stored_once):
    preset = replace(preset_of("gdpw", "smoke"), tracks="true")
    assert "stored with the clips" in model_card(making(stored_once, preset=preset))


def test_late_losses_are_means_of_what_is_finite(tmp_path):
    log = tmp_path / "losses.jsonl"
    rows = [{"step": step, "rate": 1e-3, "l1": float(step > 300)} for step in range(1, 501)]
    rows[-1]["l1"] = float("nan")
    rows[-2]["mask"] = 2.0
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert late_losses(log) == {"l1": 199 / 199, "mask": 2.0}


def test_a_model_folder_holds_halved_weights_configuration_and_card(tmp_path):
    head = load_morphable("builtin")
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    folder = write_model(tmp_path / "model", network, {"method": "x"}, 5, head, "# x")
    state = load_file(folder / "model.safetensors")
    assert state["0.weight"].dtype == torch.float16
    assert state["1.num_batches_tracked"].dtype == torch.int64
    document = json.loads((folder / "config.json").read_text())
    assert document == {"method": "x", "steps": 5, "morphable_digest": head.digest}
    assert (folder / "CARD.md").read_text() == "# x"


def test_starters_learn_from_a_described_world():
    plan = STARTER_WORLD
    assert (plan.people, plan.clips_per_person, plan.duration_s, plan.side_px, plan.seed) == (
        240,
        1,
        5.0,
        256,
        0,
    )
    assert preset_of("headgan", "starter").data == plan
