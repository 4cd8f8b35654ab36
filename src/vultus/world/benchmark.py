"""The benchmark split: clips and pairs that every method is measured on, frozen and numbered.

`python -m vultus.world.benchmark --write` freezes the newest version again; do so only where no method has
been measured on it yet. A changed world needs a new version.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from vultus.data.sets import ClipSet, SetCard
from vultus.errors import InputError
from vultus.world.clips import clip_seed
from vultus.world.fingerprints import Fingerprint
from vultus.world.sets import Progress, store_specs
from vultus.world.specs import ClipSpec
from vultus.world.storing import LICENCE

NEWEST = 1
"""Newest version."""


@dataclass(frozen=True)
class Pair:
    """One re-enactment: a portrait of one clip, driven by another or by the same."""

    id: str
    """"self/<number>" or "cross/<number>"."""

    source: str
    """Id of the clip whose frame is the portrait."""

    source_frame: int
    """Which frame: a calm one that looks into the camera."""

    driving: str
    """Id of the clip that drives, all of it."""


@dataclass(frozen=True)
class BenchmarkSplit:
    """A version of the benchmark; the same for everybody, always."""

    version: int
    """From 1."""

    people: tuple[int, ...]
    """Seeds of the test people."""

    clips: tuple[ClipSpec, ...]
    """One for each."""

    self_pairs: tuple[Pair, ...]
    """Portrait and driver of the same clip: every frame has a true answer."""

    cross_pairs: tuple[Pair, ...]
    """Portrait and driver of two people."""

    fingerprints: Mapping[str, Fingerprint]
    """What each clip was like when the benchmark was frozen, by clip id."""

    def spec(self, clip_id: str) -> ClipSpec:
        """The clip with this id; raises `InputError` when there is none."""
        for spec in self.clips:
            if spec.id == clip_id:
                return spec
        raise InputError(f"the benchmark has no clip {clip_id!r}", remedy="use the ids of its pairs")

    def truth(self, pair: Pair) -> ClipSpec:
        """What a perfect answer to a pair looks like: the person of the source in the driver's motion.

        For pairs across people this is a clip that no camera ever took: the source's person on the source's
        stage, doing what the driver does.
        """
        source, driving = self.spec(pair.source), self.spec(pair.driving)
        if source == driving:
            return source
        stage_seed = source.stage_seed
        if stage_seed is None:
            stage_seed = clip_seed(source.person_seed, source.clip, "stage")
        return driving.replace(
            person_seed=source.person_seed, performer_seed=driving.performer, stage_seed=stage_seed
        )

    @property
    def digest(self) -> str:
        """SHA-256 of everything above, as "sha256:…"."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def build(
        self,
        root: Path,
        workers: int = 0,
        progress: Progress | None = None,
        only: Collection[str] | None = None,
    ) -> ClipSet:
        """Make the clips in the stored form; goes on where it was left off, as `synthesise_set`.

        Args:
            root: Folder of the set.
            workers: Processes; 0 for this one.
            progress: Called now and then.
            only: Ids of clips that are needed now; None for all. Others can be added later.
        """
        specs = [spec for spec in self.clips if only is None or spec.id in only]
        card = SetCard(
            name=f"world-benchmark-{self.version}",
            source="world",
            licence=LICENCE,
            recipe=f"world-benchmark-{self.version}",
            recipe_digest=self.digest,
            extra={"self_pairs": list(map(asdict, self.self_pairs))}
            | {"cross_pairs": list(map(asdict, self.cross_pairs))},
        )
        return store_specs(ClipSet.create(root, card), lambda: iter(specs), (), workers, progress)

    def changed(self, fingerprint: Callable[[ClipSpec], Fingerprint]) -> Iterator[str]:
        """How clips of today's world differ from the frozen ones, a line each.

        Args:
            fingerprint: Makes a clip and takes its fingerprint.
        """
        for spec in self.clips:
            for difference in self.fingerprints[spec.id].differences(fingerprint(spec)):
                yield f"{spec.id}: {difference}"

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {
            "version": self.version,
            "people": list(self.people),
            "clips": [spec.to_json() for spec in self.clips],
            "self_pairs": [asdict(pair) for pair in self.self_pairs],
            "cross_pairs": [asdict(pair) for pair in self.cross_pairs],
            "fingerprints": {name: print_.to_json() for name, print_ in self.fingerprints.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "BenchmarkSplit":
        """What `to_json` made."""
        return cls(
            values["version"],
            tuple(values["people"]),
            tuple(map(ClipSpec.from_json, values["clips"])),
            tuple(Pair(**pair) for pair in values["self_pairs"]),
            tuple(Pair(**pair) for pair in values["cross_pairs"]),
            {name: Fingerprint.from_json(value) for name, value in values["fingerprints"].items()},
        )


def benchmark(version: int = NEWEST) -> BenchmarkSplit:
    """A version of the benchmark.

    Raises:
        InputError: When there is no such version, or its file is not the one that was frozen.

    Example:
        >>> split = benchmark(1)
        >>> len(split.people), len(split.clips), len(split.self_pairs), len(split.cross_pairs)
        (20, 20, 20, 40)
    """
    if not 1 <= version <= NEWEST:
        raise InputError(f"no benchmark has version {version}", remedy=f"use 1 to {NEWEST}")
    return _unchanged(files("vultus.world").joinpath(f"benchmark_v{version}.json").read_bytes(), str(version))


def read_split(path: Path) -> BenchmarkSplit:
    """A split of somebody's own, in a file of the benchmark's form: `{"digest": …, "benchmark": {…}}`.

    Raises:
        InputError: When it cannot be read, or its digest is not that of its contents.
    """
    try:
        return _unchanged(path.read_bytes(), str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{str(path)!r} holds no benchmark split: {error}", remedy="give a file like benchmark_v1.json"
        ) from error


def _unchanged(data: bytes, name: str) -> BenchmarkSplit:
    values = json.loads(data)
    split = BenchmarkSplit.from_json(values["benchmark"])
    if split.digest != values["digest"]:
        raise InputError(
            f"benchmark {name} has digest {split.digest[:19]}…, not {values['digest'][:19]}…",
            remedy="install again: its file was changed",
        )
    return split


if __name__ == "__main__":
    from vultus.world.freezing import main

    main()
