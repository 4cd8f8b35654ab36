"""Distances between sets, metrics against their own networks, and the evaluation of a whole clip."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from harness import SHARED, AbsentError, Bench

from vultus.data.media import VideoReader, VideoWriter
from vultus.metrics import METRICS
from vultus.metrics.alignment import ARCFACE_POINTS_PX
from vultus.metrics.features import face_embeddings
from vultus.metrics.frechet import frechet_compute
from vultus.metrics.moments import moments_of
from vultus.metrics.perceptual import BATCH, lpips_update
from vultus.metrics.score import MetricInfo
from vultus.nets.irse import IrSe50
from vultus.nets.lpips import Lpips

DIMENSIONS = 2048
FASTER_BAR = 10.0
SHARE_BAR = 90.0
CLIP_S, FPS, SIDE_PX = 60.0, 25.0, 256
REAL_TIME_BAR = 1.0
MEMORY_BAR_MIB = 1536.0
MEASURED = ("pixels", "pose", "frontal", "expression", "units", "landmarks", "motion", "identity")
"""Evidence of all pixel, geometry and identity metrics that need no published weights."""


def main(bench: Bench) -> None:
    """Time a whole evaluation, a Fréchet distance, LPIPS and CSIM."""
    _whole_clip(bench)
    _frechet(bench)
    for backbone in ("alex", "vgg"):
        _lpips(bench, backbone)
    _csim(bench)


def _whole_clip(bench: Bench) -> None:
    """`vultus evaluate` on a clip of a face, in a process of its own: start, decoding and all."""
    driving = SHARED / "media" / "driving" / "v2_30fps_aac_34s.mp4"
    if not driving.is_file():
        raise AbsentError("no clip of a face beside the checkout")
    duration_s = 4.0 if bench.quick else CLIP_S
    names = ",".join(info.name for info in _measured_infos())
    with tempfile.TemporaryDirectory() as name:
        made, meant = Path(name) / "made.mp4", Path(name) / "meant.mp4"
        _write_pair(driving, made, meant, round(duration_s * FPS))
        words = [sys.executable, "-m", "vultus_cli.main", "evaluate", made, "--reference", meant]
        walls_s, peaks_mib = zip(
            *(_run([*map(str, words), "--metrics", names, "--json"]) for _ in range(1 if bench.quick else 3)),
            strict=True,
        )
    count = names.count(",") + 1
    what = f"{duration_s:.0f} s of {SIDE_PX} px, {count} metrics of pixels, faces and identity"
    bench.record(
        "metrics.evaluate_real_time",
        f"`vultus evaluate` of {what}: seconds of clip in a second",
        [duration_s / wall for wall in walls_s],
        unit="s/s",
        bar=REAL_TIME_BAR,
        threads=2,
    )
    bench.record(
        "metrics.evaluate_memory",
        "Its largest memory",
        list(peaks_mib),
        unit="MiB",
        bar=MEMORY_BAR_MIB,
        threads=2,
    )


def _measured_infos() -> list[MetricInfo]:
    infos = [METRICS[name].info for name in METRICS]
    return [info for info in infos if info.needs in MEASURED and not info.extractor and "self" in info.modes]


def _run(words: list[str]) -> tuple[float, float]:
    """Wall time, s, and peak memory, MiB, of a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(words)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def _write_pair(driving: Path, made: Path, meant: Path, count: int) -> None:
    """The middle of a clip at the side that is measured, back and forth, and the same blurred."""
    with (
        VideoWriter(made, (SIDE_PX, SIDE_PX), FPS) as ours,
        VideoWriter(meant, (SIDE_PX, SIDE_PX), FPS) as theirs,
    ):
        for index, frame in enumerate(_to_and_fro(driving, count)):
            theirs.write(frame, index / FPS)
            ours.write(cv2.GaussianBlur(frame, (0, 0), 1.0), index / FPS)


