"""RAVDESS [livingstone2018ravdess]: 24 actors who say two sentences in eight emotions.

    Actor_01/01-01-06-01-02-01-12.mp4

Seven codes make a name: modality, vocal channel, emotion, intensity, statement, repetition, actor.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from vultus.data.real.adapters.layout import VIDEO_SUFFIXES, files_below, not_this_layout, require_folder
from vultus.data.real.sources import SOURCES, SourceItem

LICENCE = "CC BY-NC-SA 4.0"
MODALITIES = {"01": "audio and video", "02": "video", "03": "audio"}
CHANNELS = {"01": "speech", "02": "song"}
EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
INTENSITIES = {"01": "normal", "02": "strong"}
STATEMENTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}
_NAME = re.compile(r"(0[12])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(\d\d)")


@SOURCES.register("ravdess")
def list_ravdess(folder: Path) -> Iterator[SourceItem]:
    """Every video that is named by RAVDESS's codes.

    Of each performance there is a file with and one without sound; the silent one is listed only where the
    other is not there.

    Raises:
        InputError: No file is named so.
    """
    require_folder(folder, "RAVDESS")
    found = False
    for path in files_below(folder, VIDEO_SUFFIXES):
        codes = _NAME.fullmatch(path.stem)
        if codes is None or (codes[1] == "02" and path.with_stem(f"01{path.stem[2:]}").is_file()):
            continue
        found = True
        yield _item(path, codes)
    if not found:
        raise not_this_layout(folder, "RAVDESS", "a video named like 01-01-06-01-02-01-12.mp4")


def _item(path: Path, codes: re.Match[str]) -> SourceItem:
    modality, channel, emotion, intensity, statement, repetition, actor = codes.groups()
    person = f"Actor_{actor}"
    return SourceItem(
        id=f"{person}/{path.stem}",
        person=person,
        path=path,
        licence=LICENCE,
        language="en",
        extra={
            "modality": MODALITIES[modality],
            "channel": CHANNELS[channel],
            "emotion": EMOTIONS[int(emotion) - 1],
            "intensity": INTENSITIES[intensity],
            "statement": STATEMENTS[statement],
            "repetition": int(repetition),
            "sex": "male" if int(actor) % 2 else "female",
        },
    )
