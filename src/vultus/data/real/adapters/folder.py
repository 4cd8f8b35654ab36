"""A folder of videos and stills, or one file."""

from collections.abc import Iterator
from pathlib import Path

from vultus.data.real.adapters.layout import (
    PICTURE_SUFFIXES,
    VIDEO_SUFFIXES,
    clean,
    files_below,
    require_folder,
)
from vultus.data.real.sources import SOURCES, SourceItem


@SOURCES.register("folder")
def list_folder(folder: Path) -> Iterator[SourceItem]:
    """Every video and still below a folder.

    A file directly in it is a person of its own; the files below each of its folders are one person's.

    Raises:
        InputError: There is no such folder or file.
    """
    if folder.is_file():
        yield SourceItem(
            id=f"{clean(folder.stem)}/{clean(folder.stem)}", person=clean(folder.stem), path=folder
        )
        return
    require_folder(folder, "videos")
    for path in files_below(folder, VIDEO_SUFFIXES | PICTURE_SUFFIXES):
        *above, _ = path.relative_to(folder).parts
        name = _name(path)
        person = clean(above[0]) if above else clean(name)
        clip = clean("-".join((*above[1:], name)))
        yield SourceItem(id=f"{person}/{clip}", person=person, path=path)


def _name(path: Path) -> str:
    """The file's name without its suffix, with it where another file differs in the suffix alone."""
    others = (
        other
        for other in path.parent.iterdir()
        if other.stem == path.stem
        and other.suffix.lower() in VIDEO_SUFFIXES | PICTURE_SUFFIXES
        and not other.is_dir()
    )
    return path.stem if next((other for other in others if other != path), None) is None else path.name
