import json

import pytest

from vultus.data.sets import ClipSet
from vultus_cli.main import run


def answer(capsys, *words, code=0):
    assert run([str(word) for word in (*words, "--json")]) == code
    return json.loads(capsys.readouterr().out)


def test_people_are_divided_and_clips_stay_as_they_are(stored, capsys):
    before = ClipSet.open(stored).digest
    values = answer(capsys, "data", "split", stored, "--shares", "2,1,1", "--seed", 5)
    assert values["splits"].keys() == {"train", "val", "test"}
    assert values["people_in_several"] == []
    assert (values["by"], values["shares"], values["seed"]) == ("person", [2, 1, 1], 5)
    clip_set = ClipSet.open(stored)
    assert clip_set.digest == before
    assert {name: len(clip_set.ids(name)) for name in values["splits"]} == {
        name: part["clips"] for name, part in values["splits"].items()
    }
    assert answer(capsys, "data", "split", stored, "--shares", "2,1,1", "--seed", 5) == values
    assert json.loads((stored / "splits.json").read_text())["how"]["seed"] == 5


def test_clips_of_everyone_are_divided(stored, capsys):
    values = answer(capsys, "data", "split", stored, "--by", "clip", "--shares", "1,0,1")
    assert values["people_in_several"] == ["ada", "ben", "cleo", "dan"]
    assert ClipSet.open(stored).ids("train")[:3] == ["ada/0.talk", "ben/0.talk", "cleo/0.talk"]


def test_the_table_is_for_people(stored, capsys):
    assert run(["data", "split", str(stored)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["split", "people", "clips", "frames", "minutes"]
    assert [line.split()[0] for line in shown[1:-1]] == ["train", "val", "test"]
    assert shown[-1] == "No person is in two splits."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shares", "7,1"], "'7,1' are no shares"),
        (["--shares", "a,b,c"], "'a,b,c' are no shares"),
        (["--shares", "0,0,0"], "'0,0,0' are no shares"),
        (["--shares", "1e999,1,1"], "'inf,1,1' are no shares"),
        (["--by", "name"], "'name' is not one of 'person', 'clip'"),
    ],
)
def test_wrong_options_are_one_line(stored, capsys, words, message):
    error = answer(capsys, "data", "split", stored, *words, code=2)["error"]
    assert message in error["message"]
    assert not (stored / "splits.json").exists()


def test_what_is_no_set_is_one_line(tmp_path, capsys):
    error = answer(capsys, "data", "split", tmp_path / "nothing", code=2)["error"]
    assert "holds no data set" in error["message"]
    assert "vultus data synth" in error["remedy"]


def test_a_damaged_clip_does_not_stop_the_rest(stored, capsys):
    (stored / "clips" / "ada" / "0.talk" / "clip.json").write_text("no")
    assert run(["data", "split", str(stored)]) == 0
    assert "left out: ada/0.talk/clip.json: is no JSON" in capsys.readouterr().err
    assert len(json.loads((stored / "splits.json").read_text())["clips"]) == 9


def test_shards_are_not_divided(stored, tmp_path, capsys):
    assert run(["data", "shard", str(stored), "--out", str(tmp_path / "shards"), "--json"]) == 0
    capsys.readouterr()
    error = answer(capsys, "data", "split", tmp_path / "shards", code=2)["error"]
    assert "holds shards" in error["message"]
