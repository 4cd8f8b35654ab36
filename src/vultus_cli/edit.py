"""`vultus edit`: turn the head of a portrait or change its expression."""

import io
import math
from pathlib import Path

import click
import numpy as np
from PIL import Image

from vultus.data.media import write_picture
from vultus_cli.fit import face_choice
from vultus_cli.inputs import FILE, check_output, picture_bytes
from vultus_cli.output import answer
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import AvatarSpec, FitOptions, PoseEdit

ANGLE = click.FloatRange(-180, 180, min_open=True, max_open=True)
"""Degrees."""


@click.command("edit")
@click.argument("source", metavar="SOURCE", type=FILE)
@click.option("--yaw", default=0.0, type=ANGLE, help="Degrees added; > 0 turns the nose to the image's left.")
@click.option("--pitch", default=0.0, type=ANGLE, help="Degrees added; > 0 lowers the chin.")
@click.option("--roll", default=0.0, type=ANGLE, help="Degrees added; > 0 raises the subject's left eye.")
@click.option(
    "--expression",
    "expressions",
    metavar="NAME=VALUE",
    multiple=True,
    help="For instance jawOpen=0.4; repeatable.",
)
@click.option("--frontal", is_flag=True, help="Turn the head to the camera first.")
@click.option(
    "--gaze", metavar="YAW,PITCH", help="Degrees that the eyes turn; > 0 to the image's left, and down."
)
@click.option(
    "--shape",
    "shapes",
    metavar="INDEX=VALUE",
    multiple=True,
    help="Added to a coefficient of identity, standard deviations; repeatable. The warp keeps the shape.",
)
@click.option("--method", default="warp", show_default=True, help="Name of the method.")
@click.option(
    "--paste-back/--crop", default=True, show_default=True, help="Whole picture, or a square around the head."
)
@click.option(
    "--size",
    "side_px",
    default=512,
    show_default=True,
    type=click.IntRange(64, 2048),
    help="Side of the square with --crop, px.",
)
@click.option(
    "--face", default="largest", show_default=True, help="Which face: largest, or 0, 1, … from the left."
)
@click.option(
    "--out", "out_path", type=FILE, default=Path("out.png"), show_default=True, help="Picture to write."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    source: Path,
    yaw: float,
    pitch: float,
    roll: float,
    expressions: tuple[str, ...],
    frontal: bool,
    gaze: str | None,
    shapes: tuple[str, ...],
    method: str,
    paste_back: bool,
    side_px: int,
    face: str,
    out_path: Path,
    as_json: bool,
) -> None:
    """Turn the head in SOURCE by angles and set expressions by their ARKit names, 0 to 1."""
    check_output(out_path, (".png", ".jpg", ".jpeg"), (source,))
    edit = PoseEdit(
        math.radians(yaw),
        math.radians(pitch),
        math.radians(roll),
        dict(_named_value("--expression", text) for text in expressions),
        frontal,
        *_angles(gaze),
        {_index(name): value for name, value in (_named_value("--shape", text) for text in shapes)},
    )
    with Rooms() as rooms:
        picture = picture_bytes(source)
        portrait, _ = rooms.fitting.fit_image(picture, FitOptions(face=face_choice(face)))
        rendered = rooms.generation.render_image(
            AvatarSpec(picture, portrait, method, side_px, paste_back), edit
        )
    with Image.open(io.BytesIO(rendered.png)) as image:
        rgb = np.asarray(image.convert("RGB"))
    write_picture(out_path, rgb)
    answer(
        {"output": str(out_path), "method": method, "width": rgb.shape[1], "height": rgb.shape[0]},
        as_json=as_json,
    )


def _named_value(option: str, text: str) -> tuple[str, float]:
    name, separator, value = text.partition("=")
    try:
        if not separator:
            raise ValueError
        return name, float(value)
    except ValueError:
        example = {"--expression": "NAME=VALUE, for instance jawOpen=0.4"}.get(option, "INDEX=VALUE")
        raise click.UsageError(f"{option} cannot be {text!r}: use {example}") from None


def _angles(text: str | None) -> tuple[float, float]:
    """Yaw and pitch of `--gaze`, rad."""
    try:
        yaw, pitch = map(float, (text or "0,0").split(","))
    except ValueError:
        raise click.UsageError(f"--gaze cannot be {text!r}: use YAW,PITCH, for instance 15,0") from None
    return math.radians(yaw), math.radians(pitch)


def _index(text: str) -> int:
    if not text.isdecimal():
        raise click.UsageError(f"--shape has no coefficient {text!r}: use a number from 0 on")
    return int(text)
