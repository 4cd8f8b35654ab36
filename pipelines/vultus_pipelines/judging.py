"""What the evaluating steps do: contestants on the frozen split, and their tables put together."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vultus.data.media.locking import alone_in
from vultus.errors import InputError
from vultus.metrics.leaderboard import Contestant, Leaderboard, LeaderboardPlan, run_leaderboard
from vultus.metrics.leaderboard.contestants import Trained, choose_contestants
from vultus.metrics.leaderboard.joining import join_leaderboards
from vultus.metrics.leaderboard.keeping import ResultStore
from vultus.metrics.leaderboard.page import write_leaderboard_page
from vultus.metrics.leaderboard.records import MODES
from vultus.metrics.leaderboard.writing import write_leaderboard_json
from vultus.metrics.score import Mode
from vultus.world.benchmark import NEWEST, benchmark
from vultus_kit.tracking.records import CHAMPION
from vultus_kit.tracking.registry import ModelRegistry
from vultus_pipelines.work import Work, processors

BOARD = "leaderboard.json"
"""Where a folder of scores has them."""
_IN_REGISTRY = "models:/"
_SAY_EVERY_S = 10.0


@dataclass(frozen=True)
class Judged:
    """Contestants with their scores."""

    board: Leaderboard
    """Tables and single results."""

    @property
    def facts(self) -> dict[str, Any]:
        """Contestants, pairs and failures, as JSON values."""
        return {
            "contestants": list(
                dict.fromkeys(row.contestant for table in self.board.tables for row in table.rows)
            ),
            "pairs": len({result.pair for result in self.board.results}),
            "failures": [f"{one.contestant}, {one.pair}: {one.reason}" for one in self.board.failures],
        }

    def write(self, scores: str | Path, page: str | Path) -> None:
        """Leave the scores as JSON in a folder, and the tables as a page."""
        self.write_scores(scores)
        store = ResultStore(Work.open().benchmark / "results")
        write_leaderboard_page(Path(page), self.board, store, "the step evaluate")

    def write_scores(self, target: str | Path) -> None:
        """Leave the scores as JSON in a folder."""
        folder = Path(target)
        folder.mkdir(parents=True, exist_ok=True)
        write_leaderboard_json(folder / BOARD, self.board)

    @property
    def figures(self) -> dict[str, float]:
        """Every total of the first contestant that is no control, by "mode/metric"."""
        named: dict[str, float] = {}
        for table in self.board.tables:
            row = next((row for row in table.rows if not row.control), table.rows[0])
            totals = {f"{table.mode}/{name}": total.value for name, total in row.totals.items()}
            named |= {name: value for name, value in totals.items() if value is not None}
        return named


def contestant_of(name: str, folder: str | Path | None = None) -> Contestant:
    """Who is called so.

    Args:
        name: A method, a control, or a version in the registry such as "models:/vultus-gdpw@champion".
        folder: Model folder, where there is one; then `name` is what tables call it, "" for its own name.

    Raises:
        InputError: Nobody is called so.
        MissingError: What it needs is absent.
    """
    if folder is not None:
        return Trained.of(Path(folder), name)
    if not name.startswith(_IN_REGISTRY):
        return choose_contestants([name])[0][0]
    registry = ModelRegistry()
    version = registry.resolve(name)
    return Trained.of(registry.download(version, Work.open().models), version.label)


def all_contestants() -> list[str]:
    """Controls, methods that work here, and the champions of the registry."""
    registry = ModelRegistry()
    named = (name for name in registry.names() if registry.champion(name))
    champions = [f"{_IN_REGISTRY}{name}@{CHAMPION}" for name in named]
    return [one.name for one in choose_contestants()[0]] + champions


def judge(contestants: Sequence[Contestant], pairs: str = "self,cross", limit: int = 0) -> Judged:
    """Let contestants answer the pairs of the frozen split; what was measured before is not measured again.

    Args:
        contestants: Who.
        pairs: Kinds of pairs, between commas.
        limit: Only the first so many of each kind; 0 for all.

    Raises:
        InputError: A kind is unknown, or no pair was finished.
    """
    folder = Work.open().benchmark
    folder.mkdir(parents=True, exist_ok=True)
    plan = LeaderboardPlan(benchmark(), contestants, _modes(pairs), limit=limit or None)
    with alone_in(folder, wait=True):  # steps beside this one share clips and measurements
        board = run_leaderboard(plan, clips_folder(), folder, processors(), _Telling())
    if not board.results:
        reason = board.failures[0].reason if board.failures else "there are no pairs"
        raise InputError(f"no pair was finished: {reason}", remedy="see what the contestant cannot do")
    return Judged(board)


def clips_folder() -> Path:
    """Where the clips of the frozen split lie."""
    return Work.open().benchmark / f"clips-{NEWEST}"


def join_scores(folders: Sequence[str | Path]) -> Judged:
    """One leaderboard of several folders of scores; raises `IncompatibleError` where they differ in kind."""
    boards = [json.loads((Path(folder) / BOARD).read_text(encoding="utf-8")) for folder in folders]
    return Judged(join_leaderboards(boards))


def _modes(pairs: str) -> tuple[Mode, ...]:
    asked = [kind.strip() for kind in pairs.split(",") if kind.strip()]
    unknown = [kind for kind in asked if kind not in MODES]
    if unknown or not asked:
        raise InputError(
            f"no pairs are called {unknown[0]!r}" if unknown else "no kind of pairs is named",
            remedy=f"known: {', '.join(MODES)}",
        )
    return tuple(mode for mode in MODES if mode in asked)


class _Telling:
    """A line in the log every few seconds."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if total and now - self._said >= _SAY_EVERY_S:
            self._said = now
            print(f"{what}: {done} of {total}", flush=True)  # noqa: T201 -- a step's log
