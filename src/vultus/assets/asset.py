"""What is known of a model or of weights that somebody published."""

from dataclasses import dataclass
from pathlib import Path

from vultus.errors import AssetMissingError


@dataclass(frozen=True)
class Asset:
    """A model or a set of weights that somebody published."""

    kind: str
    """"morphable", "detector", "weights"."""

    name: str
    """What it is called here."""

    what: str
    """One line about it."""

    source: str
    """The page it comes from."""

    licence: str
    """SPDX identifier or the licence's name."""

    commercial: bool
    """Whether the licence lets it be used commercially."""

    files: tuple[str, ...]
    """File or folder names, the one that is given as its path first."""

    without: str
    """What works without it."""

    sha256: str | None = None
    """Of the first file, or as many of its first digits as the publisher gives; `None` where the publisher's
    versions differ or it is not known."""

    steps: str = ""
    """What has to be done on the page before the files can be had; "" when they can be taken as they are."""

    uri: str = ""
    """Where the first file can be fetched without a person; "" where it cannot."""

    @property
    def key(self) -> str:
        """Kind and name: "morphable/flame2023"."""
        return f"{self.kind}/{self.name}"

    def missing(self, path: Path | None) -> AssetMissingError:
        """The error that says where to get it and what works without it."""
        where = f"at {path}" if path else "on this machine"
        how = f"{self.steps}, get" if self.steps else "get"
        if self.uri:
            how = f"run `vultus assets pull {self.key}`, or get"
        return AssetMissingError(
            f"{self.what} is not {where}",
            remedy=f"{how} {self.files[0]} from {self.source} ({self.licence}); {self.without}",
            metadata={"asset": self.key, "source": self.source, "licence": self.licence, "path": path or ""},
        )
