"""`vultus pipeline`: what it lists, what it refuses, what it writes."""

import json

import pytest

from vultus_cli.main import run


def _error(capsys):
    return json.loads(capsys.readouterr().out)["error"]


def test_pipelines_are_listed_with_their_parameters(capsys):
    assert run(["pipeline", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["pipelines"]
    assert {"world_to_model", "train_and_release", "evaluate_all", "backfill_tracks"} == set(listed)
    assert listed["world_to_model"]["parameters"]["preset"] == {
        "kind": "str",
        "required": False,
        "default": "smoke",
    }
    assert listed["backfill_tracks"]["parameters"]["data"] == {"kind": "str", "required": True}


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (["evaluate_all"], "nobody said where", "--local"),
        (["evaluate_al", "--local"], "no pipeline called 'evaluate_al'", "evaluate_all"),
        (["evaluate_all", "--local", "--param", "limits=1"], "no parameter 'limits'", "'limit'"),
        (["evaluate_all", "--local", "--param", "limit=many"], "limit cannot be 'many'", "int"),
        (["evaluate_all", "--local", "--param", "limit"], "--param limit has no value", "NAME=VALUE"),
        (["backfill_tracks", "--local"], "needs the parameter 'data'", "--param data="),
        (["evaluate_all", "--endpoint", "kubeflow"], "no endpoint", "https://"),
        (
            ["evaluate_all", "--endpoint", "http://k", "--token-file", "/nowhere"],
            "cannot read the token",
            "file",
        ),
    ],
)
def test_wrong_words_are_told_in_one_line(capsys, words, message, remedy):
    assert run(["pipeline", "run", *words, "--json"]) == 2
    error = _error(capsys)
    assert message in error["message"]
    assert remedy in error["remedy"]


def test_an_endpoint_where_nobody_is_is_a_missing_service(capsys):
    assert run(["pipeline", "run", "evaluate_all", "--endpoint", "http://127.0.0.1:9", "--json"]) == 3
    assert _error(capsys)["reason"] == "SERVICE_UNAVAILABLE"


def test_a_file_that_is_not_up_to_date_is_found_and_written(capsys, tmp_path):
    compile_it = ["pipeline", "compile", "evaluate_all", "--out", str(tmp_path), "--json"]
    assert run([*compile_it, "--check"]) == 2
    assert "evaluate_all.yaml" in _error(capsys)["message"]
    assert run([*compile_it, "--write"]) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert written == ["evaluate_all.kubernetes.yaml", "evaluate_all.yaml"]
    assert run([*compile_it, "--check"]) == 0
