"""Leaderboards from pairs to tables, on a tiny benchmark."""

import json
from dataclasses import replace

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.methods.base import METHODS
from vultus.metrics.leaderboard.contestants import CONTROLS, CopySource, Identity, Rendered
from vultus.metrics.leaderboard.keeping import ResultStore, alone_in
from vultus.metrics.leaderboard.running import LeaderboardPlan, run_leaderboard

PIXELS = ["l1[0..255]", "psnr[pooled]"]


def numbers(board, mode, metric):
    table = next(table for table in board.tables if table.mode == mode)
    return {row.contestant: row.totals[metric].value for row in table.rows}


@pytest.fixture(scope="module")
def plan(split):
    return LeaderboardPlan(split, (*CONTROLS, Rendered("warp")), metrics=[*PIXELS, "akd", "apd", "aed"])


@pytest.fixture(scope="module")
def board(plan, data, measured):
    return run_leaderboard(plan, data, measured)


def test_the_drivers_frames_beat_the_warp_and_that_the_portrait(board):
    for metric in ("l1[0..255]", "akd[frame-px]"):
        values = numbers(board, "self", metric)
        assert 0 == values["identity"] < values["warp"] < values["copy-source"]
    poses = numbers(board, "cross", "apd[deg]")
    assert 0 == poses["identity"] < poses["warp"] < poses["copy-source"]


def test_infinite_values_are_told_and_not_averaged(board):
    table = board.tables[0]
    total = next(row for row in table.rows if row.contestant == "identity").totals["psnr[pooled]"]
    assert total.value is None
    assert total.note.startswith("infinite")
    assert total.pairs == 0


def test_every_number_can_be_made_again_from_the_pairs(board):
    for table in board.tables:
        for row in table.rows:
            for column in table.columns:
                values = [
                    result.scores[column.name]["value"]
                    for result in board.results
                    if (result.contestant, result.mode) == (row.contestant, table.mode)
                ]
                known = [value for value in values if value is not None]
                if known:
                    assert row.totals[column.name].value == pytest.approx(np.mean(known), rel=1e-12)


def test_every_pair_is_answered_frame_by_frame(board):
    assert len(board.results) == 3 * 3
    assert {result.frames for result in board.results} == {4}
    assert not board.failures


def test_what_is_kept_is_not_measured_again(board, plan, data, measured):
    before = {path: path.stat().st_mtime_ns for path in (measured / "results").rglob("result.json")}
    again = run_leaderboard(plan, data, measured)
    assert json.dumps(again.to_json()) == json.dumps(board.to_json())
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_after_a_kill_the_rest_is_measured_and_the_tables_are_the_same(split, data, kept):
    plan = LeaderboardPlan(split, CONTROLS, metrics=PIXELS, modes=("self",))
    whole = run_leaderboard(plan, data, kept)
    store = ResultStore(kept / "results")
    result_file = kept / "results" / "identity" / "self-01" / "result.json"
    result_file.write_text(result_file.read_text()[:40])  # cut, as by hand: a kill leaves none at all
    (kept / "results" / ".self-00.abc.part").mkdir()
    survivor = kept / "results" / "identity" / "self-00" / "result.json"
    stamp = survivor.stat().st_mtime_ns
    again = run_leaderboard(plan, data, kept)
    assert again.to_json() == whole.to_json()
    assert survivor.stat().st_mtime_ns == stamp
    assert not list(store.root.glob(".*"))


def test_a_limit_leaves_pairs_and_their_clips_out(split, tmp_path):
    plan = LeaderboardPlan(split, CONTROLS[:1], modes=("self",), metrics=["l1[0..255]"], limit=1)
    board = run_leaderboard(plan, tmp_path / "data", tmp_path)
    assert [result.pair for result in board.results] == ["self/00"]
    assert len(list((tmp_path / "data" / "clips").iterdir())) == 1
    assert board.protocol["pairs"] == "the first 1 of each kind"


