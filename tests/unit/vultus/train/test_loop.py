import math

import pytest
import torch

from vultus.errors import IncompatibleError, InputError
from vultus.train.loop import Training, TrainingDivergedError
from vultus.train.plan import TrainPlan


def plan(**changes):
    values = {"steps": 12, "batch_size": 4, "save_every": 4, "sample_every": 6, "accelerator": "cpu"}
    return TrainPlan(**(values | {"learning_rates": ((0, 1e-2), (8, 1e-3)), "average_decay": 0.9} | changes))


def make(pair, batches, folder, settings=None, **changes):
    torch.manual_seed(5)  # weights are made before the plan's seed is set
    return Training(pair(), batches, settings or plan(**changes), folder, {"width": 8})


def test_it_learns_and_tells(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path, steps=200, save_every=100, sample_every=50).run(told)
    first, last = (
        sum(losses["generator/l1"] for _, losses, _ in part) / 20
        for part in (told.losses[:20], told.losses[-20:])
    )
    assert last < 0.8 * first
    assert [step for step, _ in told.paths] == [100, 200]
    assert [step for step, _ in told.samples] == [50, 100, 150, 200]
    assert "discriminator/gap" in told.losses[0][1]
    assert "discriminator/gap" not in told.losses[1][1]


def test_the_order_in_memory_changes_no_result(pair, batches, told, tmp_path):
    ends = []
    for order in (False, True):
        training = make(pair, batches, tmp_path / str(order), steps=6, channels_last=order)
        training.run(told)
        ends.append(training.trainee.state_dict())
    torch.testing.assert_close(*ends)


def test_the_rate_follows_the_plan(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path).run(told)
    assert [rate for _, _, rate in told.losses] == [1e-2] * 8 + [1e-3] * 4


def test_a_resumed_run_is_the_undisturbed_one(pair, batches, told, tmp_path):
    whole = make(pair, batches, tmp_path / "whole")
    whole.run(told)
    make(pair, batches, tmp_path / "parts").run(told, until=8)
    torch.manual_seed(999)
    resumed = make(pair, batches, tmp_path / "parts")
    assert resumed.step == 8
    resumed.run(told)
    for ours, theirs in (
        (resumed.trainee.state_dict(), whole.trainee.state_dict()),
        (resumed.average.network.state_dict(), whole.average.network.state_dict()),
    ):
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_an_interrupted_run_leaves_a_checkpoint(pair, batches, told, tmp_path):
    class Impatient(type(told)):
        def on_step(self, step, losses, rate):
            if step == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(pair, batches, tmp_path).run(Impatient())
    assert make(pair, batches, tmp_path).step == 3


def test_a_few_bad_updates_are_left_out_and_many_stop_the_run(pair, batches, told, tmp_path):
    torch.manual_seed(5)
    training = Training(pair(poisoned_from=6), batches, plan(patience=3), tmp_path, {})
    with pytest.raises(TrainingDivergedError, match=r"3 updates in a row .* step 7 in generator: l1 nan"):
        training.run(told)
    assert all(torch.isfinite(weight).all() for weight in training.trainee.parameters())
    assert math.isnan(told.losses[-1][1]["generator/l1"])


def test_other_settings_are_refused(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path).run(told)
    with pytest.raises(IncompatibleError, match="batch_size 4 against 5"):
        make(pair, batches, tmp_path, batch_size=5)
    with pytest.raises(IncompatibleError, match="configuration differs"):
        Training(pair(), batches, plan(), tmp_path, {"width": 9})


def test_a_longer_plan_goes_on(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path).run(told)
    longer = make(pair, batches, tmp_path, steps=15)
    longer.run(told)
    assert longer.step == 15


def test_fewer_steps_than_are_done_are_refused(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path).run(told)
    with pytest.raises(InputError, match="12 steps are done already, 3 were asked for"):
        make(pair, batches, tmp_path, steps=3)
    assert make(pair, batches, tmp_path).step == 12


def test_a_damaged_checkpoint_is_named(pair, batches, told, tmp_path):
    make(pair, batches, tmp_path).run(told)
    file = tmp_path / "step-00000012" / "state.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError, match="step-00000012 cannot be read"):
        make(pair, batches, tmp_path)
