"""`vultus train` as a user meets it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.nets.gdpw import GdpwConfig
from vultus_cli.main import run


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """One cache for all tests of this file, so that their world is made once."""
    folder = tmp_path_factory.getbasetemp() / "training-cache"
    monkeypatch.setenv("VULTUS_CLI_TRAINING_FOLDER", str(folder))


SHORT = ["--set", "plan.steps=4", "--set", "plan.save_every=2", "--set", "plan.sample_every=4"]


@pytest.mark.parametrize("method", ["gdpw", "headgan"])
def test_a_smoke_run_leaves_a_model_a_log_and_a_sample(method, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(["train", method, "--preset", "smoke", *SHORT, "--out", str(out), "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    assert answered["steps"] == 4
    assert answered["model"] == str(out / "model")
    lines = [json.loads(line) for line in (out / "losses.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert (out / "samples" / "step-00000004.png").is_file()
    config = json.loads((out / "model" / "config.json").read_text())
    assert (config["method"], config["steps"], config["data"]) == (method, 4, answered["data"])


def test_the_written_model_can_be_loaded(tmp_path):
    out = tmp_path / "run"
    assert run(["train", "gdpw", *SHORT, "--out", str(out)]) == 0
    config = json.loads((out / "model" / "config.json").read_text())
    model = GdpwModel(GdpwConfig(**config["network"]), load_morphable("builtin"))
    state = load_file(out / "model" / "model.safetensors")
    model.load_state_dict(state)
    assert state["codes"].dtype == torch.float16


def test_a_run_is_not_mixed_with_another_by_accident(tmp_path, capsys):
    out = tmp_path / "run"
    words = ["train", "gdpw", *SHORT, "--out", str(out)]
    assert run(words) == 0
    assert run(words) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert run([*words, "--resume", "--set", "plan.steps=6"]) == 0
    assert len((out / "losses.jsonl").read_text().splitlines()) == 6
    assert run([*words, "--resume", "--set", "network.width=8"]) == 2
    assert "network" in capsys.readouterr().err
    assert run([*words, "--resume", "--set", "plan.steps=3"]) == 2
    assert "6 steps are done already, 3 were asked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gdpx"], "no method to train called 'gdpx'"),
        (["gdpw", "--preset", "tiny"], "no preset of gdpw called 'tiny'"),
        (["gdpw", "--set", "plan.steps"], "--set plan.steps has no value"),
        (["gdpw", "--set", "plan.steps=0"], "steps is 0"),
        (["gdpw", "--set", "nothing=1"], "no setting 'nothing'"),
        (["gdpw", "--data", "nowhere"], "'nowhere' holds no data set"),
        (["gdpw", "--resume"], "there is no run in"),
        (["gdpw", "--out", "/dev/null/run"], "cannot make /dev/null/run"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["train", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-1]


def test_absent_weights_are_exit_code_3(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("vultus.train.course.DEFAULT_FOLDER", tmp_path / "no-assets")
    words = ["train", "gdpw", "--set", "perceptual=vgg19", "--out", str(tmp_path / "run")]
    assert run(words) == 3
    assert "vgg19" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_killed_it_goes_on_as_if_nothing_had_happened(tmp_path):
    options = ["--set", "plan.steps=40", "--set", "plan.save_every=5", "--set", "plan.sample_every=0"]

    def words(name, *more):
        return [
            sys.executable,
            "-m",
            "vultus_cli.main",
            "train",
            "gdpw",
            *options,
            "--out",
            str(tmp_path / name),
            *more,
        ]

    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": os.environ | {"OMP_NUM_THREADS": "1"},
    }
    subprocess.run(words("whole"), check=True, **quiet)
    victim = subprocess.Popen(words("parts"), start_new_session=True, **quiet)
    checkpoint = tmp_path / "parts" / "checkpoints" / "step-00000010"
    deadline = time.monotonic() + 120
    while not checkpoint.exists() and victim.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    subprocess.run(words("parts", "--resume"), check=True, **quiet)
    whole, parts = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert len((tmp_path / "parts" / "losses.jsonl").read_text().splitlines()) == 40


@pytest.mark.slow
def test_a_tracked_run_goes_on_at_mlflow_where_it_stopped(mlflow_uri, tmp_path, capsys):
    from vultus_kit.tracking.connection import Connection  # noqa: PLC0415 - heavy

    out = tmp_path / "run"
    words = ["train", "gdpw", *SHORT, "--out", str(out), "--json"]
    assert run(words) == 0
    first = json.loads(capsys.readouterr().out)
    assert run([*words, "--resume", "--set", "plan.steps=6"]) == 0
    run_id = json.loads(capsys.readouterr().out)["run_id"]
    assert run_id == first["run_id"]
    client = Connection(mlflow_uri).client
    found = client.get_run(run_id)
    assert (found.info.status, found.data.params["data_digest"]) == ("FINISHED", first["data"])
    assert (found.data.params["plan.steps"], found.data.tags["now.plan.steps"]) == ("4", "6")
    log = [json.loads(line) for line in (out / "losses.jsonl").read_text().splitlines()]
    history = client.get_metric_history(run_id, "generator/pixels")
    assert [(one.step, one.value) for one in history] == [
        (one["step"], one["generator/pixels"]) for one in log
    ]
    assert [entry.path for entry in client.list_artifacts(run_id, "samples")] == ["samples/step-00000004.png"]
    assert "model/CARD.md" in {entry.path for entry in client.list_artifacts(run_id, "model")}


def test_a_server_that_is_down_costs_no_training_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert run(["train", "gdpw", *SHORT, "--out", str(tmp_path / "run"), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["run_id"] is None
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()
    assert "does not answer (NewConnectionError); going on" in said.err
    assert "entries of this run are not at http://127.0.0.1:9" in said.err.splitlines()[-1]
