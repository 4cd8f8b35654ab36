"""Sets of world clips, written in parallel, again where they were left off."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import torch

from vultus.data.media.locking import alone_in
from vultus.data.real.workers import spread
from vultus.data.sets import ClipSet, SetCard
from vultus.errors import InputError, VultusError
from vultus.face.models import load_morphable
from vultus.world.specs import WORLD_VERSION, ClipSpec
from vultus.world.speech import LANGUAGES
from vultus.world.splits import draw_people
from vultus.world.storing import LAYERS, LICENCE, RECIPE, store_clip
from vultus.world.ticking import Ticking
from vultus.world.views import ring

Progress = Callable[[int, int], None]
"""Told the frames that are stored or drawn, and of how many."""


@dataclass(frozen=True)
class SetPlan:
    """What is in a set.

    Example:
        >>> plan = SetPlan(people=3, languages=("en", "de"))
        >>> [(spec.person_name, spec.language, spec.split) for spec in plan.specs()]
        [('p0000000000', 'en', 'train'), ('p0000000008', 'de', 'val'), ('p0000000009', 'en', 'test')]
    """

    people: int = 10
    """How many, >= 1; eight of ten are for training."""

    clips_per_person: int = 1
    """Performances of each person."""

    duration_s: float = 10.0
    """Length of each clip, s."""

    fps: float = 25.0
    """Frames in a second, Hz."""

    side_px: int = 256
    """Side of the square frames."""

    languages: tuple[str, ...] = ("en",)
    """Spoken in turn; names of `vultus.world.speech.LANGUAGES`."""

    seed: int = 0
    """Which people."""

    views: int = 1
    """Cameras on each performance, side by side from -60° to 60°; one is frontal."""

    truth: tuple[str, ...] = ()
    """Names of `LAYERS` to store; any can be made again from a clip's specification."""

    morphable: str = "builtin"
    """Name of the morphable model."""

    def __post_init__(self) -> None:
        for name, least in (("people", 1), ("clips_per_person", 1), ("views", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise InputError(f"a set has {name} {getattr(self, name)}", remedy=f"use {least} or more")
        if not self.languages:
            raise InputError("a set needs a language", remedy="name one")
        for layer in self.truth:
            LAYERS[layer]
        for language in self.languages:
            LANGUAGES[language]
        next(self.specs())  # refuses what no clip can be

    def specs(self) -> Iterator[ClipSpec]:
        """Every clip, person by person."""
        for position, person_seed in enumerate(draw_people(self.people, self.seed)):
            for clip in range(self.clips_per_person):
                spec = ClipSpec(
                    person_seed=person_seed,
                    clip=clip,
                    duration_s=self.duration_s,
                    fps=self.fps,
                    size_px=(self.side_px, self.side_px),
                    language=self.languages[(position + clip) % len(self.languages)],
                    morphable=self.morphable,
                )
                yield from (spec.replace(view=view) for view in ring(self.views))

    @property
    def frame_count(self) -> int:
        """Frames of all clips."""
        return self.people * self.clips_per_person * self.views * next(self.specs()).frame_count

    @property
    def digest(self) -> str:
        """SHA-256 of the plan and the world's version, as "sha256:…"."""
        text = json.dumps({"world": WORLD_VERSION, **asdict(self)}, sort_keys=True)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def set_folder(root: Path, plan: SetPlan) -> Path:
    """Where a plan's set is kept among others: named by the plan and by the head of its tracks.

    Args:
        root: Folder of sets.
        plan: What is in it.
    """
    made_by = f"{plan.digest} {load_morphable(plan.morphable).digest}"
    return root / hashlib.sha256(made_by.encode()).hexdigest()[:24]


def synthesise_set(root: Path, plan: SetPlan, workers: int = 0, progress: Progress | None = None) -> ClipSet:
    """Make every clip of a plan in the stored form.

    Runs again where it was left off, however it ended: stored clips are kept. However often it was
    interrupted, and by how many processes it was made, the set has the same digest.

    Args:
        root: Folder of the set; made, or continued when it was made by the same plan.
        plan: What is in it.
        workers: Processes; 0 for this one.
        progress: Called now and then.

    Raises:
        InputError: A clip cannot be stored, for instance on a full disk: it is named, and all others stay.
        IncompatibleError: `root` holds another set.
        VultusError: A process was killed; the same call goes on.
    """
    card = SetCard(
        name=root.resolve().name,
        source="world",
        licence=LICENCE,
        recipe=RECIPE,
        recipe_digest=plan.digest,
        extra={"plan": asdict(plan)},
    )
    return store_specs(ClipSet.create(root, card), plan.specs, plan.truth, workers, progress)


def store_specs(
    clips: ClipSet,
    specs: Callable[[], Iterator[ClipSpec]],
    truth: Sequence[str] = (),
    workers: int = 0,
    progress: Progress | None = None,
) -> ClipSet:
    """Store every clip that is not stored yet, and finish the set; as `synthesise_set`."""
    with alone_in(clips.root):
        return _store_specs(clips, specs, truth, workers, progress)


def _store_specs(
    clips: ClipSet,
    specs: Callable[[], Iterator[ClipSpec]],
    truth: Sequence[str],
    workers: int,
    progress: Progress | None,
) -> ClipSet:
    clips.sweep()
    total = sum(spec.frame_count for spec in specs())
    wanted = (spec for spec in specs() if not clips.has(spec.person_name, spec.clip_name))
    kept = total - sum(
        spec.frame_count for spec in specs() if not clips.has(spec.person_name, spec.clip_name)
    )
    drawn: Synchronized[int] = get_context("spawn").Value("q", kept)
    prepare = partial(_prepare, clips.root, tuple(truth), drawn)
    try:
        with Ticking(lambda: _report(progress, drawn, total)):
            for failure in spread(wanted, prepare, workers, _died):
                if failure is not None:
                    raise failure
    finally:
        clips.sweep()
    clips.finish()
    return clips


def _prepare(
    root: Path, truth: tuple[str, ...], drawn: "Synchronized[int]"
) -> Callable[[ClipSpec], VultusError | None]:
    """In every process: how it answers a clip."""
    torch.set_num_threads(1)  # the processes share the processors already
    return partial(_make, ClipSet.open(root), truth, drawn)


def _make(
    clips: ClipSet, truth: tuple[str, ...], drawn: "Synchronized[int]", spec: ClipSpec
) -> VultusError | None:
    """Store one clip; what is wrong is handed to the process that asked."""

    def tick() -> None:
        with drawn.get_lock():
            drawn.value += 1

    try:
        store_clip(clips, spec, truth, tick)
    except VultusError as error:
        return error
    return None


def _died(spec: ClipSpec, exit_code: int) -> VultusError:
    how = f"by signal {-exit_code}" if exit_code < 0 else f"with code {exit_code}"
    return VultusError(
        f"the process that made clip {spec.id!r} ended {how}",
        remedy="run the same command again, with fewer --workers if memory is short; what is stored stays",
        metadata={"clip": spec.id, "exit_code": exit_code},
    )


def _report(progress: Progress | None, drawn: "Synchronized[int]", total: int) -> None:
    if progress is not None:
        progress(drawn.value, total)
