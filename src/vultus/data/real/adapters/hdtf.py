"""HDTF [zhang2021hdtf]: three clip lists beside videos that the user has fetched.

    <list>_annotion_time.txt    Radio11.mp4 00:30-01:00 01:30-02:30
    <list>_crop_wh.txt          Radio11_0.mp4 412 599 0 599          left, width, top, height; optional
    <list>_resolution.txt       Radio11.mp4 720                      lines that the windows count in; optional
    videos/Radio11.mp4

The lists are RD, WDA and WRA; they lie in the folder or in its `HDTF_dataset`. The odd spelling is theirs.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from vultus.data.real.adapters.layout import clean, not_this_layout, require_folder, video_named
from vultus.data.real.sources import SOURCES, SourceItem
from vultus.face.detectors.base import Box

LICENCE = "CC BY 4.0 (annotations); videos: their owners'"
_TIMES = "_annotion_time.txt"


@SOURCES.register("hdtf")
def list_hdtf(folder: Path) -> Iterator[SourceItem]:
    """Every interval of the clip lists; the person is the video's name without its number.

    Raises:
        InputError: There is no clip list.
    """
    require_folder(folder, "HDTF")
    lists = folder / "HDTF_dataset" if (folder / "HDTF_dataset").is_dir() else folder
    tables = sorted(lists.glob(f"*{_TIMES}"))
    if not tables:
        raise not_this_layout(folder, "HDTF", f"a file `RD{_TIMES}`")
    videos = folder / "videos" if (folder / "videos").is_dir() else folder
    for table in tables:
        name = table.name.removesuffix(_TIMES)
        yield from _clips(table, _rows(lists / f"{name}_crop_wh.txt"), _lines(lists, name), videos)


def _clips(
    table: Path, windows: dict[str, list[str]], lines: dict[str, int], videos: Path
) -> Iterator[SourceItem]:
    for video, intervals in _rows(table).items():
        stem = video.removesuffix(".mp4")
        person = re.sub(r"\d+$", "", stem) or stem
        path = video_named(videos, stem) or videos / video
        for index, interval in enumerate(intervals):
            ends = _interval(interval)
            window = windows.get(f"{stem}_{index}.mp4")
            yield SourceItem(
                id=f"{clean(person)}/{clean(f'{stem}_{index}')}",
                person=clean(person),
                path=path,
                start_s=ends[0] if ends else 0.0,
                end_s=ends[1] if ends else None,
                box_px=_box(window) if window else None,
                box_frame_px=(lines[stem], 0) if window and stem in lines else None,
                licence=LICENCE,
                language="en",
                fault="" if ends else f"{table.name} has an interval {interval!r}, not one like 00:30-01:00",
            )


def _rows(path: Path) -> dict[str, list[str]]:
    """Words after the first one of every line, by the first; empty where there is no file."""
    if not path.is_file():
        return {}
    rows = (line.split() for line in path.read_text(errors="replace").splitlines())
    return {row[0]: row[1:] for row in rows if row}


def _lines(lists: Path, name: str) -> dict[str, int]:
    """Height of the frames that a video's windows count in, by its stem."""
    rows = _rows(lists / f"{name}_resolution.txt")
    return {
        video.removesuffix(".mp4"): int(words[0])
        for video, words in rows.items()
        if len(words) == 1 and words[0].isdecimal()
    }


def _interval(text: str) -> tuple[float, float] | None:
    """Start and end of "00:30-01:00", s; None for anything else."""
    first, dash, last = text.partition("-")
    try:
        ends = _seconds(first), _seconds(last)
    except ValueError:
        return None
    return ends if dash and ends[0] < ends[1] else None


def _seconds(text: str) -> float:
    """Of "mm:ss" or "hh:mm:ss"."""
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total


def _box(words: list[str]) -> Box | None:
    """Of "left width top height"; None where the line holds something else."""
    if len(words) != 4 or not all(word.isdecimal() for word in words):
        return None
    left, width, top, height = (float(word) for word in words)
    return left, top, left + width, top + height
