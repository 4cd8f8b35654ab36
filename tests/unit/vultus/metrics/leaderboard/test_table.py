"""Totals and their intervals."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.leaderboard.contestants import CONTROLS, CopySource, Rendered
from vultus.metrics.leaderboard.records import Failure, PairResult
from vultus.metrics.leaderboard.table import Leaderboard, make_tables, mean_over_people
from vultus.metrics.leaderboard.writing import best, column_protocols, markdown, shown

CONFIG = BootstrapConfig(resamples=2000, seed=3)


def result(contestant, pair, value, person="p1", protocol="textbook", note=""):
    score = {"value": value, "unit": "px", "protocol": protocol, "higher_is_better": False, "ci95": None}
    score |= {"frames": 5} | ({"note": note} if note else {})
    return PairResult(contestant, pair, "self", person, "sha256:0", 5, 1, {"error": score})


def test_intervals_are_those_of_a_textbook_loop():
    rng = np.random.default_rng(0)
    groups = [rng.normal(size=n) for n in (1, 3, 2, 2, 5)]
    value, ci95 = mean_over_people(groups, CONFIG)
    assert value == pytest.approx(np.concatenate(groups).mean(), rel=1e-12)
    draws = np.random.default_rng(3).integers(0, 5, (2000, 5))
    means = [np.concatenate([groups[i] for i in draw]).mean() for draw in draws]
    assert ci95 == pytest.approx(np.quantile(means, [0.025, 0.975]), rel=1e-9)


def test_pairs_of_one_person_do_not_narrow_the_interval():
    rng = np.random.default_rng(1)
    people = rng.normal(size=8)
    once = mean_over_people([np.array([x]) for x in people], CONFIG)
    often = mean_over_people([np.full(10, x) for x in people], CONFIG)
    assert often[1] == pytest.approx(once[1])


def test_one_person_has_no_interval():
    assert mean_over_people([np.array([1.0, 2.0])], CONFIG) == (1.5, None)


def test_pairs_without_a_value_are_counted_out_and_told():
    results = [result("warp", "self/00", 2.0), result("warp", "self/01", None, "p2", note="no frame")]
    failures = [Failure("warp", "self/02", "self", "why")]
    (table,) = make_tables(("self",), [Rendered("warp")], results, failures, CONFIG)
    row = table.rows[0]
    assert (row.pairs, row.failed, row.frames, row.without_face) == (2, 1, 10, 2)
    total = row.totals["error"]
    assert (total.value, total.ci95, total.pairs, total.people, total.note) == (2.0, None, 1, 1, "no frame")


def test_numbers_of_two_protocols_never_share_a_column():
    results = [result("warp", "self/00", 2.0), result("copy-source", "self/00", 2.0, protocol="other")]
    with pytest.raises(IncompatibleError, match="'other', elsewhere as 'textbook'"):
        make_tables(("self",), [Rendered("warp"), CopySource()], results, [], CONFIG)


def test_the_best_is_a_method_and_no_control():
    results = [
        result(name, "self/00", value)
        for name, value in (("copy-source", 0.0), ("identity", 0.0), ("warp", 2.0), ("gdpw", 1.0))
    ]
    contestants = [*CONTROLS, Rendered("warp"), Rendered("gdpw")]
    (table,) = make_tables(("self",), contestants, results, [], CONFIG)
    assert best(table.columns[0], table.rows) == "gdpw"
    assert best(table.columns[0], table.rows[:3]) == ""


def test_the_page_tells_totals_failures_and_keeps_published_figures_apart():
    results = [result("copy-source", "self/00", 3.25), result("copy-source", "self/01", 3.75, "p2")]
    failures = (Failure("identity", "self/00", "self", "its process ended"),)
    tables = make_tables(("self",), CONTROLS, results, failures, CONFIG)
    board = Leaderboard({"benchmark": "tiny"}, tables, tuple(results), failures)
    page = markdown(board, "vultus leaderboard")
    assert "| `error` ↓, px | 3.5 [3.25, 3.75] | – |" in page  # noqa: RUF001
    assert "| pairs finished | 2 of 2 | 0 of 1 |" in page
    assert "- identity, self/00: its process ended" in page
    ours, theirs = page.split("## Published figures, of other data")
    assert "HeadGAN | 10.72" not in ours
    assert "HeadGAN | 10.72" in theirs
    assert "cannot be compared" in theirs
    assert column_protocols(board) == {"error": "textbook"}
    assert shown(tables[0].rows[1].totals["error"]) == "–"  # noqa: RUF001


def test_methods_stand_beside_the_baseline_pair_by_pair():
    """Everybody gains about half a pixel, though people differ by hundreds of times that."""
    own = {"warp": (3.0, 90.0, 400.0), "gdpw": (2.5, 89.4, 399.5), "headgan": (9.0, 9.0, 9.0)}
    results = [
        result(name, f"self/{row:02}", value, f"p{row}")
        for name, values in own.items()
        for row, value in enumerate(values)
    ]
    tables = make_tables(("self",), [Rendered(name) for name in own], results, [], CONFIG)
    page = markdown(Leaderboard({}, tables, tuple(results), ()), "")
    beside = page.split("### Beside `warp`")[1]
    (line,) = [line for line in beside.splitlines() if line.startswith("| `error` |")]
    _, _, gdpw, headgan, _ = (cell.strip() for cell in line.split("|"))
    assert gdpw.startswith("**+0.533 [+0.5")
    assert not headgan.startswith("**")
