"""VoxCeleb1 and 2 [nagrani2017voxceleb] [chung2018voxceleb2].

Either the metadata beside videos that the user has fetched,

    txt/<person>/<reference>/<utterance>.txt        a face box for each frame, 25 in a second
    videos/<reference>.mp4                          the whole video (any container)

or the cut and cropped clips as they were published,

    mp4/<person>/<reference>/<utterance>.mp4

with `vox1_meta.csv` or `vox2_meta.csv` beside them where the official split is wanted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vultus.data.real.adapters.layout import (
    VIDEO_SUFFIXES,
    clean,
    files_below,
    not_this_layout,
    require_folder,
    video_named,
)
from vultus.data.real.sources import SOURCES, SourceItem
from vultus.errors import InputError
from vultus.face.detectors.base import Box

LICENCE = "CC BY 4.0 (metadata); videos: their owners'"
FRAMES_PER_S = 25.0
"""The rate that the metadata's frame numbers count in."""

VOX1_LINES = 360
"""Height of the frames that VoxCeleb1's boxes count in, px."""

_SPLITS = {"dev": "train", "test": "test"}


@dataclass(frozen=True)
class Utterance:
    """What one metadata file says."""

    person: str
    """Identity, "id" and a number, or a name in the first release."""
    reference: str
    """The video's id."""
    first: int
    """Number of the first frame, 25 in a second."""
    last: int
    """Number of the last frame."""
    box: Box
    """(left, top, right, bottom) that holds the face in every frame, in the file's unit."""


@SOURCES.register("voxceleb1")
def list_voxceleb1(folder: Path) -> Iterator[SourceItem]:
    """Utterances of VoxCeleb1; boxes are px of a frame of 360 lines."""
    yield from _utterances(folder, "VoxCeleb1", (VOX1_LINES, 0))


@SOURCES.register("voxceleb2")
def list_voxceleb2(folder: Path) -> Iterator[SourceItem]:
    """Utterances of VoxCeleb2; boxes are fractions of the frame."""
    yield from _utterances(folder, "VoxCeleb2", (1, 1))


def read_utterance(path: Path) -> Utterance:
    """Read a metadata file: named lines, a blank, a header and a row `FRAME X Y W H` for each frame.

    Raises:
        InputError: It has no rows or no reference, or a row is no numbers.
    """
    words: dict[str, str] = {}
    rows: list[tuple[float, ...]] = []
    for line in path.read_text(errors="replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            words[name.strip().lower()] = value.strip()
        elif line.split() and line.split()[0].isdecimal():
            rows.append(_row(line, path))
    if not rows or "reference" not in words:
        raise InputError(
            f"{str(path)!r} has no frames or no reference", remedy="fetch it again", metadata={"path": path}
        )
    lefts, tops = [row[1] for row in rows], [row[2] for row in rows]
    rights, bottoms = [row[1] + row[3] for row in rows], [row[2] + row[4] for row in rows]
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    frames = [int(row[0]) for row in rows]
    return Utterance(words.get("identity", ""), words["reference"], min(frames), max(frames), box)


def _row(line: str, path: Path) -> tuple[float, ...]:
    try:
        row = tuple(float(word) for word in line.split())
    except ValueError as error:
        raise InputError(f"{str(path)!r} has a row {line!r}", remedy="fetch it again") from error
    if len(row) != 5:
        raise InputError(f"{str(path)!r} has a row of {len(row)} values, not 5", remedy="fetch it again")
    return row


def _utterances(folder: Path, name: str, frame_px: tuple[int, int]) -> Iterator[SourceItem]:
    require_folder(folder, name)
    splits = _official_splits(folder)
    texts = _part(folder, "txt")
    clips = _part(folder, "mp4")
    if texts is None and clips is None:
        raise not_this_layout(folder, name, "a folder `txt` or `mp4`")
    if texts is not None and (folder / "videos").is_dir():
        for path in files_below(texts, frozenset({".txt"})):
            yield _described(path, texts, folder / "videos", splits, frame_px)
    elif clips is not None:
        for path in files_below(clips, VIDEO_SUFFIXES):
            person, clip = _place(path, clips)
            split = splits.get(person)
            yield SourceItem(
                id=f"{clean(person)}/{clean(clip)}",
                person=clean(person),
                path=path,
                split=split,
                licence=LICENCE,
            )
    else:
        raise not_this_layout(folder, name, "a folder `videos` with the videos that `txt` refers to")


def _described(
    path: Path, texts: Path, videos: Path, splits: dict[str, str], frame_px: tuple[int, int]
) -> SourceItem:
    """An utterance that a metadata file cuts out of a whole video."""
    person, clip = _place(path, texts)
    try:
        utterance = read_utterance(path)
    except InputError as error:
        return SourceItem(
            id=f"{clean(person)}/{clean(clip)}", person=clean(person), path=path, fault=str(error)
        )
    video = video_named(videos, utterance.reference) or videos / f"{utterance.reference}.mp4"
    return SourceItem(
        id=f"{clean(person)}/{clean(clip)}",
        person=clean(person),
        path=video,
        start_s=utterance.first / FRAMES_PER_S,
        end_s=(utterance.last + 1) / FRAMES_PER_S,
        box_px=utterance.box,
        box_frame_px=frame_px,
        split=splits.get(person),
        licence=LICENCE,
        extra={"reference": utterance.reference},
    )


def _place(path: Path, top: Path) -> tuple[str, str]:
    """Person and clip of `<person>/<reference>/<utterance>`."""
    person, *between = path.relative_to(top).parts
    return person, "-".join((*between[:-1], path.stem))


def _part(folder: Path, name: str) -> Path | None:
    """The folder called `name` here or one level down, where archives unpack to."""
    for candidate in (folder / name, *sorted(folder.glob(f"*/{name}"))):
        if candidate.is_dir():
            return candidate
    return None


def _official_splits(folder: Path) -> dict[str, str]:
    """Split of every person from the official table, tab- or comma-separated; empty without one."""
    splits = {}
    for table in sorted(folder.glob("vox*_meta.csv")):
        for line in table.read_text(errors="replace").splitlines()[1:]:
            cells = [cell.strip() for cell in line.replace("\t", ",").split(",")]
            if len(cells) > 1 and cells[-1] in _SPLITS:
                splits[cells[0]] = _SPLITS[cells[-1]]
    return splits
