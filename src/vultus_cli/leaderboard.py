"""`vultus leaderboard`: methods beside each other on the frozen benchmark split."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vultus.errors import InputError
from vultus_cli.inputs import FILE, check_output, make_folder, names_in
from vultus_cli.output import LINE_EVERY_S, answer, say
from vultus_cli.settings import TRACK_HELP
from vultus_cli.tracked import track_scores

if TYPE_CHECKING:
    from rich.progress import TaskID

    from vultus.metrics.leaderboard import Leaderboard
    from vultus.metrics.score import Mode

CACHE = Path("~/.cache/vultus/leaderboard")
ALL_KINDS = "self,cross"


@click.command("leaderboard")
@click.option("--methods", help="Names between commas.  [default: the controls and all that work here]")
@click.option(
    "--outputs", type=FILE, help="Folder of videos that others made: DIR/<name>/<pair id>.mp4 takes part too."
)
@click.option("--data", type=FILE, help="Folder of the clips, made if absent.  [default: in --cache]")
@click.option("--pairs", "kinds", default=ALL_KINDS, show_default=True, help="Kinds of pairs.")
@click.option("--metrics", help="Names or families between commas.  [default: all that need no weights]")
@click.option("--limit", type=click.IntRange(1), help="Only the first so many pairs of each kind.")
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    default=len(os.sched_getaffinity(0)),
    show_default="processors",
    help="Processes; 0 for none but this one.",
)
@click.option("--cache", type=FILE, default=CACHE, show_default=True, help="Folder of what is kept.")
@click.option(
    "--out",
    "folder",
    type=FILE,
    default=Path("out/leaderboard"),
    show_default=True,
    help="Folder to write to.",
)
@click.option("--markdown", "page", type=FILE, help="Also write the tables to this file.")
@click.option("--split", "split_path", type=FILE, help="A split of your own, in a file.")
@click.option("--track/--no-track", "track", default=None, help=TRACK_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    methods: str | None,
    outputs: Path | None,
    data: Path | None,
    kinds: str,
    metrics: str | None,
    limit: int | None,
    workers: int,
    cache: Path,
    folder: Path,
    page: Path | None,
    split_path: Path | None,
    track: bool | None,
    as_json: bool,
) -> None:
    """Let methods animate the pairs of the frozen benchmark, and tell how well each does it.

    Leaves leaderboard.json, .csv, .md and .html and pairs.csv in the folder of --out. A run that was
    interrupted goes on where it was; what has not changed is not measured again.
    """
    if page is not None:
        check_output(page, (".md",))
    from vultus.metrics.leaderboard.contestants import choose_contestants  # noqa: PLC0415 - heavy, as below
    from vultus.metrics.leaderboard.running import LeaderboardPlan, run_leaderboard  # noqa: PLC0415
    from vultus.world.benchmark import benchmark, read_split  # noqa: PLC0415

    split = read_split(split_path) if split_path else benchmark()
    contestants, left_out = choose_contestants(names_in(methods), outputs)
    for name, reason in left_out.items():
        say(f"leaving out {name}: {reason}")
    plan = LeaderboardPlan(split, contestants, _modes(kinds), names_in(metrics), limit)
    kept = cache.expanduser()
    data = data or kept / f"benchmark-{split.version}-{split.digest[7:15]}"
    for needed in (folder, kept, data.parent):
        make_folder(needed)
    with _Progress() as progress:
        board = run_leaderboard(plan, data, kept, workers, progress)
    words: dict[str, object] = {
        "methods": methods,
        "outputs": outputs,
        "pairs": None if kinds == ALL_KINDS else kinds,
    }
    words |= {"metrics": metrics, "limit": limit, "split": split_path}
    options = "".join(f" --{name} {value}" for name, value in words.items() if value is not None)
    paths = _write(board, folder, kept, page, f"vultus leaderboard{options}")
    for failure in board.failures:
        say(f"not finished: {failure.contestant}, {failure.pair}: {failure.reason}")
    track_scores(track, "leaderboard", {**words, "benchmark": split.digest}, _totals(board), paths)
    if as_json:
        values = board.to_json()
        del values["pairs"]  # they stand in leaderboard.json
        about = {"benchmark": split.digest, "left_out": left_out, "files": list(map(str, paths))}
        answer(about | values, as_json=True)
    else:
        _print_tables(board)
        print("\n".join(map(str, paths)))


def _write(board: "Leaderboard", folder: Path, kept: Path, page: Path | None, words: str) -> list[Path]:
    """Write every form; answers the files."""
    from vultus.metrics.leaderboard import page as pages  # noqa: PLC0415
    from vultus.metrics.leaderboard import writing  # noqa: PLC0415
    from vultus.metrics.leaderboard.keeping import ResultStore  # noqa: PLC0415

    files = {ending: folder / f"leaderboard.{ending}" for ending in ("json", "csv", "md", "html")}
    writing.write_leaderboard_json(files["json"], board)
    writing.write_totals_csv(files["csv"], board)
    writing.write_pairs_csv(folder / "pairs.csv", board)
    for path in (files["md"], page):
        if path is not None:
            writing.write_markdown(path, board, words)
    pages.write_leaderboard_page(files["html"], board, ResultStore(kept / "results"), words)
    return [*files.values(), folder / "pairs.csv", *([page] if page else [])]


def _totals(board: "Leaderboard") -> dict[str, float | None]:
    """Every total by "contestant/kind of pairs/metric"."""
    return {
        f"{row.contestant}/{table.mode}/{name}": total.value
        for table in board.tables
        for row in table.rows
        for name, total in row.totals.items()
    }


def _print_tables(board: "Leaderboard") -> None:
    from vultus.metrics.leaderboard import writing  # noqa: PLC0415

    for table in board.tables:
        lines = [["", *(row.contestant for row in table.rows)]]
        lines += [[what, *values] for what, values in writing.counts(table)]
        for column in table.columns:
            totals = [row.totals[column.name] for row in table.rows]
            cells = [f"{writing.shown(total)} {writing.interval(total)}".strip() for total in totals]
            lines.append([f"{column.name} {writing.arrow(column)}", *cells])
        first, *others = (max(map(len, cells)) for cells in zip(*lines, strict=True))
        print(writing.TITLES[table.mode])
        for name, *cells in lines:
            aligned = (f"  {cell:>{width}}" for cell, width in zip(cells, others, strict=True))
            print(f"{name:{first}}" + "".join(aligned))
        print()


def _modes(kinds: str) -> "tuple[Mode, ...]":
    from vultus.metrics.leaderboard.records import MODES  # noqa: PLC0415

    asked = names_in(kinds) or ()
    unknown = [kind for kind in asked if kind not in MODES]
    if unknown or not asked:
        raise InputError(
            f"no pairs are called {unknown[0]!r}" if unknown else "no kind of pairs is named",
            remedy=f"known: {', '.join(MODES)}",
        )
    return tuple(mode for mode in MODES if mode in asked)


class _Progress:
    """How far each part of the work is: a bar on a terminal, a line every few seconds elsewhere."""

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._said = time.monotonic()
        if not sys.stderr.isatty():
            return self._line
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._bar.start()
        return self._advance

    def __exit__(self, *error: object) -> None:
        if sys.stderr.isatty():
            self._bar.stop()

    def _advance(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what)
        self._bar.update(self._tasks[what], completed=done, total=total)

    def _line(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._said >= LINE_EVERY_S and total:
            say(f"{what}: {done} of {total}")
            self._said = now
