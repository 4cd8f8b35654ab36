"""Builds Bentos: a method with everything that it needs, served over HTTP by BentoML."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BentoInfo:
    """A Bento that was built."""

    tag: str
    """"name:version", as BentoML calls it."""
    path: Path
    """Folder of the Bento; `bentoml serve PATH` serves it."""
    size_bytes: int
    """Every file of it."""


def package(model: Path | None, method: str, version: str, out: Path) -> BentoInfo:
    """Build a Bento of a method.

    Args:
        model: Model folder; None for a method without weights.
        method: Name of the method, for instance "gdpw" or "warp".
        version: What answers call the model, for instance "vultus-gdpw/3", "starter" or "builtin".
        out: Folder to make; the Bento appears in it whole or not at all.

    Raises:
        InputError: The folder exists already, or the model cannot be read.
        AssetMissingError: Something that the Bento must hold is absent.
    """
    raise NotImplementedError(f"{method} {version} of {model} in {out}")
