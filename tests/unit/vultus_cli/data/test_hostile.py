"""Sets that strangers made, and names that no set can have."""

import json

import pytest

from vultus_cli.main import run


def refused(capsys, *words):
    assert run([str(word) for word in (*words, "--json")]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    return json.loads(said.out)["error"]["message"]


@pytest.mark.parametrize("name", ["x" * 300, "loop", "", "\udcff"])
@pytest.mark.parametrize("command", [["inspect"], ["split"], ["synth", "--out"]])
def test_a_name_that_cannot_be_is_one_line(tmp_path, monkeypatch, capsys, command, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    assert "Invalid value" in refused(capsys, "data", *command, name)
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


@pytest.mark.parametrize("value", ["\ud800", float("nan"), 10**400, None, [1]])
@pytest.mark.parametrize("field", ["name", "duration_s", "rejected"])
def test_a_set_card_that_cannot_be_is_one_line(stored, capsys, field, value):
    path = stored / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    before = set(stored.rglob("*"))
    refused(capsys, "data", "split", stored)
    assert set(stored.rglob("*")) == before


@pytest.mark.parametrize(
    ("field", "value"), [("clips", None), ("left_out", True), ("digest", 1), ("uri", 1), ("split", [1])]
)
def test_an_index_of_wrong_types_is_one_line(stored, tmp_path, capsys, field, value):
    assert run(["data", "shard", str(stored), "--out", str(tmp_path / "shards")]) == 0
    capsys.readouterr()
    index = tmp_path / "shards" / "index.json"
    values = json.loads(index.read_text())
    values["shards"][0][field] = value
    index.write_text(json.dumps(values))
    assert "is no index of shards" in refused(capsys, "data", "inspect", index)
    card = index.with_name(values["shards"][0]["name"] + ".json")
    card.write_text(json.dumps(values["shards"][0]))
    assert run(["data", "shard", str(stored), "--out", str(index.parent)]) == 0


def test_shares_without_a_sum_are_one_line(stored, capsys):
    assert "no shares" in refused(capsys, "data", "split", stored, "--shares", "1e308,1e308,1e308")


@pytest.mark.parametrize("limit", ["nan", "inf"])
def test_clips_of_no_finite_length_are_refused(tmp_path, capsys, limit):
    words = ["data", "build", tmp_path, "--out", tmp_path / "set", "--max-seconds", limit]
    assert "finite" in refused(capsys, *words)
