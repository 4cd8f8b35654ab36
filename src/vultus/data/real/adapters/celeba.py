"""CelebA [liu2015celeba] and CelebA-HQ [karras2018progressive]: stills of people without names.

img_align_celeba/000001.jpg     or img_celeba/, or CelebA-HQ-img/0.jpg
list_eval_partition.txt         000001.jpg 0                    0 train, 1 val, 2 test; optional
identity_CelebA.txt             000001.jpg 2880                 optional
list_attr_celeba.txt            count, names, a row of 1 and -1 for each picture; optional
CelebA-HQ-to-CelebA-mapping.txt idx orig_idx orig_file          optional; leads to the tables above
"""

from collections.abc import Iterator
from pathlib import Path

from vultus.data.real.adapters.layout import (
    PICTURE_SUFFIXES,
    clean,
    files_below,
    not_this_layout,
    require_folder,
)
from vultus.data.real.sources import SOURCES, SourceItem

LICENCE = "non-commercial research (CelebA agreement)"
FOLDERS = ("img_align_celeba", "img_celeba", "CelebA-HQ-img")
_SPLITS = {"0": "train", "1": "val", "2": "test"}


@SOURCES.register("celeba")
def list_celeba(folder: Path) -> Iterator[SourceItem]:
    """Every picture; its person is `p<identity>` where that is known, else the picture's own name.

    Raises:
        InputError: None of the picture folders is there.
    """
    require_folder(folder, "CelebA")
    pictures = next((part for name in FOLDERS if (part := folder / name).is_dir()), None)
    if pictures is None:
        raise not_this_layout(folder, "CelebA", f"a folder {' or '.join(FOLDERS)}")
    splits, people = _pairs(folder, "list_eval_partition.txt"), _pairs(folder, "identity_CelebA.txt")
    originals = _originals(folder)
    attributes = _Attributes(folder)
    for path in files_below(pictures, PICTURE_SUFFIXES):
        key = originals.get(path.stem, path.name) if pictures.name == "CelebA-HQ-img" else path.name
        person = clean(f"p{people[key]}") if key in people else clean(path.stem)
        known = attributes.of(key)
        yield SourceItem(
            id=f"{person}/{clean(path.stem)}",
            person=person,
            path=path,
            split=_SPLITS.get(splits.get(key, "")),
            licence=LICENCE,
            extra={"attributes": known} if known else {},
        )


def _table(folder: Path, name: str) -> list[str]:
    """Lines of an optional table, here or where the archives keep it."""
    for path in (folder / name, folder / "Anno" / name, folder / "Eval" / name):
        if path.is_file():
            return path.read_text(errors="replace").splitlines()
    return []


def _pairs(folder: Path, name: str) -> dict[str, str]:
    rows = (line.split() for line in _table(folder, name))
    return {row[0]: row[1] for row in rows if len(row) == 2}


def _originals(folder: Path) -> dict[str, str]:
    """CelebA's file of each picture of CelebA-HQ, by number."""
    rows = (line.split() for line in _table(folder, "CelebA-HQ-to-CelebA-mapping.txt"))
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[0].isdecimal()}


class _Attributes:
    """The names of the attributes that a picture has; 40 bits a picture in memory."""

    def __init__(self, folder: Path) -> None:
        _, names, *rows = [*_table(folder, "list_attr_celeba.txt"), "", ""]
        self._names = names.split()
        self._bits: dict[str, int] = {}
        for row in rows:
            name, *flags = row.split() or [""]
            if len(flags) == len(self._names):
                self._bits[name] = sum(1 << index for index, flag in enumerate(flags) if flag == "1")

    def of(self, picture: str) -> list[str]:
        """Attributes of a picture; none where the table does not name it."""
        bits = self._bits.get(picture, 0)
        return [name for index, name in enumerate(self._names) if bits >> index & 1]
