"""A leaderboard as a page that needs nothing beside itself."""

from pathlib import Path

from vultus.metrics.leaderboard import writing
from vultus.metrics.leaderboard.keeping import ResultStore
from vultus.metrics.leaderboard.published import WARNING, published_tables
from vultus.metrics.leaderboard.records import PairResult
from vultus.metrics.leaderboard.table import Leaderboard, Table
from vultus.metrics.report import PictureRow, write_page
from vultus.metrics.score import Mode

LIMITATIONS = (
    "The people are synthetic. A method that is better here is better on the world's people; that it is on "
    "real ones has to be measured on real ones.",
    "Poses and expressions are measured by the landmark detector and the fit that drivers are measured with; "
    "an error that both make is not seen.",
    "Identity is compared by dlib's network. Its cosine similarity hardly separates people and is no ArcFace "
    "similarity; read the distance.",
    "Intervals say how much a mean varies between people, not between runs of a method.",
)
WORST_PAIRS = 2
"""Worst pairs of each method that are shown, of each kind."""


def write_leaderboard_page(path: Path, board: Leaderboard, store: ResultStore, command: str) -> None:
    """Write the page.

    Args:
        path: Where.
        board: What.
        store: Where the worst frames are kept.
        command: What made it, to be repeated.
    """
    write_page(
        path,
        "leaderboard.html.j2",
        board=board,
        command=command,
        texts=writing,
        warning=WARNING,
        published=published_tables(),
        pictures={table.mode: worst_pictures(board, table, store) for table in board.tables},
        limitations=LIMITATIONS,
    )


def worst_pictures(board: Leaderboard, table: Table, store: ResultStore) -> list[PictureRow]:
    """The worst frames of the worst pairs of every method; of the controls where there is no method."""
    methods = [row.contestant for row in table.rows if not row.control]
    names = methods or [row.contestant for row in table.rows]
    rows = []
    for name in names:
        own = [one for one in board.results if one.mode == table.mode and one.contestant == name]
        worst = sorted(own, key=lambda result: result.worst, reverse=True)[:WORST_PAIRS]
        rows += [row for result in worst if (row := _row(result, store)) is not None]
    return rows


def _row(result: PairResult, store: ResultStore) -> PictureRow | None:
    shown = store.shown(result)
    if shown is None:
        return None
    reference = "reference" if result.mode == "self" else "driver"
    return PictureRow(
        caption=f"{result.contestant}, pair {result.pair}, frame {result.worst_frame}: "
        + _badness(result.mode, result.worst),
        pictures={"portrait": shown.source, reference: shown.reference, result.contestant: shown.generated},
    )


def _badness(mode: Mode, worst: float) -> str:
    if mode == "self":
        return f"root mean square error of {worst**0.5:.1f} grey levels"
    return f"heads {worst:.1f}° apart"
