"""`vultus animate`: a portrait moves as a video, a track or a built-in motion does."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from vultus.data.media import VideoReader, VideoWriter, synthetic_note
from vultus.data.track import Track
from vultus.errors import InputError
from vultus_cli.fit import SMOOTHINGS, FitStream, face_choice
from vultus_cli.inputs import FILE, check_output, digest, picture_bytes, sound_of
from vultus_cli.output import answer, progress
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import AvatarInfo, AvatarSpec, FitOptions, Mode

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov")
DEFAULT_SIDE_PX = 512


@dataclass(frozen=True)
class Motion:
    """What drives a portrait."""

    parts: Iterable[Track]
    """Its track, part by part."""
    mode: Mode
    """How it reaches the portrait."""
    fps: float
    """Nominal frame rate, Hz."""
    frame_count: int | None
    """Where known."""
    audio_from: Path | None = None
    """File whose sound is carried over, and heard by methods that hear."""
    ingredient: str = ""
    """What the motion was taken from: name and digest."""


@click.command("animate")
@click.argument("source", metavar="SOURCE", type=FILE)
@click.option("--driving", metavar="VIDEO", type=FILE, help="Video whose motion and sound are taken.")
@click.option("--track", "track_path", metavar="TRACK.npz", type=FILE, help="Track from `vultus fit`.")
@click.option("--motion", metavar="NAME", help="Built-in: turn, nod, talk, blink or look-around.")
@click.option("--method", default="warp", show_default=True, help="Name of the method.")
@click.option(
    "--relative/--absolute",
    default=True,
    show_default=True,
    help="Add the driver's change, or copy its pose.",
)
@click.option("--paste-back", is_flag=True, help="Write the whole picture, the head changed in place.")
@click.option(
    "--size",
    "side_px",
    default=DEFAULT_SIDE_PX,
    show_default=True,
    type=click.IntRange(64, 2048),
    help="Side of the square frame, px; not with --paste-back.",
)
@click.option(
    "--face", default="largest", show_default=True, help="Which face of SOURCE: largest, or 0, 1, …."
)
@click.option("--driving-face", default="largest", show_default=True, help="Which face of VIDEO.")
@click.option(
    "--smoothing",
    type=click.Choice(SMOOTHINGS),
    default="gaussian",
    show_default=True,
    help="Of VIDEO's track.",
)
@click.option(
    "--out", "out_path", type=FILE, default=Path("out.mp4"), show_default=True, help="Video to write."
)
@click.option("--save-track", type=FILE, help="Also write the track that was requested of the method.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    source: Path,
    driving: Path | None,
    track_path: Path | None,
    motion: str | None,
    method: str,
    relative: bool,
    paste_back: bool,
    side_px: int,
    face: str,
    driving_face: str,
    smoothing: str,
    out_path: Path,
    save_track: Path | None,
    as_json: bool,
) -> None:
    """Make the person in SOURCE, a picture, move as the driver does."""
    if sum(given is not None for given in (driving, track_path, motion)) != 1:
        raise click.UsageError("give one of --driving VIDEO, --track TRACK.npz and --motion NAME")
    check_output(out_path, VIDEO_SUFFIXES, (source, driving, track_path))
    if save_track:
        check_output(save_track, (".npz",), (source, driving, track_path))
    started = time.monotonic()
    with ExitStack() as stack:
        rooms = stack.enter_context(Rooms())
        reader = stack.enter_context(VideoReader(driving)) if driving else None
        picture = picture_bytes(source)
        portrait, _ = rooms.fitting.fit_image(picture, FitOptions(face=face_choice(face)))
        spec = AvatarSpec(picture, portrait, method, side_px, paste_back)
        mode: Mode = "relative" if relative else "absolute"
        if reader is not None:
            options = FitOptions(face=face_choice(driving_face), smoothing=smoothing)  # type: ignore[arg-type]
            drive = driven(rooms, reader, driving, options, mode)
        elif track_path is not None:
            drive = tracked(track_path, mode)
        else:
            drive = built_in(str(motion), portrait)
        result = animate(
            rooms,
            rooms.generation.create_avatar(spec),
            drive,
            out_path,
            provenance(ingredient(source), spec, drive),
        )
    if save_track:
        result.requested.save(save_track)
    elapsed_s = time.monotonic() - started
    answer(
        {
            "output": str(out_path),
            "method": method,
            "frames": len(result.requested),
            "fps": drive.fps,
            "duration_s": result.duration_s,
            "audio": result.audio,
            "invalid_frames": int((~result.requested.valid).sum()),
            "elapsed_s": round(elapsed_s, 3),
            "frames_per_s": round(len(result.requested) / elapsed_s, 2),
        },
        as_json=as_json,
    )


@dataclass(frozen=True)
class Animation:
    """What was written."""

    requested: Track
    """What each frame was asked to show."""
    duration_s: float
    """Length, s."""
    audio: bool
    """Whether it has sound."""


def animate(
    rooms: Rooms, avatar: AvatarInfo, motion: Motion, out_path: Path, metadata: dict[str, str]
) -> Animation:
    """Render `motion` on an avatar in the generation room and write the video, whole or not at all."""
    sound = sound_of(motion.audio_from) if avatar.hears and motion.audio_from else None
    frames = rooms.generation.stream_animate(avatar.avatar_id, motion.parts, motion.mode, sound=sound)
    requested = []
    with VideoWriter(
        out_path, avatar.size_px, motion.fps, audio_from=motion.audio_from, metadata=metadata
    ) as writer:
        for animated in progress(frames, "animating", motion.frame_count):
            writer.write(animated.frame.rgb, animated.frame.time_s)
            requested.append(animated.requested)
        if not requested:
            raise InputError("the driver has no frames", remedy="give a longer one")
        audio = writer.audio is not None
    track = Track.concatenate(requested)
    return Animation(track, float(track.time_s[-1] - track.time_s[0]) + 1 / motion.fps, audio)


def driven(rooms: Rooms, reader: VideoReader, path: Path | None, options: FitOptions, mode: Mode) -> Motion:
    """The motion of a video, fitted while it is rendered."""
    info = reader.info
    return Motion(
        FitStream(rooms, reader, options, shown=False),
        mode,
        info.fps,
        info.frame_count,
        path,
        ingredient(path),
    )


def tracked(path: Path, mode: Mode) -> Motion:
    """The motion of a track file."""
    track = Track.load(path)
    return Motion([track], mode, track.fps, len(track), None, ingredient(path))


def built_in(name: str, portrait: Track, duration_s: float | None = None) -> Motion:
    """A motion that the program brings along; it is made for this portrait."""
    from vultus.face.motion import motion_clip  # noqa: PLC0415 - other motions don't need the model here

    track = motion_clip(name, portrait, duration_s=duration_s)
    return Motion([track], "none", track.fps, len(track), None, f"built-in motion {name}")


def ingredient(path: Path | None) -> str:
    """Name and digest of an input, for the record in the output."""
    return f"{path.name} {digest(path)}" if path else ""


def provenance(source: str, spec: AvatarSpec, motion: Motion) -> dict[str, str]:
    """Metadata that says what the video is, what made it and of what (`source` as `ingredient` has it)."""
    made_of = "; ".join(part for part in (source, motion.ingredient) if part)
    return synthetic_note(f"method {spec.method}, from {made_of}")
