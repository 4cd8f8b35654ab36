"""From contestants and pairs to a leaderboard, in processes that may be killed."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import torch

from vultus.data.real.workers import spread
from vultus.data.sets import ClipSet
from vultus.errors import InputError, VultusError
from vultus.metrics import METRICS
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.evaluation import EvaluationConfig
from vultus.metrics.extractors import pinned
from vultus.metrics.faces import TrackingFaceReader
from vultus.metrics.leaderboard.contestants import (
    CROSS_MOTION,
    SELF_MOTION,
    Contestant,
    Dropped,
)
from vultus.metrics.leaderboard.drivers import TRACK_PROTOCOL
from vultus.metrics.leaderboard.keeping import ResultStore, alone_in, result_digest
from vultus.metrics.leaderboard.records import MODES, Failure, PairResult, mode_of
from vultus.metrics.leaderboard.scoring import PairScorer, chosen_metrics
from vultus.metrics.leaderboard.table import Leaderboard, make_tables
from vultus.metrics.score import Mode
from vultus.world.benchmark import BenchmarkSplit, Pair

LEADERBOARD_VERSION = 1
"""Raised when results are made otherwise; older ones are then made anew."""

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True)
class LeaderboardPlan:
    """What is compared, on what."""

    split: BenchmarkSplit
    """Whose pairs."""

    contestants: Sequence[Contestant]
    """Who takes part; the rows, in this order."""

    modes: Sequence[Mode] = MODES
    """Which of its pairs."""

    metrics: Sequence[str] | None = None
    """Metrics or families; None for those that need no weights."""

    limit: int | None = None
    """The first so many pairs of each mode; None for all."""

    config: EvaluationConfig = field(default_factory=lambda: EvaluationConfig(worst=1, threads=1))
    """How much is looked at."""

    bootstrap: BootstrapConfig = field(default_factory=BootstrapConfig)
    """Intervals of the totals."""

    def pairs(self) -> list[Pair]:
        """Those that are measured."""
        chosen = {"self": self.split.self_pairs, "cross": self.split.cross_pairs}
        return [pair for mode in self.modes for pair in chosen[mode][: self.limit]]

    def protocol(self) -> dict[str, str]:
        """What has to be the same before two leaderboards may be compared."""
        return {
            "benchmark": f"world-benchmark-{self.split.version}, {self.split.digest}",
            "pairs": f"the first {self.limit} of each kind" if self.limit else "all",
            "driver": TRACK_PROTOCOL,
            "self-reenactment": f"the portrait is a frame of the clip that drives it; motion {SELF_MOTION}",
            "cross-reenactment": f"portrait and driver are two people; motion {CROSS_MOTION}",
            "frames": "every frame of the driver, the whole picture, compared before any encoding",
            "totals": "mean over pairs of each pair's value; a pair without a value is counted out",
            "intervals": f"95 % bootstrap over the portraits' people, all pairs of a person together, "
            f"{self.bootstrap.resamples} resamples, seed {self.bootstrap.seed}",
        }


def run_leaderboard(
    plan: LeaderboardPlan,
    data: Path,
    kept: Path,
    workers: int = 0,
    progress: Progress = lambda what, done, total: None,
) -> Leaderboard:
    """Build the split, let every contestant answer every pair, and total the scores.

    Clips, measurements of drivers and finished results are kept: the same call after an interruption goes on
    where it was, and gives the same tables.

    Args:
        plan: What is compared.
        data: Folder of the split's clips; made where it is absent, only what the pairs need.
        kept: Folder of measurements and results.
        workers: Processes; 0 for this one.
        progress: Called now and then.

    Raises:
        InputError: Videos of a contestant are missing or of other length or size: all are named; or another
            run keeps its results in `kept` at this moment.
        MissingError: A metric needs weights that are not there.
    """
    metrics = chosen_metrics(plan.metrics, plan.modes)
    _refuse_double(plan.contestants)
    pairs = plan.pairs()
    check_outputs(plan.split, plan.contestants, pairs)
    with alone_in(kept):
        results, failures = _answers(plan, pairs, metrics, (data, kept), workers, progress)
    results.sort(key=_order(plan.contestants, pairs))
    tables = make_tables(plan.modes, plan.contestants, results, failures, plan.bootstrap)
    return Leaderboard(plan.protocol(), tables, tuple(results), tuple(failures))


def _answers(
    plan: LeaderboardPlan,
    pairs: Sequence[Pair],
    metrics: Mapping[Mode, Sequence[str]],
    folders: tuple[Path, Path],
    workers: int,
    progress: Progress,
) -> tuple[list[PairResult], list[Failure]]:
    """Every result, kept or made now."""
    data, kept = folders
    ids = dict.fromkeys(clip for pair in pairs for clip in (pair.source, pair.driving))
    clips = plan.split.build(data, workers, partial(progress, "building the benchmark"), only=list(ids))
    store = ResultStore(kept / "results")
    store.sweep()
    tasks = list(_tasks(plan, clips, metrics, pairs))
    found = [store.find(task.contestant.name, task.pair.id, task.digest) for task in tasks]
    missing = [task for task, result in zip(tasks, found, strict=True) if result is None]
    desk = partial(_desk, data, kept, metrics, plan.config)
    drivers = list(dict.fromkeys(task.pair.driving for task in missing))
    told = partial(_tell, progress, "measuring drivers", len(drivers))
    _each(spread(drivers, partial(_measuring, desk), workers, _unmeasured), told)
    told = partial(_tell, progress, "scoring", len(tasks))
    kept_count = len(tasks) - len(missing)
    answers = _each(spread(missing, partial(_scoring, desk), workers, _died), told, kept_count)
    results = [result for result in found if result is not None]
    results += [answer for answer in answers if isinstance(answer, PairResult)]
    return results, [answer for answer in answers if isinstance(answer, Failure)]


def check_outputs(split: BenchmarkSplit, contestants: Sequence[Contestant], pairs: Sequence[Pair]) -> None:
    """Raise `InputError` naming every video of a contestant that cannot be scored."""
    faults: list[str] = []
    for contestant, pair in itertools.product(contestants, pairs):
        if isinstance(contestant, Dropped):
            spec = split.spec(pair.driving)
            fault = contestant.fault(pair, spec.frame_count, spec.size_px)
            faults += [fault] if fault else []
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise InputError(
            f"{faults[0]}{more}",
            remedy="give one video for each pair, with the driver's frames and size, "
            "at <outputs>/<method>/<pair id>.mp4",
            metadata={"faults": "; ".join(faults)},
        )


@dataclass(frozen=True)
class _Task:
    """One answer to be scored."""

    contestant: Contestant
    pair: Pair
    digest: str


def _tasks(
    plan: LeaderboardPlan, clips: ClipSet, metrics: Mapping[Mode, Sequence[str]], pairs: Sequence[Pair]
) -> Iterator[_Task]:
    reader = TrackingFaceReader().protocol
    digests = {clip: clips.clip(clip).digest for pair in pairs for clip in (pair.source, pair.driving)}
    for pair in pairs:
        measured = [[name, pinned(METRICS[name].info)] for name in metrics[mode_of(pair)]]
        shared = (LEADERBOARD_VERSION, asdict(pair), digests[pair.source], digests[pair.driving])
        rest = (measured, reader, TRACK_PROTOCOL, asdict(plan.config))
        for contestant in plan.contestants:
            own = (contestant.name, contestant.digest(pair))
            yield _Task(contestant, pair, result_digest(*shared, *rest, *own))


@dataclass(frozen=True)
class _Desk:
    """What a process works with."""

    scorer: PairScorer
    store: ResultStore


def _desk(data: Path, kept: Path, metrics: Mapping[Mode, Sequence[str]], config: EvaluationConfig) -> _Desk:
    torch.set_num_threads(1)  # the processes share the processors already
    cv2.setNumThreads(1)
    scorer = PairScorer(ClipSet.open(data), kept / "drivers", metrics, config)
    return _Desk(scorer, ResultStore(kept / "results"))


def _measuring(desk: Callable[[], _Desk]) -> Callable[[str], None]:
    """In every process: how it measures a driver."""
    return partial(_measure, desk().scorer)


def _measure(scorer: PairScorer, clip_id: str) -> None:
    with suppress(VultusError):  # said again, and counted, where a pair needs it
        scorer.driver(clip_id)


def _unmeasured(clip_id: str, exit_code: int) -> None:
    """A process died over a driver; it is measured again where a pair needs it."""


def _scoring(desk: Callable[[], _Desk]) -> Callable[[_Task], PairResult | Failure]:
    """In every process: how it answers a task."""
    return partial(_score, desk())


def _score(desk: _Desk, task: _Task) -> PairResult | Failure:
    try:
        result, shown = desk.scorer.score(task.contestant, task.pair, task.digest)
    except VultusError as error:
        return Failure(task.contestant.name, task.pair.id, mode_of(task.pair), str(error))
    desk.store.keep(result, shown)
    return result


def _died(task: _Task, exit_code: int) -> Failure:
    how = f"by signal {-exit_code}" if exit_code < 0 else f"with code {exit_code}"
    return Failure(
        task.contestant.name, task.pair.id, mode_of(task.pair), f"its process ended {how}; run the same again"
    )


def _each(answers: Iterator[T], told: Callable[[int], None], done: int = 0) -> list[T]:
    """All answers, counted as they come."""
    told(done)
    found: list[T] = []
    for answer in answers:
        found.append(answer)
        told(done + len(found))
    return found


def _tell(progress: Progress, what: str, total: int, done: int) -> None:
    progress(what, done, total)


def _order(
    contestants: Sequence[Contestant], pairs: Sequence[Pair]
) -> Callable[[PairResult], tuple[int, int]]:
    """Pairs in the split's order, contestants in the plan's."""
    rows = {one.name: place for place, one in enumerate(contestants)}
    places = {pair.id: place for place, pair in enumerate(pairs)}
    return lambda result: (places[result.pair], rows[result.contestant])


def _refuse_double(contestants: Sequence[Contestant]) -> None:
    names = [one.name for one in contestants]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None or not names:
        raise InputError(
            f"two contestants are called {double!r}" if names else "there are no contestants",
            remedy="give each a name of its own" if names else "name some",
        )
