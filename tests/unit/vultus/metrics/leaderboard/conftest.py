"""A benchmark of two people who hardly have time to move."""

import json
import shutil
from pathlib import Path

import pytest

from vultus.data.sets import ClipSet
from vultus.metrics.leaderboard.drivers import read_driver
from vultus.world.benchmark import BenchmarkSplit, Pair
from vultus.world.specs import ClipSpec

PEOPLE = (9, 29)


def small_split(frames: int = 4, side_px: int = 128) -> BenchmarkSplit:
    """Two people at four frames a second, so that heads move between frames."""
    clips = tuple(
        ClipSpec(person_seed=seed, duration_s=frames / 4, fps=4.0, size_px=(side_px, side_px), language=None)
        for seed in PEOPLE
    )
    own = tuple(Pair(f"self/{i:02d}", spec.id, 1, spec.id) for i, spec in enumerate(clips))
    cross = (Pair("cross/00", clips[0].id, 1, clips[1].id),)
    return BenchmarkSplit(1, PEOPLE, clips, own, cross, {})


@pytest.fixture(scope="session")
def split() -> BenchmarkSplit:
    """The small benchmark."""
    return small_split()


@pytest.fixture(scope="session")
def data(split: BenchmarkSplit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its clips."""
    folder = tmp_path_factory.mktemp("leaderboard") / "data"
    split.build(folder)
    return folder


@pytest.fixture(scope="session")
def measured(split: BenchmarkSplit, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what is kept, in which the drivers are measured already."""
    folder = tmp_path_factory.mktemp("measured")
    for clip in ClipSet.open(data).clips():
        read_driver(clip, folder / "drivers")
    return folder


@pytest.fixture
def kept(measured: Path, tmp_path: Path) -> Path:
    """The same for one test alone."""
    return Path(shutil.copytree(measured, tmp_path / "kept"))


@pytest.fixture
def split_file(split: BenchmarkSplit, tmp_path: Path) -> Path:
    """The small benchmark as a file."""
    path = tmp_path / "split.json"
    path.write_text(json.dumps({"digest": split.digest, "benchmark": split.to_json()}))
    return path
