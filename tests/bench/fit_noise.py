"""How fits degrade with noise: `python tests/bench/fit_noise.py` draws the curve of the docs."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import torch
from matplotlib.figure import Figure
from torch import Tensor

from vultus.face.cameras import Camera
from vultus.face.fitting import TRACKING, FitConfig, Fitter
from vultus.face.landmarks import interocular_distance
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles

OUT = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "fit-noise.png"
NOISE_PERCENT = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
FRAMES = 24
CONFIGS = {
    "Algorithm 1 (pseudo-inverse)": FitConfig(),
    "bounded": FitConfig(solver="bounded"),
    "pseudo-inverse, refined": FitConfig(camera_from="fitted", refinements=8),
    "ridge, refined (tracking)": TRACKING,
}
STYLES = dict(zip(CONFIGS, ("o-", "x--", "s-", "^-"), strict=True))


@dataclass(frozen=True)
class Scene:
    """Heads with known parameters."""

    identity: Tensor
    """(b, i)."""
    expression: Tensor
    """(b, e)."""
    camera: Camera
    points: Tensor
    """(b, 468, 3), image frame, px."""


def draw_scene(model: MorphableModel, count: int, seed: int = 0) -> Scene:
    """Plausible heads, turned up to about 40 degrees, some 100 px between the eyes."""
    rng = torch.Generator().manual_seed(seed)
    identity = torch.randn(count, model.identity_count, generator=rng, dtype=torch.float64)
    expression = 0.4 * torch.rand(count, model.expression_count, generator=rng, dtype=torch.float64)
    rotation = matrix_from_angles(0.3 * torch.randn(count, 3, generator=rng, dtype=torch.float64))
    scale = torch.full((count,), 1.1 * model.unit_mm, dtype=torch.float64)
    camera = Camera(scale, rotation, torch.full((count, 2), 256.0, dtype=torch.float64))
    on_head = model.landmarks["mediapipe468"].on(model.shape(identity, expression), model.faces)
    return Scene(identity, expression, camera, camera.project(on_head))


def measure(model: MorphableModel, config: FitConfig) -> tuple[list[float], list[float]]:
    """Landmark error (% of the inter-ocular distance) and turn (degrees) at each noise."""
    scene = draw_scene(model, FRAMES)
    size = interocular_distance(scene.points)[:, None, None]
    noise = torch.randn(scene.points.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    fitter = Fitter(model, "mediapipe468", config)
    errors, turns = [], []
    for percent in NOISE_PERCENT:
        fit = fitter.fit(scene.points + percent / 100 * size * noise)
        shape = model.shape(fit.identity, fit.expression)
        seen = fit.camera.project(model.landmarks["mediapipe468"].on(shape, model.faces))
        errors.append(100 * float(((seen - scene.points)[..., :2].norm(dim=-1) / size[..., 0]).mean()))
        rest = axis_angle_from_matrix(fit.camera.rotation @ scene.camera.rotation.mT)
        turns.append(float(rest.norm(dim=-1).rad2deg().mean()))
    return errors, turns


def draw(path: Path) -> None:
    """Measure every way of solving and write the picture."""
    mpl.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})
    figure = Figure(figsize=(7.2, 3.2), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    model = load_morphable()
    for name, config in CONFIGS.items():
        errors, turns = measure(model, config)
        style = STYLES[name]
        left.plot(NOISE_PERCENT, errors, style, markersize=4, label=name)
        right.plot(NOISE_PERCENT, turns, style, markersize=4, label=name)
    left.plot(
        NOISE_PERCENT, [percent * (torch.pi / 2) ** 0.5 for percent in NOISE_PERCENT], ":", color="grey"
    )
    left.annotate("the noise itself", (5.0, 6.4), rotation=38, color="grey", ha="center", va="bottom")
    left.set_ylabel("error of fitted landmarks, %")
    right.set_ylabel("error of head rotation, degrees")
    for axes in (left, right):
        axes.set_xlabel("noise of each coordinate, % of inter-ocular distance")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.25)
    right.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    draw(parser.parse_args().out)
