"""`vultus demo`: the main job on the embedded default, on a real photograph."""

import io
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from vultus.data.media import VideoReader, write_picture
from vultus.data.sheets import contact_sheet
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.rotations import angles_from_matrix
from vultus.metrics.report import Ingredient, PictureRow, Report, angle_charts, write_html, write_json
from vultus_cli.animate import Motion, animate, built_in, provenance
from vultus_cli.fit import FitStream
from vultus_cli.inputs import FILE, digest
from vultus_cli.output import answer, progress, say
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import AvatarSpec, EvaluationOptions, FitOptions, FitSummary
from vultus_kit.records import Report as Scores

MOTIONS = ("turn", "nod", "talk", "blink", "look-around")
SHEET_FRAMES = 16
SIDE_PX = 512
MOVES_DEG = 5.0
IDENTITY_METRICS = ("identity_distance[dlib]", "csim[dlib]")
LIMITATIONS = (
    "The portrait is skimage.data.astronaut(): Eileen Collins, NASA, public domain. "
    "The animation is synthetic; she never moved so.",
    "Poses are measured by the detector and fit that animation uses; an error that both make is not seen.",
    "One picture does not show all of a head: beyond about 35° hair, ear and background are guesses.",
)


@click.command("demo")
@click.option(
    "--out", "folder", type=FILE, default=Path("out/demo"), show_default=True, help="Folder to write to."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, as_json: bool) -> None:
    """Make a real photograph turn, nod, talk, blink and look around; leave video, sheet and report."""
    started = time.monotonic()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"cannot write to {folder}: it is a file", remedy="give --out another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make {folder}: {error.strerror}", remedy="give --out another folder"
        ) from error
    video = folder / "animation.mp4"
    with Rooms() as rooms:
        made = _make(rooms, video)
        say("measuring what was made ...")
        measured = _measure(rooms, video, made)
    write_picture(folder / "sheet.png", _sheet(video, made.requested))
    values = {
        "video": str(video),
        "elapsed_s": round(time.monotonic() - started, 2),
        **_values(made, measured),
    }
    write_json(folder / "report.json", values)
    write_html(folder / "report.html", _page(video, made, measured, values))
    if as_json:
        answer(values, as_json=True)
    else:
        say(f"done in {time.monotonic() - started:.0f} s; look at")
        for name in ("animation.mp4", "sheet.png", "report.html", "report.json"):
            print(folder / name)


@dataclass(frozen=True)
class Made:
    """What was made."""

    portrait: bytes
    """The photograph, PNG."""
    requested: Track
    """What each frame was asked to show."""
    seconds: float
    """How long rendering and writing took, s."""


@dataclass(frozen=True)
class Measured:
    """What was found in the video."""

    track: Track
    """Fit of every frame."""
    summary: FitSummary
    """Figures of the fit."""
    scores: Scores
    """Likeness to the photograph."""


def _make(rooms: Rooms, video: Path) -> Made:
    from skimage.data import astronaut  # noqa: PLC0415 - half a second

    file = io.BytesIO()
    Image.fromarray(astronaut()).save(file, "png")
    picture = file.getvalue()
    portrait, _ = rooms.fitting.fit_image(picture, FitOptions())
    spec = AvatarSpec(picture, portrait, side_px=SIDE_PX)
    avatar = rooms.generation.create_avatar(spec)
    track = _in_turn([built_in(name, portrait) for name in MOTIONS])
    motion = Motion([track], "none", track.fps, len(track), None, "built-in motions " + ", ".join(MOTIONS))
    started = time.monotonic()
    metadata = provenance("skimage.data.astronaut()", spec, motion)
    animation = animate(rooms, avatar, motion, video, metadata)
    return Made(picture, animation.requested, time.monotonic() - started)


def _in_turn(motions: list[Motion]) -> Track:
    """One track of motions that follow each other."""
    track = Track.concatenate([part for motion in motions for part in motion.parts])
    return track.replace(time_s=torch.arange(len(track), dtype=torch.float64) / track.fps)