def _to_and_fro(path: Path, count: int) -> Iterator[np.ndarray]:
    frames = []
    with VideoReader(path) as reader:
        for frame in reader:
            side = min(frame.rgb.shape[:2])
            top, left = ((length - side) // 2 for length in frame.rgb.shape[:2])
            square = frame.rgb[top : top + side, left : left + side]
            frames.append(cv2.resize(square, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA))
            if len(frames) == count:
                break
    period = [*frames, *frames[-2:0:-1]]
    for index in range(count):
        yield period[index % len(period)]


def _frechet(bench: Bench) -> None:
    from scipy.linalg import sqrtm  # noqa: PLC0415

    dimensions = 512 if bench.quick else DIMENSIONS
    rng = np.random.default_rng(bench.seed)
    mix = rng.normal(size=(dimensions, dimensions)) * np.exp(-np.arange(dimensions) / (dimensions / 6))
    sides = [np.maximum(rng.normal(size=(2 * dimensions + k, dimensions)) @ mix, 0) for k in (0, 500)]
    a, b = (moments_of(side) for side in sides)

    def by_root() -> float:
        root = sqrtm(a.covariance @ b.covariance).real
        step = a.mean - b.mean
        return float(step @ step + np.trace(a.covariance) + np.trace(b.covariance) - 2 * np.trace(root))

    ours = bench.time(
        "metrics.frechet",
        f"Fréchet distance from moments, {dimensions} dimensions",
        lambda: frechet_compute(a, b),
        repeats=5,
        warm_up=1,
        unit="s",
    )
    root = bench.time(
        "metrics.frechet_sqrtm",
        f"The same by scipy.linalg.sqrtm, {dimensions} dimensions",
        by_root,
        repeats=3,
        warm_up=1,
        unit="s",
    )
    bench.record(
        "metrics.frechet_faster",
        "How many times quicker than sqrtm",
        [root.median / ours.median],
        unit="times",
        bar=FASTER_BAR,
        more_is_better=True,
    )
    expected = by_root()
    bench.record(
        "metrics.frechet_error",
        "Relative difference from sqrtm",
        [abs(frechet_compute(a, b) - expected) / expected],
        unit="1",
        bar=1e-6,
        more_is_better=False,
    )


def _lpips(bench: Bench, backbone: str) -> None:
    torch.manual_seed(bench.seed)
    network = Lpips(backbone).eval().requires_grad_(requires_grad=False)
    size = 64 if bench.quick else 256
    rng = np.random.default_rng(bench.seed)
    count = BATCH if backbone == "alex" else 4  # VGG takes some thirty times as long
    frames = [rng.integers(0, 256, (count, size, size, 3), dtype=np.uint8) for _ in range(2)]
    pictures = torch.rand(2 * count, 3, size, size)

    @torch.inference_mode()
    def alone() -> None:
        network.backbone(pictures)

    _share(
        bench,
        f"lpips_{backbone}",
        f"LPIPS, {backbone}, {size} px",
        count,
        alone,
        lambda: lpips_update(network, *frames),
    )


def _csim(bench: Bench) -> None:
    torch.manual_seed(bench.seed)
    network = IrSe50().eval().requires_grad_(requires_grad=False)
    count = 4 if bench.quick else 16
    rng = np.random.default_rng(bench.seed)
    frames = list(rng.integers(0, 256, (count, 256, 256, 3), dtype=np.uint8))
    landmarks = np.zeros((count, 68, 2))
    landmarks[:, 36:42], landmarks[:, 42:48] = ARCFACE_POINTS_PX[0], ARCFACE_POINTS_PX[1]
    landmarks[:, [30, 48, 54]] = ARCFACE_POINTS_PX[2:]
    landmarks = 1.4 * landmarks + 50
    crops = torch.rand(count, 3, 112, 112)

    @torch.inference_mode()
    def alone() -> None:
        network(crops)

    what = "ArcFace embeddings of faces in 256 px frames"
    _share(bench, "csim_arcface", what, count, alone, lambda: face_embeddings(network, frames, landmarks))


def _share(
    bench: Bench, name: str, what: str, count: int, alone: Callable[[], object], metric: Callable[[], object]
) -> None:
    """Time the network alone and the whole metric in turn, so that a machine that slows down slows both."""
    repeats, warm_up = (2, 1) if bench.quick else (7, 1)
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_up + repeats):
        for run, kept in zip((alone, metric), rates, strict=True):
            start = time.perf_counter()
            run()
            if turn >= warm_up:
                kept.append(count / (time.perf_counter() - start))
    bench.record(f"metrics.{name}_network", f"The network of {what}, alone", rates[0], unit="pairs/s")
    bench.record(f"metrics.{name}", what, rates[1], unit="pairs/s")
    shares = [100 * whole / own for own, whole in zip(*rates, strict=True)]
    bench.record(
        f"metrics.{name}_share",
        f"Share of the network's own rate that {what} reach",
        [statistics.median(shares)],
        unit="%",
        bar=SHARE_BAR,
        more_is_better=True,
    )
