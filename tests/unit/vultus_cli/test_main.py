"""Errors become exit codes and one line; nothing heavy is imported for that."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from vultus_cli.main import COMMANDS, run
from vultus_cli.output import answer


def test_help_names_every_command(capsys):
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(name in text and about in text for name, about in COMMANDS.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    assert run([name, "--help"]) == 0
    assert "Usage: vultus " + name in capsys.readouterr().out


def test_without_a_command_the_help_is_shown(capsys):
    assert run([]) == 2
    assert "animate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dance"], "No such command 'dance'"),
        (["animate"], "Missing argument 'SOURCE'"),
        (["animate", "face.png"], "give one of --driving VIDEO, --track TRACK.npz and --motion NAME"),
        (["animate", "face.png", "--motion", "turn", "--out", "x.avi"], "its name must end in .mp4"),
        (["animate", "face.png", "--motion", "turn", "--out", "no/such/x.mp4"], "there is no folder no/such"),
        (["animate", "x.mp4", "--motion", "turn", "--out", "x.mp4"], "is an input too"),
        (["animate", "no.png", "--motion", "turn"], "no.png"),
        (["fit", "no.mp4"], "no.mp4"),
        (["fit", "no.png", "--face", "left"], "--face cannot be 'left'"),
        (["fit", "no.png", "--face", "²"], "--face cannot be '²'"),
        (["fit", "no.png", "--face", "9" * 30], "--face cannot be '999"),
        (["fit", "no.png", "--out", "x" * 300 + ".npz"], "its name is too long"),
        (["edit", "no.png", "--yaw", "500"], "500.0 is not in the range -180<x<180"),
        (["demo", "--out", "/dev/null/x"], "cannot make /dev/null/x: Not a directory"),
        (["up", "--rooms", ","], "--rooms cannot be ','"),
        (["up", "--rooms", "fitting,fitting"], "name each room once"),
        (["edit", "no.png", "--expression", "jawOpen"], "--expression cannot be 'jawOpen'"),
        (["evaluate", "a.mp4"], "Missing option '--reference'"),
        (["up", "--rooms", "kitchen"], "no room called 'kitchen'"),
        (["assets", "pull", "morphable/nobody"], "no asset called 'morphable/nobody'"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_asset_is_exit_code_3(capsys, tmp_path):
    assert run(["assets", "--folder", str(tmp_path), "pull", "morphable/flame2023"]) == 3
    assert "register and accept the licence" in capsys.readouterr().err


def test_a_room_that_does_not_answer_is_exit_code_3(capsys, tmp_path, monkeypatch, portrait):
    monkeypatch.setenv("VULTUS_ENDPOINT_FITTING", "127.0.0.1:9")
    assert run(["fit", str(portrait), "--out", str(tmp_path / "t.npz"), "--json"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["reason"] == "SERVICE_UNAVAILABLE"
    assert "Traceback" not in captured.err


def test_a_misspelt_setting_is_named(capsys, tmp_path, monkeypatch, portrait):
    monkeypatch.setenv("VULTUS_ENDPOINT_FITING", "127.0.0.1:9")
    assert run(["fit", str(portrait), "--out", str(tmp_path / "t.npz")]) == 2
    assert "did you mean VULTUS_ENDPOINT_FITTING" in capsys.readouterr().err


def test_a_busy_port_is_exit_code_3(capsys):
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        try:
            assert run(["up", "--rooms", "metrics", "--port", str(port - 100)]) == 3
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err


def test_being_ended_is_being_interrupted():
    code = (
        "import os, signal, vultus_cli.main as m;"
        "m.run = lambda words: os.kill(os.getpid(), signal.SIGTERM);"
        "\ntry: m.main([])"
        "\nexcept KeyboardInterrupt: print('interrupted')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "interrupted\n"


def test_errors_are_json_when_asked(capsys):
    assert run(["fit", "no.png", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert set(error) == {"reason", "message", "remedy"}
    assert error["reason"] == "MEDIA_UNUSABLE"


def _words(*words):
    return [sys.executable, "-m", "vultus_cli.main", *words]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["assets", "list", "--json"]])
def test_a_full_stdout_is_one_line_and_exit_code_2(words, unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(_words(*words), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the answer cannot be written: No space left on device; ")
    assert done.stderr.count("\n") == 1


def test_a_failing_command_keeps_its_exit_code_where_stdout_is_full():
    words = _words("assets", "pull", "morphable/flame2023")
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["assets", "list", "--json"]])
def test_a_reader_that_leaves_early_is_no_error(words, unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(_words(*words), stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupted_command_answers_an_object_when_asked(monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("vultus_cli.doctor.LOOKS", (interrupted,))
    assert run(["doctor", "--json"]) == 130
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["reason"] == "INTERRUPTED"
    assert captured.err.strip() == "interrupted; nothing was left half-written"


def test_answers_are_words_where_nobody_asked_for_json(capsys):
    answer({"aliases": ["champion", "challenger"], "tags": [], "size": 0.5, "run": None}, as_json=False)
    said = capsys.readouterr().out
    assert said == "aliases: champion, challenger\ntags: -\nsize: 0.5\nrun: -\n"


def test_help_imports_nothing_heavy():
    code = "import sys; from vultus_cli.main import run; run(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_doctor_finds_the_embedded_default_complete(capsys):
    assert run(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    states = {finding["name"]: finding["state"] for finding in findings}
    assert states["mediapipe"] == states["torch"] == "ok"
    assert states["morphable/flame2023"] in ("ok", "optional")
    assert states["starter/gdpw"] in ("ok", "optional")


def test_assets_can_be_limited_to_commercial_use(capsys):
    assert run(["assets", "list", "--licence", "commercial", "--json"]) == 0
    assets = json.loads(capsys.readouterr().out)["assets"]
    assert "morphable/ict" in assets
    assert all(asset["commercial"] for asset in assets.values())
