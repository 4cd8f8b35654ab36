"""A leaderboard as files: JSON, tables of totals and of pairs, and Markdown."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vultus.data.media.atomic import replacing
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.gate_records import BASELINE
from vultus.metrics.leaderboard.paired import Compared, Scores
from vultus.metrics.leaderboard.published import WARNING, PublishedTable, published_tables
from vultus.metrics.leaderboard.table import Column, Leaderboard, Row, Table, Total
from vultus.metrics.report import write_json

TITLES = {"self": "Self-reenactment", "cross": "Cross-reenactment"}
INTRODUCTION = (
    "Every method gets the same portraits and drivers of the frozen benchmark split of the synthetic world "
    "(docs/data.md), and every frame that it makes is measured in the same way."
)
CONTROLS = (
    "`copy-source` and `identity` are controls, no methods: the portrait without any motion, and the "
    "driver's own frames. In self-reenactment `identity` is the perfect answer; across people it moves "
    "perfectly and shows the wrong person."
)
READING = (
    "Brackets: 95 % interval over people. ↑ higher is better, ↓ lower is better. Frames without a face are "
    "left out of the metrics of faces, so read their number first."
)
BESIDE = (
    "Means of the differences on the same pairs, in the metric's own unit, with their 95 % interval over "
    "people; above 0 the method is better, bold where the whole interval is on one side."
)
TAKING_PART = """## Taking part

- **A method in Python.** Give it an entry point of the group `vultus.methods`: a callable that takes a
  morphable model and answers a `vultus.methods.base.Method`. Installed beside Vultus, it is a contestant by
  its name.
- **Videos made anywhere.** Put them at `<folder>/<name>/<pair id>.mp4`, for instance
  `theirs/ours-v2/self/00.mp4`: one for each pair, every frame of the driver, in its size. Then
  `vultus leaderboard --outputs theirs`. A video that is missing, too short or of another size is named, and
  nothing is scored.

