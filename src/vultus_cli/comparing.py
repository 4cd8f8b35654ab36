"""Two files, or two folders of them, through the metrics room."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vultus.data.media import Frame
from vultus.errors import IncompatibleError, InputError
from vultus_cli.inputs import PICTURE_SUFFIXES, open_frames, sound_of
from vultus_cli.output import progress
from vultus_kit.clients.rooms import Rooms
from vultus_kit.records import EvaluationOptions, Report

VIDEO_SUFFIXES = (".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".webm")
"""Endings of the videos that are taken from a folder."""


def compare(
    rooms: Rooms, generated: Path, reference: Path, options: EvaluationOptions, sound: Path | None = None
) -> Report:
    """Score a clip or a picture, frame by frame.

    Args:
        rooms: Where it is scored.
        generated: What was made.
        reference: What it is compared with.
        options: What to score.
        sound: File with the voice that the lips are compared with; the generated clip's own without it.

    Raises:
        InputError: The files differ in their number of frames: names both.
    """
    heard = replace(options, sound=sound_of(sound or generated))
    with open_frames(generated) as (ours, count), open_frames(reference) as (theirs, other):
        if count and other and count != other:
            raise _unequal(generated, reference, count, other)
        pairs = _paired(ours, theirs, generated, reference)
        if options.mode == "self":
            pairs = _of_one_size(pairs, generated, reference)
        return rooms.metrics.stream_evaluate(progress(pairs, f"evaluating {generated.name}", count), heard)


def clips_in(generated: Path, reference: Path) -> list[tuple[Path, Path]]:
    """The files of one folder with those of the same stem in the other, by name.

    Raises:
        InputError: One of them is no folder, has no clips, or lacks a file that the other has: names it.
    """
    for path in (generated, reference):
        if not path.is_dir():
            raise InputError(
                f"{path} is no folder, and the other is one", remedy="give two files or two folders"
            )
    ours, theirs = _clips(generated), _clips(reference)
    lacking = sorted(ours.keys() - theirs.keys())
    if lacking or not ours:
        what = f"{reference} has no {lacking[0]}" if lacking else f"{generated} has no videos or pictures"
        raise InputError(
            f"{what}, which {generated} has" if lacking else what,
            remedy="give both folders files of the same names",
            metadata={"missing": ",".join(lacking)},
        )
    return [(ours[stem], theirs[stem]) for stem in sorted(ours)]


def _clips(folder: Path) -> dict[str, Path]:
    known = (*VIDEO_SUFFIXES, *PICTURE_SUFFIXES)
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in known and not path.name.startswith("."):
            if path.stem in found:
                raise InputError(
                    f"{folder} has both {found[path.stem].name} and {path.name}", remedy="keep one of them"
                )
            found[path.stem] = path
    return found


def _paired(
    ours: Iterator[Frame], theirs: Iterator[Frame], generated: Path, reference: Path
) -> Iterator[tuple[Frame, Frame]]:
    """Pairs; where the files' own counts are wrong, the end of one before the other is an error too."""
    count = 0
    while True:
        made, meant = next(ours, None), next(theirs, None)
        if made is None and meant is None:
            return
        if made is None or meant is None:
            rest = count + 1 + sum(1 for _ in (theirs if made is None else ours))
            raise _unequal(generated, reference, *((count, rest) if made is None else (rest, count)))
        count += 1
        yield made, meant


def _of_one_size(
    pairs: Iterator[tuple[Frame, Frame]], generated: Path, reference: Path
) -> Iterator[tuple[Frame, Frame]]:
    for made, meant in pairs:
        if made.rgb.shape != meant.rgb.shape:
            sizes = [f"{frame.rgb.shape[1]}x{frame.rgb.shape[0]} px" for frame in (made, meant)]
            raise IncompatibleError(
                f"{generated} is {sizes[0]}, {reference} is {sizes[1]}",
                remedy="compare clips of the same size, or give --cross where another person drives",
                metadata={"generated": sizes[0], "reference": sizes[1]},
            )
        yield made, meant


def _unequal(generated: Path, reference: Path, count: int, other: int) -> InputError:
    return InputError(
        f"{generated} has {count} frames, {reference} has {other}",
        remedy="compare clips of the same length",
        metadata={"generated_frames": count, "reference_frames": other},
    )
