import errno
import resource

import pytest
import torch

from vultus.train.checkpoints import (
    Snapshot,
    latest,
    optimiser_tensors,
    restore_optimiser,
    save,
    save_tensors,
)


def test_only_the_newest_stay(tmp_path):
    for step in (1, 2, 3):
        save(tmp_path, Snapshot(step, {"w": torch.full((2,), float(step))}, {"plan": {}}), kept=2)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["step-00000002", "step-00000003"]
    found = latest(tmp_path)
    assert found is not None
    assert (found.step, found.tensors["w"].tolist(), found.numbers) == (3, [3.0, 3.0], {"plan": {}})


def test_an_unfinished_one_does_not_count(tmp_path):
    (tmp_path / ".step-00000009.part").mkdir(parents=True)
    assert latest(tmp_path) is None
    save(tmp_path, Snapshot(9, {}, {}), kept=1)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000009"]


def test_a_disk_that_takes_no_more_is_known_by_its_number(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large") as error:
            save_tensors({"w": torch.zeros(1 << 14)}, tmp_path / "state.safetensors")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.errno == errno.EFBIG
    assert error.value.filename == str(tmp_path / "state.safetensors")


def test_moments_come_back():
    weight = torch.nn.Parameter(torch.ones(3))
    before, after = torch.optim.Adam([weight]), torch.optim.Adam([weight])
    weight.grad = torch.arange(3.0)
    before.step()
    restore_optimiser(after, "o", optimiser_tensors(before, "o"))
    ours, theirs = after.state_dict()["state"][0], before.state_dict()["state"][0]
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_another_optimisers_moments_are_left_alone():
    weight = torch.nn.Parameter(torch.ones(1))
    optimiser = torch.optim.Adam([weight])
    restore_optimiser(optimiser, "o", {"other.0.step": torch.tensor(4.0)})
    assert optimiser.state_dict()["state"] == {}
    with pytest.raises(KeyError):
        optimiser.state_dict()["state"][0]
