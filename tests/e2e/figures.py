"""Measure what the spine has to reach, through the `vultus` command alone, on the media beside the checkout.

    .venv/bin/python tests/e2e/figures.py                     # everything; takes most of an hour
    .venv/bin/python tests/e2e/figures.py --parts fits,drives --portraits p1 --clips v1,v5 --frames 60

Prints one line for each measurement and writes all of them as JSON. Exit status 1 if any bar is missed.

Parts: `fits` (landmark error and head pose of portraits and driving frames), `drives` (every clip drives
every portrait), `selves` (a picture, and a clip's first frame, driven by themselves), `hostile` (files with
one thing wrong).
"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from clips import probe, rgb_frames, write_clip
from workplace import Figures, Run, Workplace, rooms, say

from vultus.data.media import read_picture, write_picture
from vultus.data.track import Track
from vultus.face.identity import IdentityEmbedder
from vultus.face.rotations import angles_from_matrix

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("fits", "drives", "selves", "hostile")
ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")
REFUSED = (
    *("text_named.png", "empty.png", "empty.mp4", "empty.wav", "truncated_no_index.mp4", "audio_only.mp4"),
    *("bomb_claims_60000x60000.png", "bomb_valid_12000x12000_1bit.png", "zero_length.wav"),
    *("no_face_texture.jpg", "one_pixel.png"),
)
"""Hostile files for which no sensible result exists."""
PICTURES = (".png", ".jpg", ".webp", ".gif")


def measure_fits(place: Workplace, figures: Figures) -> None:
    """Landmark error and head pose against the reference's."""
    differences: list[float] = []
    for path in [*place.portraits, *place.clips]:
        track_path = place.folder / "fit.npz"
        run = place.run("fit", path, "--out", track_path, "--json")
        if run.code:
            figures.add("fits", path.name, [f"exit {run.code}"], told=_last_line(run.stderr))
            continue
        errors = pose_errors(Track.load(track_path), place.reference, path)
        differences += [row["mean"] for row in errors]
        still = path in place.portraits
        misses = ["pose"] * any(row["bad"] for row in errors)
        if still and run.values["landmark_error_interocular"] > 0.04:
            misses.append("landmarks")
        figures.add(
            "fits",
            path.name,
            misses,
            landmark_error=run.values["landmark_error_interocular"],
            valid=f"{run.values['valid_frames']}/{run.values['frames']}",
            pose_mean_deg=float(np.mean([row["mean"] for row in errors])),
            pose_worst_deg=max(row["worst"] for row in errors),
            bad=[row["bad"] for row in errors if row["bad"]],
            seconds=run.seconds,
        )
    if differences:
        mean = float(np.mean(differences))
        figures.add(
            "fits", f"all {len(differences)} pictures and frames", ["mean"] * (mean > 6), pose_mean_deg=mean
        )


def pose_errors(track: Track, reference: dict, path: Path) -> list[dict]:
    """Difference of head angles from the reference's in each picture or frame that it lists."""
    angles = angles_deg(track)
    rows = []
    for item in reference["items"]:
        if Path(item["file"]).name != path.name or not item["tddfa"]:
            continue
        k = item["frame"] or 0
        x, y = track.translation_px[k].tolist()
        face = min(item["tddfa"], key=lambda f: math.dist((x, y), _middle(f["box"])))
        expected = np.array([face[name] for name in ANGLES])
        error = np.abs(angles[k] - expected)
        flipped = (np.sign(angles[k]) != np.sign(expected)) & (np.abs(expected) > 10)
        bad = [
            f"frame {k} {ANGLES[a][:-4]} {angles[k][a]:.1f} not {expected[a]:.1f}"
            for a in np.flatnonzero((error > 15) | flipped)
        ]
        rows.append({"mean": float(error.mean()), "worst": float(error.max()), "bad": "; ".join(bad)})
    return rows


def measure_drives(place: Workplace, figures: Figures) -> None:
    """Every clip drives every portrait."""
    for portrait in place.portraits:
        source = place.embedder.embed(read_picture(portrait).rgb)
        for clip in map(place.driver, place.clips):
            measure_drive(place, figures, portrait, clip, source)


