"""Building a set of real clips: every item of a source, in parallel, again where it was left off."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice, takewhile
from pathlib import Path

from vultus.data.media.atomic import replacing
from vultus.data.media.locking import alone_in
from vultus.data.real.items import ItemBuilder
from vultus.data.real.making import Making
from vultus.data.real.outcomes import BuildReport, Outcome, Rejection
from vultus.data.real.sources import SOURCES, SourceItem
from vultus.data.real.workers import spread
from vultus.data.sets import ClipSet, SetCard
from vultus.errors import InputError
from vultus.face.detectors import DETECTORS
from vultus.face.models import load_morphable

OUTCOMES_FOLDER = "sources"
"""Beside the clips: what became of each item."""


def build_set(
    source: Path,
    root: Path,
    making: Making,
    workers: int = 0,
    progress: Callable[[Outcome], None] | None = None,
) -> BuildReport:
    """Bring every item of a source into the stored form.

    Runs again where it was left off: items with a record of their outcome are not looked at again unless
    they changed, clips that are stored are kept. However often it was interrupted, and by how many processes
    it was made, the set has the same digest.

    Args:
        source: Folder of the data set, or one file.
        root: Folder of the set; made, or continued when it was made in the same way.
        making: How, and which adapter reads `source`.
        workers: Processes; 0 for this one.
        progress: Called with the outcome of every item.

    Raises:
        InputError: The layout is not there, `root` cannot be used or the disk is full; what is done stays.
        IncompatibleError: `root` holds a set that was made otherwise.
        MissingError: The head model or the detector is absent.
    """
    items = SOURCES[making.source](source)
    # The first item tells whether the layout is there, before a folder is made.
    items = chain(list(islice(items, 1)), items)
    _require_parts(making)
    clips = _open_set(source, root, making)
    with alone_in(root):
        return _build(items, clips, making, workers, progress)


def _build(
    items: Iterator[SourceItem],
    clips: ClipSet,
    making: Making,
    workers: int,
    progress: Callable[[Outcome], None] | None,
) -> BuildReport:
    root = clips.root
    clips.sweep()
    report = BuildReport(str(root), making.recipe.name, making.recipe.digest)
    full: list[Outcome] = []
    pending = _Pending(items, clips, making, report, progress)
    prepare = partial(_prepare, making, root)
    waiting = takewhile(lambda _: not full, pending)
    for outcome in spread(waiting, prepare, workers, partial(_crashed, making)):
        if outcome.final:
            _keep(root, outcome)
        else:
            full += [outcome] if any(one.reason == "disk_full" for one in outcome.rejections) else []
        _note(report, outcome, progress)
    card = clips.finish(dict(report.rejected))
    if full:
        raise _disk_full(full[0], report)
    report.clips, report.frames, report.digest = card.clips, card.frames, card.digest
    report.hours = card.duration_s / 3600
    return report


class _Pending:
    """Items that no earlier run has finished; finished ones are counted on the way."""

    def __init__(
        self,
        items: Iterator[SourceItem],
        clips: ClipSet,
        making: Making,
        report: BuildReport,
        progress: Callable[[Outcome], None] | None,
    ) -> None:
        self._items, self._clips, self._making = items, clips, making
        self._report, self._progress = report, progress

    def __iter__(self) -> Iterator[SourceItem]:
        for item in self._items:
            outcome = self._finished(item)
            if outcome is None:
                yield item
            else:
                self._report.done_before += 1
                _note(self._report, outcome, self._progress)

    def _finished(self, item: SourceItem) -> Outcome | None:
        """What became of an item, where that is known and holds still."""
        path = outcome_path(self._clips.root, item.id)
        try:
            outcome = Outcome.from_json(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):  # none, or one that cannot be read
            return None
        if outcome.input_digest == self._making.input_digest(item) and self._stored(outcome):
            return outcome
        for clip in outcome.clips:
            person, _, name = clip.partition("/")
            self._clips.discard(person, name)
        return None

    def _stored(self, outcome: Outcome) -> bool:
        return all(self._clips.has(*clip.split("/", 1)) for clip in outcome.clips)


def outcome_path(root: Path, item_id: str) -> Path:
    """Where the record of an item's outcome lies."""
    return root / OUTCOMES_FOLDER / f"{item_id}.json"


def read_outcomes(root: Path) -> Iterator[Outcome]:
    """The outcomes of all items of a set, sorted by id; what cannot be read is left out."""
    for path in sorted((root / OUTCOMES_FOLDER).glob("*/*.json")):
        try:
            yield Outcome.from_json(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _require_parts(making: Making) -> None:
    """Fail here, once, rather than in every process."""
    load_morphable(making.morphable)
    DETECTORS[making.detector](video=False).close()


def _open_set(source: Path, root: Path, making: Making) -> ClipSet:
    card = SetCard(
        name=root.resolve().name,
        source=making.source,
        licence="as each clip's card says",
        recipe=f"{making.recipe.name} {making.recipe.version}",
        recipe_digest=making.digest,
        extra={"making": json.loads(making.to_json()), "input": source.resolve().name},
    )
    return ClipSet.create(root, card)


def _prepare(making: Making, root: Path) -> Callable[[SourceItem], Outcome]:
    return ItemBuilder(making, ClipSet.open(root)).build


def _crashed(making: Making, item: SourceItem, exit_code: int) -> Outcome:
    how = f"by signal {-exit_code}" if exit_code < 0 else f"with code {exit_code}"
    message = f"the process that worked on {str(item.path)!r} ended {how}"
    return Outcome(item.id, making.input_digest(item), (), (Rejection("crashed", message),))


def _keep(root: Path, outcome: Outcome) -> None:
    path = outcome_path(root, outcome.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(outcome.to_json(), indent=1, sort_keys=True))


def _note(report: BuildReport, outcome: Outcome, progress: Callable[[Outcome], None] | None) -> None:
    report.add(outcome)
    if progress is not None:
        progress(outcome)


def _disk_full(outcome: Outcome, report: BuildReport) -> InputError:
    return InputError(
        f"{outcome.id} could not be stored: {outcome.rejections[0].message}",
        remedy=f"free space and run the same command again; {report.items - 1} items are done and stay",
        metadata={"item": outcome.id, "root": report.root},
    )
