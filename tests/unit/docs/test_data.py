"""The page on data sets says what works."""

import re
import shlex
from pathlib import Path

import pytest

from vultus.data.sets import ClipSet
from vultus_cli.data import COMMANDS
from vultus_cli.main import run

PAGE = (Path(__file__).parents[3] / "docs" / "data.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture
def place(stored, tmp_path, monkeypatch):
    stored.rename(tmp_path / "my-set")
    monkeypatch.chdir(tmp_path)
    assert run(["data", "split", "my-set", "--by", "clip", "--shares", "1,0,1"]) == 0
    assert run(["data", "shard", "my-set", "--out", "my-shards"]) == 0
    return tmp_path


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # webdataset leaves files open
def test_the_examples_run(place):
    names = {}
    for code in blocks("python"):
        exec(compile(code, "docs/data.md", "exec"), names)  # noqa: S102 - our own page
    assert names["frames"].shape == (16, 64, 64, 3)
    assert names["sample"].keys() >= {"clip.json", "video.mp4", "sound.wav", "track.npz"}
    assert ClipSet.open(place / "another-set").verify() == []


def test_every_command_on_the_page_is_one(place, capsys):
    told = [line.split("#")[0] for block in blocks("sh") for line in block.splitlines()]
    words = [shlex.split(line) for line in told]
    assert {line[2] for line in words} == set(COMMANDS)
    for line in words:
        if line[2] in ("split", "shard", "inspect"):
            assert run(line[1:]) == 0, line
        else:
            assert "--out" in line
