"""Storing clips, reading windows of them for training from both forms, packing and verifying."""

import tempfile
from pathlib import Path

import numpy as np
from bench_media import drifting
from harness import Bench

from vultus.data.sets import ClipCard, ClipSet, SetCard, StoredSet, open_set
from vultus.data.sets.sampling import Pairs, Windows
from vultus.data.sets.shards import plan_shards, write_index, write_shard

CLIPS, FRAMES, SIDE_PX, RATE_HZ = 8, 100, 256, 16_000
WINDOW = 16


def main(bench: Bench) -> None:
    """Time a stored frame, a window and a pair of either form, and a megabyte packed and verified."""
    with tempfile.TemporaryDirectory() as folder:
        stored = _make(Path(folder) / "set")
        shards = _shards(stored, Path(folder) / "shards")
        _writing(bench, stored)
        for form, one in (("folder", stored), ("shards", open_set(shards))):
            _reading(bench, form, one)
        _packing(bench, stored, Path(folder))


def _writing(bench: Bench, stored: ClipSet) -> None:
    pictures = drifting(SIDE_PX)

    def write() -> None:
        stored.discard("again", "0")
        _write(stored, "again", "0", pictures)

    what = f"Store a frame, {SIDE_PX} px, with sound"
    bench.time("sets.write", what, write, repeats=5, warm_up=1, per=FRAMES)
    stored.discard("again", "0")


def _reading(bench: Bench, form: str, stored: StoredSet) -> None:
    windows, pairs = Windows(stored, None, WINDOW), Pairs(stored, None, 10**6)
    drawn, rng = iter(pairs), np.random.default_rng(bench.seed)

    def window() -> None:
        windows[int(rng.integers(len(windows)))].frames()

    def pair() -> None:
        one = next(drawn)
        one.source.frames(), one.driving.frames()

    what = f"Read a window of {WINDOW} frames of {SIDE_PX} px anywhere, {form}"
    bench.time(f"sets.window_{form}", what, window, repeats=30)
    bench.time(f"sets.pair_{form}", f"Read a source and a driving frame anywhere, {form}", pair, repeats=30)


def _packing(bench: Bench, stored: ClipSet, folder: Path) -> None:
    megabytes = sum(path.stat().st_size for path in stored.root.rglob("*") if path.is_file()) / 1e6
    numbers = iter(range(10**6))

    def pack() -> None:
        _shards(stored, folder / f"packed{next(numbers)}")

    scale = {"repeats": 5, "warm_up": 1, "per": megabytes}
    bench.time("sets.pack", "Pack a megabyte into shards, verified", pack, **scale)
    bench.time("sets.verify", "Verify a megabyte", stored.verify, **scale)


def _make(root: Path) -> ClipSet:

    stored = ClipSet.create(root, SetCard(name="bench", source="bench"))
    pictures = drifting(SIDE_PX)
    for number in range(CLIPS):
        _write(stored, f"p{number % 4}", str(number), pictures[number:] + pictures[:number])
    stored.finish()
    return stored


def _write(stored: ClipSet, person: str, clip: str, pictures: list[np.ndarray]) -> None:
    with stored.writer(person, clip) as writer:
        with writer.video((SIDE_PX, SIDE_PX), 25.0) as video:
            for rgb in pictures:
                video.write(rgb)
        writer.sound(np.sin(np.arange(RATE_HZ * FRAMES / 25) / 10)[None], RATE_HZ)
        writer.describe(
            ClipCard(
                person=person,
                clip=clip,
                source="bench",
                fps=25.0,
                frames=len(pictures),
                size_px=(SIDE_PX, SIDE_PX),
                duration_s=len(pictures) / 25,
            )
        )


def _shards(stored: ClipSet, folder: Path) -> Path:
    folder.mkdir()
    return write_index(stored, [write_shard(stored, plan, folder) for plan in plan_shards(stored, 2)], folder)
