"""`vultus model` as a user meets it, on a data base."""

import http.server
import json
import threading
from functools import partial

import numpy as np
import pytest
import torch

from vultus.face.models import load_morphable
from vultus.methods.gdpw.model import GdpwModel
from vultus.metrics.leaderboard.records import PairResult
from vultus.metrics.leaderboard.table import Leaderboard
from vultus.nets.gdpw import GdpwConfig
from vultus.train.running import write_model
from vultus_cli.main import run
from vultus_kit.tracking.connection import Connection

NETWORK = {"width": 4, "halvings": 3, "code_count": 4}


@pytest.fixture
def folder(tmp_path):
    """Makes small untrained model folders."""

    def make(seed):
        torch.manual_seed(seed)
        head = load_morphable()
        network = GdpwModel(GdpwConfig(**NETWORK), head)
        config = {"method": "gdpw", "side_px": 64, "network": NETWORK, "data": f"sha256:{seed}"}
        return write_model(tmp_path / f"run-{seed}" / "model", network, config, 0, head, "a card")

    return make


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(
        json.dumps({"primaries": ["self/l1"], "guards": [{"metric": "self/shaking", "margin": 0.1}]})
    )
    return path


@pytest.fixture
def board(tmp_path):
    """Writes a leaderboard.json of contestants by name, each with an error and a shaking."""

    def write(**reached):
        results = []
        for name, (l1, shaking) in reached.items():
            draws = np.random.default_rng(0)
            for person in range(8):
                values = {"l1": l1 + draws.normal(), "shaking": shaking}
                scores = {
                    key: {
                        "value": value,
                        "unit": "1",
                        "protocol": "p",
                        "higher_is_better": False,
                        "frames": 5,
                    }
                    for key, value in values.items()
                }
                own = (name.replace("_", "-"), f"self/{person:02}", "self", f"p{person}")
                results.append(PairResult(*own, "sha256:0", 5, 0, scores))
        path = tmp_path / "leaderboard.json"
        rows = {result.contestant for result in results}
        values = Leaderboard({"benchmark": "sha256:1"}, (), tuple(results), ()).to_json()
        values["tables"] = [
            {"mode": "self", "columns": [], "rows": [{"contestant": name, "control": False} for name in rows]}
        ]
        path.write_text(json.dumps(values))
        return path

    return write


