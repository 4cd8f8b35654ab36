"""Where files of assets lie, whether they are what was published, and fetching those that can be fetched."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vultus.assets.catalogue import CATALOGUE, Asset
from vultus.errors import AssetMissingError, InputError

DEFAULT_FOLDER = Path("~/.cache/vultus/assets").expanduser()
"""Where assets lie when nobody says otherwise."""

Fetch = Callable[[str, Path], None]

State = Literal["missing", "present", "verified", "different"]
"""Not there; there, with nothing to compare it with; the published file; another file."""


@dataclass(frozen=True)
class Finding:
    """What was found of an asset."""

    asset: Asset
    """The asset."""

    state: State
    """Whether it is there, and the published one."""

    path: Path | None = None
    """Its file or folder."""

    sha256: str | None = None
    """Of the file; `None` for a folder or for nothing."""


@dataclass(frozen=True)
class Store:
    """A folder that holds assets, each as `<kind>/<name>/<file>` or as `<file>` itself."""

    folder: Path
    """The folder."""

    assets: Mapping[str, Asset]
    """What may be in it, by key."""

    def find(self, key: str) -> Path:
        """The asset's first file that is there; raises `AssetMissingError` with where to get it."""
        asset = self._asset(key)
        found = self._path(asset)
        if found is None:
            raise asset.missing(self.folder / asset.key)
        return found

    def holds(self, key: str) -> bool:
        """Whether the asset is there."""
        return self._path(self._asset(key)) is not None

    def verify(self, key: str) -> Finding:
        """Whether the asset is there, and the file that was published."""
        asset = self._asset(key)
        path = self._path(asset)
        if path is None:
            return Finding(asset, "missing")
        digest = sha256_of(path) if path.is_file() else None
        if asset.sha256 is None or digest is None:
            return Finding(asset, "present", path, digest)
        same = digest.startswith(asset.sha256)
        return Finding(asset, "verified" if same else "different", path, digest)

    def list(self, licence: Literal["research", "commercial"] = "research") -> Iterator[Finding]:
        """Every asset that may be used under `licence`, and what is there of it; files are not read."""
        for asset in self.assets.values():
            if asset.commercial or licence == "research":
                path = self._path(asset)
                yield Finding(asset, "missing" if path is None else "present", path)

    def pull(self, key: str, fetch: Fetch | None = None) -> Path:
        """Fetch the asset unless it is there.

        Args:
            key: "kind/name".
            fetch: Writes what an address answers to a path; `None` where there is no network.

        Raises:
            AssetMissingError: A person has to get it: names the page, the licence and the step.
            InputError: What came is not what was published.
        """
        asset = self._asset(key)
        found = self._path(asset)
        if found is not None:
            return found
        if fetch is None or not asset.uri:
            raise AssetMissingError(
                f"{asset.what} cannot be fetched for you",
                remedy=f"{asset.steps or 'get it'} at {asset.source} ({asset.licence}), then put "
                f"{' and '.join(asset.files)} into {self.folder / asset.key}",
                metadata={"asset": asset.key, "source": asset.source, "licence": asset.licence},
            )
        target = self.folder / asset.key / asset.files[0]
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            fetch(asset.uri, part)
            _check_digest(asset, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _asset(self, key: str) -> Asset:
        if key not in self.assets:
            raise InputError(
                f"no asset called {key!r}",
                remedy=f"known: {', '.join(sorted(self.assets))}",
                metadata={"asset": key},
            )
        return self.assets[key]

    def _path(self, asset: Asset) -> Path | None:
        places = (folder / name for folder in (self.folder / asset.key, self.folder) for name in asset.files)
        return next((place for place in places if place.exists()), None)


def open_store(folder: Path) -> Store:
    """The assets of the catalogue in a folder, which need not exist yet."""
    return Store(folder, CATALOGUE)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_digest(asset: Asset, path: Path) -> None:
    digest = sha256_of(path)
    if asset.sha256 is not None and not digest.startswith(asset.sha256):
        raise InputError(
            f"what came from {asset.uri} is not {asset.files[0]}: its SHA-256 is {digest}",
            remedy=f"compare with {asset.source}",
            metadata={"asset": asset.key, "sha256": digest, "expected": asset.sha256},
        )