Portraits and drivers are the clips that the command leaves under `--data`; the pairs stand in its
`dataset.json`. Results are kept under `--cache` and made again only where a method's code, its videos, a
metric or a clip has changed.
"""


def write_leaderboard_json(path: Path, board: Leaderboard) -> None:
    """Write everything: protocol, tables, every pair, and the published figures apart from them."""
    published = [vars(table) for table in published_tables()]
    write_json(path, board.to_json() | {"published": {"warning": WARNING, "tables": published}})


def write_totals_csv(path: Path, board: Leaderboard) -> None:
    """Write one row for each number of the tables."""
    head = ["pairs", "contestant", "metric", "value", "unit", "ci95_low", "ci95_high"]
    rows = [
        [table.mode, row.contestant, column.name, *_cells(row.totals[column.name], column)]
        for table in board.tables
        for row in table.rows
        for column in table.columns
    ]
    _write_csv(path, [*head, "pair_count", "people", "protocol"], rows)


def write_pairs_csv(path: Path, board: Leaderboard) -> None:
    """Write one row for each score of each pair."""
    head = ["pair", "contestant", "metric", "value", "unit", "ci95_low", "ci95_high", "frames", "protocol"]
    rows = []
    for result in board.results:
        for name, score in result.scores.items():
            low, high = score["ci95"] or ("", "")
            value = "" if score["value"] is None else score["value"]
            own = [value, score["unit"], low, high, score["frames"], score["protocol"]]
            rows.append([result.pair, result.contestant, name, *own])
    _write_csv(path, head, rows)


def write_markdown(path: Path, board: Leaderboard, command: str) -> None:
    """Write the tables as a page of the documentation.

    Args:
        path: Where.
        board: What.
        command: What made it, to be repeated.
    """
    with replacing(path) as temporary:
        temporary.write_text(markdown(board, command), encoding="utf-8")


def markdown(board: Leaderboard, command: str) -> str:
    """The tables with their protocols, and the published figures apart from them."""
    parts = [f"# Leaderboard\n\nMade by `{command}`. {INTRODUCTION}\n\n{CONTROLS}\n"]
    for table in board.tables:
        parts.append(f"## {TITLES[table.mode]}\n\n{_table(table)}\n")
        if beside := _beside(board, table):
            parts.append(f"### Beside `{BASELINE}`\n\n{BESIDE}\n\n{beside}\n")
    if board.failures:
        lines = [f"- {one.contestant}, {one.pair}: {one.reason}" for one in board.failures]
        parts.append("## Not finished\n\n" + "\n".join(lines) + "\n")
    parts.append(f"{READING}\n")
    parts.append("## How it is measured\n\n" + _list(board.protocol.items()))
    parts.append("What the columns are:\n\n" + _list(column_protocols(board).items()))
    parts.append(TAKING_PART)
    parts.append(f"## Published figures, of other data\n\n**{WARNING}**\n")
    parts += [_published(table) for table in published_tables()]
    return "\n".join(parts)


def column_protocols(board: Leaderboard) -> dict[str, str]:
    """How each metric was measured; where kinds of pairs differ in it, for each of them."""
    found: dict[str, dict[str, str]] = {}
    for table in board.tables:
        for column in table.columns:
            found.setdefault(column.name, {})[table.mode] = column.protocol
    texts = {}
    for name, protocols in found.items():
        one = len(set(protocols.values())) == 1
        texts[name] = next(iter(protocols.values())) if one else _by_mode(protocols)
    return texts


def shown(total: Total) -> str:
    """A number as tables have it, without its interval."""
    if total.value is None:
        return "∞" if total.note.startswith("infinite") else "–"  # noqa: RUF001 -- a dash
    return f"{total.value + 0.0:.4g}"


def interval(total: Total) -> str:
    """Its interval in brackets; "" for none."""
    return f"[{total.ci95[0] + 0.0:.3g}, {total.ci95[1] + 0.0:.3g}]" if total.ci95 else ""


def best(column: Column, rows: Sequence[Row]) -> str:
    """The best method of a column; "" while there are no two to choose from."""
    values = {
        row.contestant: value
        for row in rows
        if not row.control and (value := row.totals[column.name].value) is not None
    }
    if len(values) < 2:
        return ""
    return (max if column.higher_is_better else min)(values, key=lambda name: values[name])


def arrow(column: Column) -> str:
    """Direction of better values, and the unit."""
    unit = "" if column.unit == "1" else f", {column.unit}"
    return ("↑" if column.higher_is_better else "↓") + unit


def counts(table: Table) -> Iterator[tuple[str, list[str]]]:
    """Rows of counts above the metrics: what they are, and one for each contestant."""
    yield "pairs finished", [f"{row.pairs} of {row.pairs + row.failed}" for row in table.rows]
    yield "frames without a face", [f"{row.without_face} of {row.frames}" for row in table.rows]


def beside(board: Leaderboard, table: Table) -> tuple[list[str], list[tuple[str, list[Compared]]]]:
    """Methods, and for each metric what each gains over the baseline; nothing where there is no baseline."""
    names = [row.contestant for row in table.rows if row.pairs and not row.control]
    others = [name for name in names if name != BASELINE]
    if BASELINE not in names or not others:
        return [], []
    baseline, *scores = (Scores.of(board.results, name) for name in (BASELINE, *others))
    metrics = {column.name: f"{table.mode}/{column.name}" for column in table.columns}
    return others, [
        (name, [Compared.of(metric, one, baseline, BootstrapConfig()) for one in scores])
        for name, metric in metrics.items()
    ]


def gain(compared: Compared) -> str:
    """A gain with its interval."""
    if compared.gain is None or compared.ci95 is None:
        return "–"  # noqa: RUF001 -- a dash
    low, high = compared.ci95
    return f"{compared.gain:+.3g} [{low:+.3g}, {high:+.3g}]"


def certain(compared: Compared) -> bool:
    """Whether the whole interval lies on one side of 0."""
    return compared.ci95 is not None and (compared.ci95[0] > 0 or compared.ci95[1] < 0)


def _table(table: Table) -> str:
    names = [f"*{row.contestant}*" if row.control else row.contestant for row in table.rows]
    lines = [f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    lines += [f"| {what} | {' | '.join(values)} |" for what, values in counts(table)]
    for column in table.columns:
        winner = best(column, table.rows)
        cells = [_cell(row, column, row.contestant == winner) for row in table.rows]
        lines.append(f"| `{column.name}` {arrow(column)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _beside(board: Leaderboard, table: Table) -> str:
    names, lines = beside(board, table)
    if not names:
        return ""
    rows = [f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for metric, gains in lines:
        cells = [f"**{gain(one)}**" if certain(one) else gain(one) for one in gains]
        rows.append(f"| `{metric}` | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _cell(row: Row, column: Column, bold: bool) -> str:
    total = row.totals[column.name]
    value = f"**{shown(total)}**" if bold else shown(total)
    fewer = f" ({total.pairs} pairs)" if total.value is not None and total.pairs < row.pairs else ""
    return f"{value} {interval(total)}{fewer}".strip()


def _published(table: PublishedTable) -> str:
    lines = [
        f"### {table.title}\n",
        f"[{table.citation}]; data: {table.data}; protocol `{table.protocol}`. {table.note}".strip() + "\n",
        f"| method | {' | '.join(table.columns)} |",
        "|---|" + "---:|" * len(table.columns),
    ]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    return "\n".join(lines) + "\n"


def _list(items: Iterable[tuple[str, str]]) -> str:
    return "".join(f"- **{name}**: {text}\n" for name, text in items)


def _by_mode(protocols: dict[str, str]) -> str:
    return " / ".join(f"({mode}) {text}" for mode, text in protocols.items())


def _cells(total: Total, column: Column) -> list[object]:
    low, high = total.ci95 or ("", "")
    value = "" if total.value is None else total.value
    return [value, column.unit, low, high, total.pairs, total.people, column.protocol]


def _write_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    with replacing(path) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8")