def vultus(capsys, *words):
    code = run([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_life_of_a_model(mlflow_uri, folder, board, policy, capsys):
    model = partial(vultus, capsys, "model")
    code, first = model("register", folder(1), "--licence", "CC0-1.0", "--tag", "who=me")
    assert code == 0
    assert (first["name"], first["version"], first["aliases"]) == ("vultus-gdpw", 1, ["challenger"])
    assert (first["tags"]["licence"], first["tags"]["who"]) == ("CC0-1.0", "me")
    assert first["tags"]["data_digest"] == "sha256:1"
    assert json.loads(first["tags"]["signature"])["inputs"]

    scores = board(warp=(5.0, 0.0), vultus_gdpw_1=(4.0, 0.0))
    code, promoted = model("promote", "gdpw@challenger", "--scores", scores, "--policy", policy)
    assert (code, promoted["champion"], promoted["before"]) == (0, 1, None)

    model("register", folder(2))
    worse = board(vultus_gdpw_1=(4.0, 0.0), vultus_gdpw_2=(4.5, 0.0))
    code, refused = model("promote", "gdpw/2", "--scores", worse, "--policy", policy)
    assert (code, refused["error"]["reason"]) == (2, "GATE_REFUSED")
    assert "self/l1: not better beyond its interval" in refused["error"]["message"]
    assert model("show", "gdpw")[1]["version"] == 1
    assert model("promote", "gdpw/2")[1]["error"]["reason"] == "GATE_REFUSED"

    better = board(vultus_gdpw_1=(4.0, 0.0), vultus_gdpw_2=(3.0, 0.05))
    code, promoted = model("promote", "gdpw/2", "--scores", better, "--policy", policy)
    assert (code, promoted["champion"], promoted["before"]) == (0, 2, 1)
    shown = model("show", "vultus-gdpw@champion")[1]
    assert (shown["version"], shown["tags"]["gate"]) == (2, "promote")
    assert "| ✓ guard | `self/shaking` |" in shown["tags"]["gate_table"]
    assert json.loads(shown["tags"]["metric_protocol"]) == {"benchmark": "sha256:1"}

    code, back = model("rollback", "gdpw")
    assert (code, back["champion"], back["before"]) == (0, 1, 2)
    listed = model("list")[1]
    assert [(one["version"], one["aliases"]) for one in listed["vultus-gdpw"]] == [(2, []), (1, ["champion"])]


def test_the_decision_is_kept_with_the_run_that_trained(mlflow_uri, folder, board, policy, capsys):
    client = Connection(mlflow_uri).client
    run_id = client.create_run(Connection(mlflow_uri).experiment("training")).info.run_id
    assert run(["model", "register", str(folder(1)), "--run-id", run_id]) == 0
    scores = board(warp=(5.0, 0.0), vultus_gdpw_1=(6.0, 0.0))
    assert run(["model", "promote", "gdpw/1", "--scores", str(scores), "--policy", str(policy)]) == 2
    assert client.get_run(run_id).data.tags["gate"] == "keep"
    assert {one.path for one in client.list_artifacts(run_id, "gate")} == {
        "gate/decision.json",
        "gate/decision.md",
    }
    assert "# Refused: vultus-gdpw-1" in capsys.readouterr().err
    assert run(["model", "promote", "gdpw/1", "--force"]) == 0
    assert run(["model", "list"]) == 0
    assert run(["model", "list", "gdpw"]) == 0
    assert run(["model", "show", "gdpw"]) == 0
    said = capsys.readouterr().out
    assert "champion" in said
    assert "| ✗ primary | `self/l1` |" in said


def test_a_version_that_takes_something_else_is_not_promoted(mlflow_uri, folder, capsys):
    assert run(["model", "register", str(folder(1))]) == 0
    assert run(["model", "register", str(folder(2))]) == 0
    assert run(["model", "promote", "gdpw/1", "--force"]) == 0
    Connection(mlflow_uri).client.set_model_version_tag(
        "vultus-gdpw", "2", "signature", '{"inputs": "other"}'
    )
    assert run(["model", "promote", "gdpw/2", "--force"]) == 2
    assert "has another signature than the champion, models:/vultus-gdpw/1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "gdpw"], "has no model 'models:/vultus-gdpw@champion'; see `vultus model list`"),
        (["show", "gdpw/one"], "names no version"),
        (["list", "gdpw"], "has no model 'vultus-gdpw'"),
        (["rollback", "gdpw"], "has no model 'vultus-gdpw'"),
        (["register", "nowhere"], "there is no nowhere"),
    ],
)
def test_mistakes_are_named(mlflow_uri, words, said, capsys):
    assert run(["model", *words]) in (2, 3)
    assert said in capsys.readouterr().err


def test_a_policy_or_scores_that_cannot_be_read_are_named(mlflow_uri, folder, board, tmp_path, capsys):
    assert run(["model", "register", str(folder(1))]) == 0
    (tmp_path / "list.json").write_text("[]")
    scores = str(board(vultus_gdpw_1=(4.0, 0.0)))
    for words, said in (
        (["--scores", str(tmp_path / "list.json")], "holds no leaderboard"),
        (["--scores", scores, "--policy", str(tmp_path / "list.json")], "is no JSON object"),
        (["--scores", scores], "'warp' finished no pair"),
        (["--scores", scores, "--challenger", "else"], "'else' finished no pair"),
    ):
        assert run(["model", "promote", "gdpw/1", *words]) == 2
        assert said in capsys.readouterr().err


class _Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every request as MLflow does to those who have no password."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b"You are not authenticated.")

    def do_POST(self):
        self.do_GET()

    def log_message(self, *words):
        pass


def test_a_server_that_is_not_there_or_refuses_us_is_named(monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert run(["model", "list"]) == 3
    assert "http://127.0.0.1:9 does not answer" in capsys.readouterr().err
    with http.server.HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.server_port}")
        assert run(["model", "list"]) == 2
        server.shutdown()
        thread.join()
    assert "refuses these credentials" in (said := capsys.readouterr().err)
    assert "MLFLOW_TRACKING_USERNAME" in said
