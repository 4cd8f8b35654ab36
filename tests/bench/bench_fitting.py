"""Algorithm 1 and what goes with it, on the built-in head's 468 landmarks."""

import torch
from fit_noise import draw_scene
from harness import Bench

from vultus.face.fitting import TRACKING, FitConfig, Fitter
from vultus.face.models import load_morphable
from vultus.face.rotations import matrix_from_axis_angle

BAR_MS = 1.0
FRAMES = 64


def main(bench: Bench) -> None:
    """Time the solvers, one skinned head and many rotations."""
    model = load_morphable()
    scene = draw_scene(model, FRAMES, bench.seed)
    for name, config in (
        ("pseudo_inverse", FitConfig()),
        ("ridge", TRACKING),
        ("bounded", FitConfig(solver="bounded")),
    ):
        fitter = Fitter(model, "mediapipe468", config)
        bench.time(
            f"fitting.{name}",
            f"Fit a frame of {FRAMES}, {fitter.landmark_count} points, {name.replace('_', '-')}",
            lambda fitter=fitter: fitter.fit(scene.points),
            repeats=3 if name == "bounded" else 30,
            per=FRAMES,
            bar=None if name == "bounded" else BAR_MS,
        )
    identity, expression = scene.identity.float(), scene.expression.float()
    joints = {name: torch.full((FRAMES, 3), 0.1) for name in ("jaw", "eye_left", "eye_right")}
    bench.time(
        "fitting.pose",
        f"Pose the head with jaw and eyes turned, a frame of {FRAMES}, {len(model.mean):,} vertices",
        lambda: model.pose(identity, expression, joints),
        per=FRAMES,
    )
    vectors = torch.randn(10_000, 3)
    bench.time(
        "fitting.rotations",
        "Turn 10,000 axis-angle vectors to matrices",
        lambda: matrix_from_axis_angle(vectors),
    )
