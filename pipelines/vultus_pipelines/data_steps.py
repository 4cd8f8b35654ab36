"""What the steps that make data sets do."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vultus.data.real.build import build_set
from vultus.data.real.making import Making
from vultus.data.real.policy import Policy
from vultus.data.real.recipes import RECIPES
from vultus.data.sets import SPLITS, ClipSet
from vultus.data.sets.splits import SHARES, assign_by_person
from vultus.errors import InputError
from vultus.train.course import Preset
from vultus.world.sets import set_folder, synthesise_set
from vultus_pipelines.work import Work, processors

_CHUNK = 1 << 20


@dataclass(frozen=True)
class MadeSet:
    """A data set that was made."""

    root: Path
    """Its folder."""

    facts: dict[str, Any]
    """Name, digest, licence, clips, frames and people, as JSON values."""

    @classmethod
    def of(cls, clips: ClipSet) -> "MadeSet":
        """What is known of a finished set."""
        card = clips.card
        facts = {
            "name": card.name,
            "digest": clips.digest,
            "licence": card.licence,
            "source": card.source,
            "clips": card.clips,
            "frames": card.frames,
            "seconds": card.duration_s,
            "people": len({clip.split("/", maxsplit=1)[0] for clip in clips.ids()}),
        }
        return cls(clips.root, facts)


def make_world(preset: Preset) -> MadeSet:
    """The world that a preset learns from; a killed step goes on where it was."""
    plan = replace(preset.data, side_px=preset.side_px)
    root = set_folder(Work.open().root / "worlds", plan)
    return MadeSet.of(synthesise_set(root, plan, workers=processors()))


def build_from(source: str, content: str, layout: str, recipe: str) -> MadeSet:
    """A data set of real videos; a killed step goes on where it was.

    Whole people are put into splits, unless the layout says who belongs where.

    Args:
        source: Folder of videos.
        content: Digest of what lies in it.
        layout: A name of `vultus.data.real.sources.SOURCES`.
        recipe: A name of `RECIPES`.

    Raises:
        FaceNotFoundError: No clip has a face.
    """
    making = Making(source=layout, recipe=RECIPES[recipe], policy=Policy())
    root = Work.open().made_from("sets", content, making.digest)
    report = build_set(Path(source), root, making, processors())
    report.require_clips(source)
    clips = ClipSet.open(root)
    if not any(clips.ids(split) for split in SPLITS):
        assigned = assign_by_person([clip.card for clip in clips.clips()])
        clips.assign(assigned, {"by": "person", "shares": list(SHARES), "seed": 0})
    return MadeSet.of(clips)


def folder_digest(source: str) -> str:
    """SHA-256 over names and contents of the files of a folder; raises `InputError` where it is none."""
    root = Path(source)
    if not root.is_dir():
        raise InputError(
            f"there is no folder {source!r}",
            remedy="name a folder of videos that every step can see",
            metadata={"folder": source},
        )
    state = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        state.update(str(path.relative_to(root)).encode() + b"\0" + content)
    return f"sha256:{state.hexdigest()}"
