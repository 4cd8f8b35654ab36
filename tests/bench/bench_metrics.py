"""Distances between sets from features, and perceptual and identity metrics against their own networks."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from harness import Bench

from vultus.metrics.alignment import ARCFACE_POINTS_PX
from vultus.metrics.features import face_embeddings
from vultus.metrics.frechet import frechet_compute
from vultus.metrics.moments import moments_of
from vultus.metrics.perceptual import BATCH, lpips_update
from vultus.nets.irse import IrSe50
from vultus.nets.lpips import Lpips

DIMENSIONS = 2048
FASTER_BAR = 10.0
SHARE_BAR = 90.0


def main(bench: Bench) -> None:
    """Time a Fréchet distance, LPIPS and CSIM."""
    _frechet(bench)
    for backbone in ("alex", "vgg"):
        _lpips(bench, backbone)
    _csim(bench)


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
