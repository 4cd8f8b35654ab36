"""`vultus leaderboard` as a user meets it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vultus.world.benchmark import BenchmarkSplit, Pair
from vultus.world.specs import ClipSpec
from vultus_cli.main import run


@pytest.fixture
def split_file(tmp_path):
    """A benchmark of one person, four frames long."""
    spec = ClipSpec(person_seed=9, duration_s=1.0, fps=4.0, size_px=(64, 64), language=None)
    split = BenchmarkSplit(1, (9,), (spec,), (Pair("self/00", spec.id, 1, spec.id),), (), {})
    path = tmp_path / "split.json"
    path.write_text(json.dumps({"digest": split.digest, "benchmark": split.to_json()}))
    return path


@pytest.fixture
def words(split_file, tmp_path):
    """Pixels of the controls alone: nothing looks for faces."""
    words = ["leaderboard", "--split", str(split_file), "--cache", str(tmp_path / "cache"), "--workers", "0"]
    words += ["--out", str(tmp_path / "out"), "--pairs", "self", "--metrics", "l1[0..255]"]
    return [*words, "--methods", "copy-source,identity"]


def test_it_answers_one_object_and_leaves_every_form(words, tmp_path, capsys):
    page = tmp_path / "page.md"
    assert run([*words, "--markdown", str(page), "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    assert set(answered) == {
        "benchmark", "protocol", "tables", "failures", "left_out", "files"
    }  # fmt: skip
    (table,) = answered["tables"]
    assert table["mode"] == "self"
    copy, identity = table["rows"]
    assert identity["totals"]["l1[0..255]"]["value"] == 0 < copy["totals"]["l1[0..255]"]["value"]
    assert [Path(path).name for path in answered["files"]] == [
        "leaderboard.json", "leaderboard.csv", "leaderboard.md", "leaderboard.html", "pairs.csv", "page.md"
    ]  # fmt: skip
    assert all(Path(path).is_file() for path in answered["files"])
    assert page.read_text() == (tmp_path / "out" / "leaderboard.md").read_text()


def test_the_files_say_the_same(words, tmp_path, capsys):
    assert run(words) == 0
    shown = capsys.readouterr().out
    out = tmp_path / "out"
    values = json.loads((out / "leaderboard.json").read_text())
    (copy, _) = values["tables"][0]["rows"]
    value = copy["totals"]["l1[0..255]"]["value"]
    with (out / "leaderboard.csv").open() as file:
        totals = list(csv.DictReader(file))
    assert float(totals[0]["value"]) == value
    assert totals[0]["protocol"] == values["tables"][0]["columns"][0]["protocol"]
    with (out / "pairs.csv").open() as file:
        pairs = list(csv.DictReader(file))
    assert [row["contestant"] for row in pairs] == ["copy-source", "identity"]
    assert float(pairs[0]["value"]) == value
    assert f"{value:.4g}" in shown
    assert f"{value:.4g}" in (out / "leaderboard.html").read_text()
    assert values["published"]["warning"].startswith("Other data")


def test_run_again_it_gives_the_same_files(words, tmp_path):
    assert run(words) == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert run(words) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--methods", "wrap"], "no contestant called 'wrap'; known: copy-source"),
        (["--methods", "warp,warp"], "'warp,warp' names something twice"),
        (["--methods", ","], "names nothing"),
        (["--pairs", "mine"], "no pairs are called 'mine'; known: self, cross"),
        (["--metrics", "l2"], "no metric called 'l2'"),
        (["--outputs", "nowhere"], "there is no folder nowhere"),
        (["--limit", "0"], "0 is not in the range"),
        (["--split", "/dev/null"], "holds no benchmark split"),
        (["--out", "/dev/null/x"], "cannot make the folder /dev/null/x"),
        (["--markdown", "page.txt"], "its name must end in .md"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, more, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run([*words, *more, "--json"]) == 2
    captured = capsys.readouterr()
    assert (
        said
        in json.loads(captured.out)["error"]["message"] + "; " + json.loads(captured.out)["error"]["remedy"]
    )
    assert "Traceback" not in captured.err
    assert not list(tmp_path.glob("out/*"))


def test_missing_videos_are_named_and_nothing_is_written(words, tmp_path, capsys):
    (tmp_path / "theirs" / "ours-v2").mkdir(parents=True)
    more = ["--outputs", str(tmp_path / "theirs"), "--methods", "ours-v2"]
    assert run([*words, *more]) == 2
    assert "ours-v2/self/00.mp4 is missing" in capsys.readouterr().err
    assert not list(tmp_path.glob("out/*"))


def test_a_metric_without_its_weights_is_exit_code_3(words, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run([*words, "--metrics", "lpips[alex]"]) == 3
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
def test_killed_and_run_again_it_gives_the_tables_of_a_run_that_was_not(tmp_path):
    """The whole command with the warp and faces, in another process; SIGKILL after the first result."""
    spec = ClipSpec(person_seed=9, duration_s=1.0, fps=4.0, size_px=(128, 128), language=None)
    split = BenchmarkSplit(1, (9,), (spec,), (Pair("self/00", spec.id, 1, spec.id),), (), {})
    file = tmp_path / "split.json"
    file.write_text(json.dumps({"digest": split.digest, "benchmark": split.to_json()}))
    words = ["leaderboard", "--split", str(file), "--data", str(tmp_path / "data")]
    words += ["--methods", "copy-source,identity,warp", "--pairs", "self", "--workers"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    first = ["--cache", str(killed), "--out", str(killed / "out")]
    with subprocess.Popen(
        [sys.executable, "-m", "vultus_cli.main", *words, "1", *first],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None and not list(killed.glob("results/*/*/result.json")):
            time.sleep(0.02)
        assert process.poll() is None, "it ended before it could be killed"
        os.killpg(process.pid, signal.SIGKILL)
    assert not (killed / "out" / "leaderboard.json").exists()
    kept = {path: path.stat().st_mtime_ns for path in killed.glob("results/*/*/result.json")}
    assert run([*words, "0", *first]) == 0
    assert kept
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert run([*words, "0", "--cache", str(whole), "--out", str(whole / "out")]) == 0
    names = ("leaderboard.json", "leaderboard.csv", "pairs.csv")
    assert [(killed / "out" / name).read_bytes() for name in names] == [
        (whole / "out" / name).read_bytes() for name in names
    ]
    tables = json.loads((whole / "out" / "leaderboard.json").read_text())["tables"]
    for metric in ("l1[0..255]", "akd[frame-px]"):
        copy, identity, warp = (row["totals"][metric]["value"] for row in tables[0]["rows"])
        assert identity < warp < copy