def _measure(rooms: Rooms, video: Path, made: Made) -> Measured:
    with VideoReader(video) as reader:
        fit = FitStream(rooms, reader, FitOptions())
        track = Track.concatenate(list(fit))
    options = EvaluationOptions(IDENTITY_METRICS, "cross", made.portrait)
    with VideoReader(video) as reader:
        pairs = ((frame, frame) for frame in reader)
        scores = rooms.metrics.stream_evaluate(progress(pairs, "comparing", len(track)), options)
    return Measured(track, fit.summary, scores)


def _values(made: Made, measured: Measured) -> dict[str, object]:
    wanted, found = _angles_deg(made.requested), _angles_deg(measured.track)
    followed = {
        name: float(np.corrcoef(wanted[:, k], found[:, k])[0, 1])
        for k, name in enumerate(("yaw", "pitch", "roll"))
        if np.ptp(wanted[:, k]) > MOVES_DEG
    }
    return {
        "method": "warp",
        "fps": made.requested.fps,
        "rendered_frames_per_s": round(len(made.requested) / made.seconds, 2),
        "frames_without_face": measured.summary.frame_count - measured.summary.valid_frame_count,
        "pose_correlation": followed,
        "pose_error_deg": float(np.abs(wanted - found).mean()),
        **measured.scores.to_json(),
    }


def _page(video: Path, made: Made, measured: Measured, values: dict[str, object]) -> Report:
    wanted, found = _angles_deg(made.requested), _angles_deg(measured.track)
    found[~measured.track.valid.numpy()] = math.nan
    correlations: dict[str, float] = values["pose_correlation"]  # type: ignore[assignment]
    return Report(
        title="Vultus demo: one photograph, animated",
        summary="A real photograph, animated by the method warp with built-in motions; no weights are used.",
        ingredients=(
            Ingredient("portrait", "skimage.data.astronaut()", remark="NASA, public domain, 512 x 512 px"),
            Ingredient(
                "motion",
                ", ".join(MOTIONS),
                remark=f"{len(made.requested)} frames, {made.requested.fps:g} Hz",
            ),
            Ingredient("result", video.name, digest(video), "synthetic media"),
        ),
        metrics=values["metrics"],  # type: ignore[arg-type]
        facts={
            "Frames without a face": str(values["frames_without_face"]),
            "Rendered and written": f"{values['rendered_frames_per_s']} frames/s",
            "Mean head-angle error": f"{values['pose_error_deg']:.2f} deg",
            "Pose follows the request": ", ".join(f"{k} r = {v:.3f}" for k, v in correlations.items()),
        },
        charts=angle_charts(wanted, found, made.requested.fps),
        pictures=[PictureRow("The photograph and frames of the animation", _chosen(video, made))],
        limitations=LIMITATIONS,
    )


def _chosen(video: Path, made: Made) -> dict[str, UInt8[np.ndarray, "_ _ 3"]]:
    yaw, pitch, _ = _angles_deg(made.requested).T
    indices = {"left": yaw.argmax(), "right": yaw.argmin(), "down": pitch.argmax(), "up": pitch.argmin()}
    shown = dict(_frames(video, sorted(indices.values())))
    with Image.open(io.BytesIO(made.portrait)) as image:
        pictures = {"photograph": np.asarray(image.convert("RGB"))}
    return pictures | {name: shown[int(index)] for name, index in indices.items()}


def _sheet(video: Path, requested: Track) -> UInt8[np.ndarray, "h w 3"]:
    indices = np.linspace(0, len(requested) - 1, SHEET_FRAMES).round().astype(int)
    angles = _angles_deg(requested)
    shown = dict(_frames(video, indices.tolist()))
    captions = [f"yaw {angles[k, 0]:+.0f}° pitch {angles[k, 1]:+.0f}°" for k in shown]
    small = [
        np.asarray(Image.fromarray(rgb).resize((320, 320), Image.Resampling.LANCZOS))
        for rgb in shown.values()
    ]
    return contact_sheet(small, 4, captions)


def _frames(video: Path, indices: list[int]) -> Iterator[tuple[int, UInt8[np.ndarray, "_ _ 3"]]]:
    wanted = set(indices)
    with VideoReader(video) as reader:
        for frame in reader:
            if frame.index in wanted:
                yield frame.index, frame.rgb


def _angles_deg(track: Track) -> Float[np.ndarray, "t 3"]:
    return np.degrees(angles_from_matrix(track.camera.rotation.double()).numpy())
