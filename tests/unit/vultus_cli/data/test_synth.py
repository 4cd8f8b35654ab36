"""`vultus data synth` as a user meets it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from vultus.data.sets import ClipSet
from vultus_cli.main import run

SMALL = ["--people", "1", "--seconds", "0.5", "--fps", "6", "--size", "64", "--workers", "0"]


def test_makes_a_set_and_says_so_in_one_object(tmp_path, capsys):
    out = tmp_path / "set"
    assert run(["data", "synth", "--out", str(out), *SMALL, "--truth", "parts", "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    made = ClipSet.open(out)
    assert answered == {
        "out": str(out),
        "people": 1,
        "clips": 1,
        "frames": 3,
        "hours": 0.5 / 3600,
        "digest": made.digest,
    }
    assert len(list(made.clip(made.ids()[0]).layer("parts"))) == 3


def test_run_again_it_says_what_is_there_already(tmp_path, capsys):
    words = ["data", "synth", "--out", str(tmp_path / "set"), *SMALL]
    assert run(words) == 0
    first = capsys.readouterr()
    assert run(words) == 0
    again = capsys.readouterr()
    assert again.out == first.out
    assert "3 of 3 frames are there already" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing option '--out'"),
        (["--out", "x", "--people", "0"], "0 is not in the range"),
        (["--out", "x", "--size", "65"], "no clip of the world has a size of (65, 65)"),
        (["--out", "x", "--size", "1000"], "1000 is not in the range 64<=x<=512"),
        (["--out", "x", "--seconds", "nan"], "nan"),
        (["--out", "x", "--languages", "en,en"], "'en,en' names something twice"),
        (["--out", "x", "--languages", "xx"], "no language called 'xx'"),
        (["--out", "x", "--languages", ","], "a set needs a language"),
        (["--out", "x", "--truth", "dephts"], "did you mean 'depth'"),
        (["--out", "/dev/null/x"], "cannot make a set in '/dev/null/x'"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["data", "synth", *words]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "diary.txt").write_text("private")
    assert run(["data", "synth", "--out", str(tmp_path), *SMALL]) == 2
    assert "there is something else" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_quietly_and_keeps_what_is_stored(tmp_path, number):
    out = tmp_path / "set"
    words = ["data", "synth", "--out", str(out), "--people", "60", "--seconds", "0.6", "--size", "64"]
    process = subprocess.Popen(
        [sys.executable, "-m", "vultus_cli.main", *words, "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 100
    while not any(out.glob("clips/*/*/clip.json")) and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert said.splitlines()[-1] == "interrupted; nothing was left half-written"
    assert "Traceback" not in said
    assert 1 <= len(ClipSet.open(out).ids()) < 60
    assert not (out / ".incoming").exists()
