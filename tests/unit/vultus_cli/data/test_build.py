import json
import shutil

import pytest

from vultus_cli.main import run


@pytest.fixture
def folder(portrait, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(portrait, folder / "eve.png")
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


def _build(folder, *words):
    return run(["data", "build", str(folder), "--out", str(folder.parent / "set"), "--workers", "0", *words])


def test_the_report_is_one_object_and_what_was_left_out_is_said(folder, capsys):
    assert _build(folder, "--json", "--recipe", "gdpw-256") == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert {"items", "done_before", "clips", "frames", "hours", "rejected", "digest"} <= set(report)
    assert (report["items"], report["clips"], report["rejected"]) == (2, 1, {"unreadable": 1})
    assert "left out: broken/broken: unreadable" in said.err
    assert _build(folder, "--json", "--recipe", "gdpw-256") == 0
    assert json.loads(capsys.readouterr().out)["done_before"] == 2


def test_a_set_of_another_recipe_is_not_touched(folder, capsys):
    assert _build(folder) == 0
    assert _build(folder, "--recipe", "gdpw-256") == 2
    assert "holds set" in capsys.readouterr().err


def test_nothing_that_can_be_used_is_an_error_that_counts_the_reasons(folder, capsys):
    (folder / "eve.png").unlink()
    assert _build(folder) == 2
    assert "none of the 1 items" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--recipe", "vultus-255"], "did you mean 'vultus-256'?"),
        (["--source", "hdft"], "did you mean 'hdtf'?"),
        (["--source", "celeba"], "does not look like CelebA"),
        (["--morphable", "flame2020"], "FLAME 2020"),
        (["--min-seconds", "9", "--max-seconds", "3"], "--min-seconds 9 is more than --max-seconds 3"),
        (["--min-seconds", "0"], "0"),
        (["--workers", "-1"], "-1"),
    ],
)
def test_wrong_options_are_one_line(folder, capsys, words, said):
    code = _build(folder, *words)
    error = capsys.readouterr().err
    assert code == (3 if "flame2020" in words else 2)
    assert said in error
    assert "Traceback" not in error
    assert not (folder.parent / "set").exists()


def test_a_folder_that_is_not_there_and_one_that_is_taken(folder, capsys):
    assert run(["data", "build", str(folder / "no"), "--out", str(folder / "set"), "--workers", "0"]) == 2
    assert run(["data", "build", str(folder), "--out", str(folder), "--workers", "0"]) == 2
    assert "there is something else" in capsys.readouterr().err