def measure_drive(
    place: Workplace, figures: Figures, portrait: Path, clip: Path, source: np.ndarray | None
) -> None:
    subject = f"{portrait.stem} <- {clip.stem}"
    made, asked, found = (place.folder / name for name in ("drive.mp4", "asked.npz", "found.npz"))
    run = place.animate(portrait, clip, "--out", made, "--save-track", asked)
    again = place.run("fit", made, "--out", found, "--json") if not run.code else run
    if again.code:
        figures.add("drives", subject, [f"exit {again.code}"], told=_last_line(again.stderr))
        return
    driver, output = probe(clip), probe(made)
    misses = [
        name
        for name, held in {
            "frames": driver["frames"] == output["frames"] == run.values["frames"],
            "fps": abs(driver["fps"] - output["fps"]) < 0.01 * driver["fps"],
            "duration": abs(driver["duration_s"] - output["duration_s"]) <= 1.5 / driver["fps"],
            "audio": driver["audio"] == output["audio"],
        }.items()
        if not held
    ]
    followed = correlations(Track.load(asked), Track.load(found))
    distance = identity_distance(place.embedder, source, made)
    misses += [f"{name} correlation" for name, value in followed.items() if not value >= 0.95]
    misses += ["identity"] * (not distance <= 0.40)
    figures.add(
        "drives",
        subject,
        misses,
        frames=f"{output['frames']}/{driver['frames']}",
        fps=output["fps"],
        duration_s=output["duration_s"],
        audio=output["audio"],
        correlation=followed,
        identity=distance,
        faceless=again.values["frames"] - again.values["valid_frames"],
        frames_per_s=run.values["frames_per_s"],
    )


def correlations(asked: Track, found: Track) -> dict[str, float]:
    """Correlation of measured with requested angles, for those that move more than 5 degrees."""
    seen = asked.valid.numpy() & found.valid.numpy()
    wanted, measured = angles_deg(asked)[seen], angles_deg(found)[seen]
    return {
        name[:-4]: float(np.corrcoef(wanted[:, k], measured[:, k])[0, 1])
        for k, name in enumerate(ANGLES)
        if len(wanted) and np.ptp(wanted[:, k]) > 5
    }


def identity_distance(
    embedder: IdentityEmbedder, source: np.ndarray | None, clip: Path, samples: int = 12
) -> float:
    """Mean L2 distance of dlib's embeddings between some frames and the source; NaN without a face."""
    frames = list(rgb_frames(clip))
    some = [frames[k] for k in np.unique(np.linspace(0, len(frames) - 1, samples).round().astype(int))]
    found = [embedder.embed(rgb) for rgb in some]
    if source is None or all(one is None for one in found):
        return math.nan
    return float(np.mean([np.linalg.norm(one - source) for one in found if one is not None]))


def measure_selves(place: Workplace, figures: Figures) -> None:
    """A picture, then the first frame of each clip, driven by themselves."""
    made = place.folder / "self.mp4"
    for portrait in place.portraits:
        picture = read_picture(portrait).rgb
        still = place.folder / "still.mp4"
        write_clip(still, [picture] * 8, 25)
        run = place.animate(portrait, still, "--paste-back", "--out", made)
        judge_self(figures, f"{portrait.stem} <- itself", run, made, [picture] * 8)
    for clip in map(place.driver, place.clips):
        frames = list(rgb_frames(clip))
        first = place.folder / "first.png"
        write_picture(first, frames[0])
        run = place.animate(first, clip, "--paste-back", "--out", made)
        judge_self(figures, f"first frame of {clip.stem} <- {clip.stem}", run, made, frames)


