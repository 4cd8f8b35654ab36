import json

import pytest

from vultus_cli.main import run


def answer(capsys, *words, code=0):
    assert run([str(word) for word in (*words, "--json")]) == code
    return json.loads(capsys.readouterr().out)


def test_both_forms_are_shown_alike(stored, tmp_path, capsys):
    run(["data", "split", str(stored), "--shares", "2,1,1"])
    run(["data", "shard", str(stored), "--out", str(tmp_path / "shards")])
    capsys.readouterr()
    folder = answer(capsys, "data", "inspect", stored, "--verify")
    shards = answer(capsys, "data", "inspect", tmp_path / "shards", "--out", tmp_path / "seen", "--verify")
    assert folder.pop("report") == str(stored / "inspection" / "inspection.html")
    assert shards.pop("report") == str(tmp_path / "seen" / "inspection.html")
    assert folder == shards
    assert folder["damaged"] == folder["faults"] == []
    assert folder["card"]["total"]["clips"] == 10
    assert (stored / "inspection" / "pose.png").read_bytes() == (tmp_path / "seen" / "pose.png").read_bytes()
    assert run(["data", "split", str(stored)]) == 0  # a report inside does not disturb the set


def test_the_summary_is_for_people(stored, capsys):
    assert run(["data", "inspect", str(stored)]) == 0
    shown = capsys.readouterr().out
    for text in (
        "tiny: 10 clips of 4 people, 0.2 minutes",
        "form: folder",
        "unassigned: people 4",
        "yaw_deg: -",
    ):
        assert text in shown


def test_damage_is_named_and_the_rest_is_shown(stored, capsys):
    path = stored / "clips" / "ada" / "0.talk" / "sound.wav"
    path.write_bytes(path.read_bytes()[:-100])
    assert answer(capsys, "data", "inspect", stored)["faults"] == []  # sound is not looked at
    values = answer(capsys, "data", "inspect", stored, "--verify", code=2)
    assert len(values["damaged"]) == 1
    assert values["damaged"][0].startswith("ada/0.talk/sound.wav: holds sha256:")
    assert values["card"]["total"]["clips"] == 10


@pytest.mark.parametrize("case", ["nothing", "no index", "deep", "a picture", "a file in the way"])
def test_wrong_options_are_one_line(stored, tmp_path, capsys, case):
    folder, out = tmp_path / "nothing", tmp_path / "out"
    if case == "no index":
        folder.mkdir()
        (folder / "index.json").write_text("[1]")
    if case == "deep":
        folder.mkdir()
        (folder / "dataset.json").write_text("[" * 100_000)
    if case == "a picture":
        folder = stored / "clips" / "ada" / "0.talk" / "video.mp4"
    if case == "a file in the way":
        folder, out = stored, stored / "dataset.json"
    error = answer(capsys, "data", "inspect", folder, "--out", out, code=2)["error"]
    said = {"no index": "no index of", "a picture": "no index of", "a file in the way": "cannot make"}
    assert said.get(case, "holds no data set") in error["message"]
    assert error["remedy"]
