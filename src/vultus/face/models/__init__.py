"""Morphable models by name: our own, and loaders of the published ones."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from vultus.face.models import bfm, flame, ict, lsfm
from vultus.face.morphable import MorphableModel
from vultus.registry import Registry

MORPHABLES: Registry[Callable[[Path | None], MorphableModel]] = Registry(
    "morphable model", "vultus.morphables"
)
"""Each entry makes a model of the file or folder it is given; `None` means that there is none."""


@MORPHABLES.register("builtin")
def _builtin(path: Path | None) -> MorphableModel:
    del path  # it is generated
    from vultus.face.builtin import build_head  # noqa: PLC0415 -- only this model needs it

    return build_head()


MORPHABLES.register("ict")(ict.load)
MORPHABLES.register("flame2020")(flame.load_2020)
MORPHABLES.register("flame2023")(flame.load_2023)
MORPHABLES.register("bfm2009")(bfm.load_2009)
MORPHABLES.register("bfm2017")(bfm.load_2017)
MORPHABLES.register("lsfm")(lsfm.load)


@cache
def load_morphable(name: str = "builtin", path: Path | None = None) -> MorphableModel:
    """The model called `name`, made once in a process.

    Args:
        name: A name of `MORPHABLES`.
        path: Its file or folder; a published model without one raises `AssetMissingError`.
    """
    return MORPHABLES[name](path)
