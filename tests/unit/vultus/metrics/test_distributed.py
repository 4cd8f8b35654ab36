"""Two processes see what one would."""

import sys
from pathlib import Path

import numpy as np
import pytest
from torch import multiprocessing

from vultus.metrics import METRICS
from vultus.metrics.distributed import merge_across
from vultus.metrics.perceptual import LpipsAlex
from vultus.nets.lpips import Lpips

NAMES = (
    "fid[inception-2015-pytorch-fid]",
    "kid[inception-2015-pytorch-fid]",
    "jitter[acceleration-vs-driver]",
    "psnr[pooled]",
)


def inputs(name: str, rank: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng([rank, NAMES.index(name)])
    if "jitter" in name:
        return rng.normal(size=(6 + rank, 68, 2)), rng.normal(size=(6 + rank, 68, 2))
    if "psnr" in name:
        return tuple(rng.integers(0, 256, (3 + rank, 16, 16, 3), dtype=np.uint8) for _ in range(2))
    return rng.normal(size=(20 + rank, 8)), rng.normal(size=(25, 8)) + 0.5


def together(name: str) -> float:
    """The value of both processes' inputs in one process."""
    parts = [METRICS[name]() for _ in range(2)]
    for rank, metric in enumerate(parts):
        metric.update(*inputs(name, rank))
    parts[0].merge_state(parts[1:])
    return parts[0].compute()


def work(rank: int, folder: str) -> None:
    from torch import distributed  # noqa: PLC0415

    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    try:
        values = []
        for name in NAMES:
            metric = METRICS[name]()
            metric.update(*inputs(name, rank))
            merge_across(metric)
            values.append(metric.compute())
        np.save(Path(folder) / f"{rank}.npy", values)
    finally:
        distributed.destroy_process_group()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="gloo meets in a file")
def test_two_processes_compute_what_one_does(tmp_path):
    multiprocessing.spawn(work, (str(tmp_path),), nprocs=2)
    first, second = (np.load(tmp_path / f"{rank}.npy") for rank in range(2))
    np.testing.assert_allclose(first, [together(name) for name in NAMES], rtol=1e-9)
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_outside_a_group_nothing_happens():
    metric = METRICS["psnr[pooled]"]()
    metric.update(*inputs("psnr[pooled]", 0))
    before = metric.compute()
    merge_across(metric)
    assert metric.compute() == before


def test_the_state_is_numbers_and_no_network():
    metric = LpipsAlex(Lpips("alex"))
    metric.update(*(np.zeros((1, 40, 40, 3), np.uint8),) * 2)
    assert {key: value.size for key, value in metric.state().items()} == {
        "total": 1,
        "weight": 1,
        "frame_count": 1,
    }
