"""Acceptance of the world's pictures: faces are found, poses are recovered, sheets to look at.

    python tests/e2e/world.py --people 200 --out build/world

writes `world.json` and three sheets into the folder, prints the figures and ends with 1 where
one misses its bar.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from vultus.data.track import Track
from vultus.face.detectors import DETECTORS
from vultus.face.fitting import FitConfig, Fitter
from vultus.face.head_solver import HeadSolver
from vultus.face.landmarks import interocular_distance
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import angles_from_matrix, axis_angle_from_matrix, matrix_from_angles
from vultus.world.clips import WorldClip
from vultus.world.rendering.sheets import mouths_sheet, people_sheet, views_sheet
from vultus.world.specs import ClipSpec

WIDEST_DEG = 35.0
FOUND, POSE_DEG = 0.98, 3.0
POSES = 3


def main() -> int:
    """Measure, draw, print; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="seed of the first person")
    parser.add_argument("--size", type=int, default=256, help="side of the pictures, px")
    parser.add_argument("--out", type=Path, help="folder for figures and sheets; no sheets without it")
    asked = parser.parse_args()
    figures = measure(range(asked.first, asked.first + asked.people), asked.size, asked.out)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    if asked.out:
        (asked.out / "world.json").write_text(json.dumps(figures, indent=2) + "\n")
        draw_sheets(asked.out)
    return 0 if figures["met"] else 1


def measure(seeds: range, side_px: int, out: Path | None) -> dict:
    """Share of faces found and errors of the fitted pose, over random people in random poses."""
    detector = DETECTORS["mediapipe"](video=False, face_count=1)
    rows: dict[str, list[list[float]]] = {}
    missed, distances = [], []
    fits = fits_of(load_morphable("builtin"))
    for seed in seeds:
        clip, track = posed_clip(seed, side_px)
        for index, frame in enumerate(clip.renderer.render(track)):
            faces = detector.detect(frame.rgb)
            if not faces:
                missed.append(f"{seed}.{index}")
                if out:
                    out.mkdir(parents=True, exist_ok=True)
                    Image.fromarray(frame.rgb).save(out / f"missed-{seed}-{index}.png")
                continue
            points = torch.from_numpy(faces[0].points_image)[None]
            distances.append(landmark_error(points[0], torch.from_numpy(frame.points_image)))
            true = angles_from_matrix(track.camera.rotation[index : index + 1].double())[0]
            exact = torch.from_numpy(frame.points_image)[None].double()
            for name, fit in fits.items():
                given = exact if name == "exact" else points
                found = angles_from_matrix(fit(given, clip.body.identity[None]))[0]
                rows.setdefault(name, []).append(torch.rad2deg(found - true).tolist())
    count = len(seeds) * POSES
    poses = {name: summary(np.array(errors)) for name, errors in rows.items()}
    found = 1 - len(missed) / count
    return {
        "frames": count,
        "side_px": side_px,
        "found": found,
        "missed": missed,
        "pose_error_deg": poses,
        "pose_error_over_angles_deg": float(np.mean(poses["known person"]["mean"])),
        "landmark_error": {"mean": float(np.mean(distances)), "median": float(np.median(distances))},
        "met": found >= FOUND and max(poses["known person"]["mean"] + poses["exact"]["mean"]) < POSE_DEG,
    }


def fits_of(model: MorphableModel) -> dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]:
    """Rotations of points (1, l, 3), by how they are found; all but "exact" are for the detector's points.

    "algorithm 1" knows the model, "known person" its shape as well, "solver" is what tracks are made with.
    """
    paper, solver = Fitter(model, config=FitConfig()), HeadSolver(model)

    def known(points: torch.Tensor, identity: torch.Tensor) -> torch.Tensor:
        return paper.fit_expression(points, identity.double()).camera.rotation

    return {
        "algorithm 1": lambda points, _: paper.fit(points).camera.rotation,
        "known person": known,
        "exact": known,
        "solver": lambda points, _: torch.from_numpy(solver.fit(points[0].numpy()).rotation)[None],
    }


def posed_clip(seed: int, side_px: int) -> tuple[WorldClip, Track]:
    """A person's first frames, turned at random."""
    clip = WorldClip(ClipSpec(person_seed=seed, duration_s=1.0, size_px=(side_px, side_px)))
    rng = np.random.default_rng(seed)
    turns = np.stack(
        [
            rng.uniform(-WIDEST_DEG, WIDEST_DEG, POSES),
            rng.normal(0, 8, POSES).clip(-18, 18),
            rng.normal(0, 7, POSES).clip(-18, 18),
        ],
        -1,
    )
    rotation = matrix_from_angles(torch.deg2rad(torch.from_numpy(turns)))
    chosen = clip.frontal_track[slice(0, POSES * 8, 8)]
    return clip, chosen.replace(rotation_rad=axis_angle_from_matrix(rotation).float())


def landmark_error(found: torch.Tensor, true: torch.Tensor) -> float:
    """Mean distance in the picture over the distance between the outer eye corners."""
    apart = (found[:468, :2] - true[:468, :2]).norm(dim=-1).mean()
    return float(apart / interocular_distance(true[:, :2]))


def summary(errors_deg: np.ndarray) -> dict[str, list[float]]:
    """Mean, median and 95th percentile of the size, and the bias, for yaw, pitch and roll."""
    size = np.abs(errors_deg)
    return {
        "mean": size.mean(0).round(3).tolist(),
        "median": np.median(size, axis=0).round(3).tolist(),
        "p95": np.percentile(size, 95, axis=0).round(3).tolist(),
        "bias": errors_deg.mean(0).round(3).tolist(),
    }


def draw_sheets(out: Path) -> None:
    """The three sheets of the documentation."""
    sheets = {"world-people": people_sheet, "world-mouths": mouths_sheet, "world-views": views_sheet}
    for name, draw in sheets.items():
        Image.fromarray(draw()).save(out / f"{name}.jpg", quality=82)


if __name__ == "__main__":
    sys.exit(main())
