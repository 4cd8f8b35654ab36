"""The rasteriser and what is made from it, on a head-like mesh that fills the frame."""

import numpy as np
import torch
from harness import SHARED, Bench

from vultus.render.device import rasterise_vectorised
from vultus.render.fragments import interpolate
from vultus.render.guides import displacement_field
from vultus.render.raster import rasterise
from vultus.render.shading import shaded_preview

SIZE_PX = (256, 256)
BAR_MS = 2.0


def main(bench: Bench) -> None:
    """Time rasterising, interpolation, guides and a preview."""
    points, faces = egg(72)
    what = f"256 px square, {len(faces):,} triangles"
    _rasterise(bench, what, points, faces)
    _on_top(bench, what, points, faces)
    if (SHARED / "ict" / "ict_facekit.npz").is_file():
        points, faces = ict_head()
        bench.time(
            "render.rasterise_ict",
            f"Rasterise the ICT head, 256 px square, {len(faces):,} triangles",
            lambda: rasterise(points, faces, SIZE_PX),
        )


def _rasterise(bench: Bench, what: str, points: torch.Tensor, faces: torch.Tensor) -> None:
    batch = points.repeat(16, 1, 1)
    bench.time(
        "render.rasterise",
        f"Rasterise, {what}",
        lambda: rasterise(points, faces, SIZE_PX),
        repeats=200,
        bar=BAR_MS,
    )
    bench.time(
        "render.rasterise_culled",
        f"Rasterise, {what}, back faces culled",
        lambda: rasterise(points, faces, SIZE_PX, cull_back=True),
        repeats=200,
        bar=BAR_MS,
    )
    bench.time(
        "render.rasterise_batch",
        f"Rasterise a frame of 16, {what}",
        lambda: rasterise(batch, faces, SIZE_PX),
        per=16,
    )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    there, faces_there = batch.to(device), faces.to(device)
    bench.time(
        "render.rasterise_vectorised",
        f"Rasterise a frame of 16 in torch on {device}, {what}",
        lambda: rasterise_vectorised(there, faces_there, SIZE_PX),
        repeats=10,
        per=16,
    )


def _on_top(bench: Bench, what: str, points: torch.Tensor, faces: torch.Tensor) -> None:
    fragments = rasterise(points, faces, SIZE_PX)
    codes = torch.rand(points.shape[1], 16, generator=torch.Generator().manual_seed(bench.seed))
    moved = points + torch.tensor([4.0, -3.0, 0.0])
    bench.time(
        "render.interpolate", f"Interpolate 3 channels, {what}", lambda: interpolate(fragments, faces, points)
    )
    bench.time(
        "render.interpolate_16",
        f"Interpolate 16 channels, {what}",
        lambda: interpolate(fragments, faces, codes),
    )
    bench.time(
        "render.displacement",
        f"Displacement field, {what}",
        lambda: displacement_field(moved, points, faces, SIZE_PX),
    )
    bench.time(
        "render.preview",
        f"Shaded preview, 9 samples a pixel, {what}",
        lambda: shaded_preview(points, faces, SIZE_PX),
        repeats=10,
    )


def egg(rings: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Image-frame points (1, v, 3) and triangles (f, 3) of an egg that fills the frame from top to bottom."""
    polar = torch.linspace(0, torch.pi, rings)[:, None]
    around = (torch.arange(rings) * 2 * torch.pi / rings)[None]
    flat = torch.sin(polar)
    unit = torch.stack([flat * around.sin(), -polar.cos().expand(-1, rings), -flat * around.cos()], -1)
    upper, here = torch.arange(rings - 1)[:, None] * rings, torch.arange(rings)[None]
    beside = (here + 1) % rings
    first = torch.stack([upper + here, upper + rings + here, upper + beside], -1).reshape(-1, 3)
    second = torch.stack([upper + beside, upper + rings + here, upper + rings + beside], -1).reshape(-1, 3)
    points = unit.reshape(1, -1, 3) * torch.tensor([110.0, 128.0, 120.0]) + torch.tensor([128.0, 128.0, 0.0])
    return points, torch.cat([first, second])


def ict_head() -> tuple[torch.Tensor, torch.Tensor]:
    """Image-frame points and triangles of the ICT head, as high as the frame."""
    with np.load(SHARED / "ict" / "ict_facekit.npz", allow_pickle=False) as stored:
        vertices, quads = torch.tensor(stored["vertices"]), torch.tensor(stored["faces"].astype(np.int64))
    second = quads[:, [0, 2, 3]][quads[:, 3] != quads[:, 2]]
    low, high = vertices.amin(0), vertices.amax(0)
    seen = (vertices - (low + high) / 2) * 256 / (high - low)[1] * torch.tensor([1.0, -1.0, -1.0])
    return seen[None] + torch.tensor([128.0, 128.0, 0.0]), torch.cat([quads[:, :3], second])