@pytest.mark.slow
def test_processes_answer_what_this_one_answers(split, data, kept, tmp_path):
    plan = LeaderboardPlan(split, CONTROLS, modes=("self",), metrics=["l1[0..255]"], limit=1)
    alone = run_leaderboard(plan, data, kept)
    told = []
    spread = run_leaderboard(plan, data, tmp_path / "two", 1, lambda *what: told.append(what))
    assert spread.to_json() == alone.to_json()
    assert told[-1] == ("scoring", 2, 2)


def test_a_third_party_method_takes_part_by_its_registered_name(split, data, kept, monkeypatch):
    class Still:
        name = "still"
        version = "builtin"

        def __init__(self, model):
            pass

        def create_avatar(self, portrait, options):
            return StillAvatar(portrait.rgb)

    class StillAvatar:
        memory_bytes = 0

        def __init__(self, rgb):
            self._rgb, self.size_px = rgb, rgb.shape[:2]

        def render(self, track):
            return np.repeat(self._rgb[None], len(track), axis=0)

    monkeypatch.setitem(METHODS._things, "still", Still)
    plan = LeaderboardPlan(split, (CopySource(), Rendered("still")), modes=("self",), metrics=["l1[0..255]"])
    values = numbers(run_leaderboard(plan, data, kept), "self", "l1[0..255]")
    assert values["still"] == values["copy-source"]


class _Short(Identity):
    """Answers one frame too few."""

    def frames(self, scene):
        return scene.driving.frames(1)


class _Small(Identity):
    """Answers frames of another size."""

    def frames(self, scene):
        return (rgb[:64] for rgb in scene.driving.frames())


@pytest.mark.parametrize(("kind", "said"), [(_Short, "3 frames, the reference 4"), (_Small, "128x64 px")])
def test_wrong_answers_are_failures_and_not_scored(split, data, kept, kind, said):
    plan = LeaderboardPlan(split, (CopySource(), kind(name="bad")), metrics=["l1", "apd"], limit=1)
    board = run_leaderboard(plan, data, kept)
    assert [failure.pair for failure in board.failures] == ["self/00", "cross/00"]
    assert said in board.failures[0].reason
    bad = board.tables[0].rows[1]
    assert (bad.pairs, bad.failed, bad.totals["l1[0..255]"].value) == (0, 1, None)


def test_two_runs_never_keep_results_in_one_folder_at_once(split, data, tmp_path):
    plan = LeaderboardPlan(split, CONTROLS[:1], modes=("self",), metrics=["l1[0..255]"], limit=1)
    with alone_in(tmp_path), pytest.raises(InputError, match="another run is at work"):
        run_leaderboard(plan, data, tmp_path)


def test_changed_metrics_are_measured_anew(split, data, kept):
    plan = LeaderboardPlan(split, CONTROLS[:1], modes=("self",), metrics=["l1[0..255]"], limit=1)
    run_leaderboard(plan, data, kept)
    board = run_leaderboard(replace(plan, metrics=["psnr[pooled]"]), data, kept)
    assert [column.name for column in board.tables[0].columns] == ["psnr[pooled]"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contestants": (CopySource(), CopySource())}, "two contestants are called 'copy-source'"),
        ({"contestants": ()}, "there are no contestants"),
        ({"metrics": ["l2"]}, "l2"),
        ({"metrics": ["l1[0..255]"], "modes": ("cross",)}, "self-reenactment only"),
        ({"metrics": ["l1[0..255]"]}, "no metric that was asked for has a meaning in cross-reenactment"),
    ],
)
def test_wrong_plans_are_refused_before_any_work(split, tmp_path, changes, said):
    plan = replace(LeaderboardPlan(split, CONTROLS), **changes)
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        run_leaderboard(plan, tmp_path / "data", tmp_path / "kept")
    assert not (tmp_path / "data").exists()