def judge_self(figures: Figures, subject: str, run: Run, made: Path, expected: list[np.ndarray]) -> None:
    """PSNR pooled over frames, on 0..255, and that of the first frame, where nothing has moved yet."""
    if run.code:
        figures.add("selves", subject, [f"exit {run.code}"], told=_last_line(run.stderr))
        return
    height, width = expected[0].shape[:2]
    errors = [
        float(np.mean((got[:height, :width].astype(float) - want) ** 2))
        for got, want in zip(rgb_frames(made), expected, strict=True)
    ]
    pooled, first = (
        20 * math.log10(255) - 10 * math.log10(max(error, 1e-9)) for error in (np.mean(errors), errors[0])
    )
    figures.add(
        "selves", subject, ["PSNR"] * (pooled < 30), psnr_db=pooled, first_frame_db=first, frames=len(errors)
    )


def measure_hostile(place: Workplace, figures: Figures) -> None:
    """Every hostile file as a portrait or as a driver."""
    good = place.media / "hostile" / "base_rgb.png"
    still = place.folder / "driver.mp4"
    write_clip(still, [read_picture(good).rgb] * 4, 25)
    for path in sorted((place.media / "hostile").iterdir()):
        folder = place.folder / "hostile"
        folder.mkdir(exist_ok=True)
        source, driver = (path, still) if path.suffix in PICTURES else (good, path)
        run = place.run(
            "animate",
            source,
            "--driving",
            driver,
            "--out",
            folder / "made.mp4",
            "--json",
            limit_s=60,
            watched=True,
        )
        left = sorted(file.name for file in folder.iterdir())
        for name in left:
            (folder / name).unlink()
        figures.add(
            "hostile",
            path.name,
            judge_hostile(path.name, run, left),
            exit=run.code,
            seconds=run.seconds,
            peak_mib=run.peak_mib,
            frames=run.values.get("frames"),
            invalid=run.values.get("invalid_frames"),
            told=_last_line(run.stderr) if run.code else "",
        )


def judge_hostile(name: str, run: Run, left: list[str]) -> list[str]:
    """What is wrong with how a hostile file was met."""
    errors = [line for line in run.stderr.splitlines() if line.startswith("error:")]
    checks = {
        "exit code": run.code == 2 or (run.code == 0 and name not in REFUSED and not name.endswith(".wav")),
        "traceback": "Traceback" not in run.stderr,
        "not one error line": run.code == 0 or len(errors) == 1,
        "error not in JSON": run.code == 0 or "reason" in run.values.get("error", {}),
        "time": run.seconds <= 20,
        "memory": run.peak_mib <= 2048,
        "output": left == ([] if run.code else ["made.mp4"]),
    }
    return [what for what, held in checks.items() if not held]


def angles_deg(track: Track) -> np.ndarray:
    """(t, 3): yaw, pitch and roll."""
    return np.rad2deg(angles_from_matrix(track.camera.rotation.to(torch.float64)).numpy())


def _middle(box: list[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _strict(value: object) -> object:
    """The same without NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _strict(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_strict(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--portraits", default="", help="beginnings of file names, comma-separated")
    parser.add_argument("--clips", default="", help="beginnings of file names, comma-separated")
    parser.add_argument("--method", default="warp", help="what animates")
    parser.add_argument("--frames", type=int, help="cut clips to so many frames")
    parser.add_argument("--media", type=Path, default=ROOT.parent / "shared" / "media")
    parser.add_argument("--vultus", default=str(Path(sys.executable).parent / "vultus"))
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "figures.json")
    options = parser.parse_args()
    figures = Figures()
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part called {unknown.pop()!r}; known: {', '.join(PARTS)}")
    measures = {
        "fits": measure_fits,
        "drives": measure_drives,
        "selves": measure_selves,
        "hostile": measure_hostile,
    }
    with tempfile.TemporaryDirectory() as folder:
        place = Workplace(options, Path(folder))
        with rooms(place):
            for part in (part for part in parts if part != "hostile"):
                measures[part](place, figures)
        if "hostile" in parts:
            measure_hostile(place, figures)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(_strict(figures.rows), indent=1, allow_nan=False))
    missed = sum(bool(row["misses"]) for row in figures.rows)
    say(f"{len(figures.rows)} measured, {missed} missed; {options.out}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
