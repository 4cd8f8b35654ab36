"""`vultus fit`: a picture or a video becomes a track."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
import torch

from vultus.data.media import VideoReader
from vultus.data.track import Track
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus_cli.inputs import FILE, check_output, is_picture, picture_bytes
from vultus_cli.output import answer, progress
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import FitOptions, FitSummary

SMOOTHINGS = ("none", "one_euro", "gaussian", "moving_average")
MOST_FACE_DIGITS = 4
"""Longer numbers of a face are typing errors, and some do not fit into a message."""


@click.command("fit")
@click.argument("input_path", metavar="INPUT", type=FILE)
@click.option("--morphable", default="builtin", show_default=True, help="Name of the morphable model.")
@click.option(
    "--face", default="largest", show_default=True, help="Which face: largest, or 0, 1, … from the left."
)
@click.option(
    "--smoothing", type=click.Choice(SMOOTHINGS), default="none", show_default=True, help="Over time."
)
@click.option(
    "--out", "out_path", type=FILE, help="Track file to write.  [default: INPUT.track.npz beside you]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    input_path: Path, morphable: str, face: str, smoothing: str, out_path: Path | None, as_json: bool
) -> None:
    """Fit the morphable model to every frame of INPUT, a picture or a video."""
    out = out_path or Path(f"{input_path.stem}.track.npz")
    check_output(out, (".npz",), (input_path,))
    options = FitOptions(morphable=morphable, face=face_choice(face), smoothing=smoothing)  # type: ignore[arg-type]
    with Rooms() as rooms:
        track, summary = fit_file(rooms, input_path, options)
    track.save(out)
    answer({**figures(track, summary), "track": str(out)}, as_json=as_json)


def face_choice(text: str) -> "int | Literal['largest']":
    """The face that `text` names; raises a usage error for anything but "largest" and numbers."""
    if text == "largest":
        return "largest"
    if text.isdecimal() and len(text) <= MOST_FACE_DIGITS:
        return int(text)
    raise click.UsageError(f"--face cannot be {text!r}: use largest, or 0, 1, … from the left")


def fit_file(rooms: Rooms, path: Path, options: FitOptions) -> tuple[Track, FitSummary]:
    """Fit a picture or a video in the fitting room."""
    if is_picture(path):
        return rooms.fitting.fit_image(picture_bytes(path), options)
    with VideoReader(path) as reader:
        fit = FitStream(rooms, reader, options)
        return Track.concatenate(list(fit)), fit.summary


class FitStream:
    """Parts of a video's track as they come, then the summary.

    Args:
        rooms: Where the fitting room is.
        reader: The video.
        options: How to fit.
        shown: Whether to show progress; not where the frames made of the track are shown.
    """

    def __init__(self, rooms: Rooms, reader: VideoReader, options: FitOptions, *, shown: bool = True) -> None:
        self._rooms = rooms
        self._reader = reader
        self._options = options
        self._shown = shown
        self.summary = FitSummary(0, 0)

    def __iter__(self) -> Iterator[Track]:
        """Fit from the first frame."""
        info = self._reader.info
        frames = progress(self._reader, "fitting", info.frame_count) if self._shown else self._reader
        self.summary = yield from self._rooms.fitting.stream_fit(frames, info.fps, self._options)


def figures(track: Track, summary: FitSummary) -> dict[str, object]:
    """What `vultus fit` says of a track; angles are the median over the frames with a face."""
    valid = track[track.valid] if track.valid.any() else track
    angles = angles_from_matrix(matrix_from_axis_angle(valid.rotation_rad.double()))
    yaw, pitch, roll = (math.degrees(float(value)) for value in torch.quantile(angles, 0.5, dim=0))
    return {
        "frames": summary.frame_count,
        "valid_frames": summary.valid_frame_count,
        "faces": summary.face_count,
        "landmark_error_interocular": summary.landmark_error_interocular,
        "yaw_deg": yaw,
        "pitch_deg": pitch,
        "roll_deg": roll,
    }
