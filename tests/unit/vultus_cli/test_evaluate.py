"""Files in, reports out."""

import csv
import json

import numpy as np
import pytest

from vultus.data.media import VideoWriter
from vultus_cli.main import run

PIXELS = ["--metrics", "l1,psnr"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """clips `ours/a`, `ours/b`, `theirs/a`, `theirs/b` of eight frames, `short.mp4` of five, `wide.mp4`."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "ours").mkdir()
    (folder / "theirs").mkdir()
    rng = np.random.default_rng(0)
    base = rng.integers(60, 200, (8, 48, 64, 3), dtype=np.uint8)
    for name, level in (("a", 3), ("b", 9)):
        write(folder / "theirs" / f"{name}.mp4", base)
        write(folder / "ours" / f"{name}.mp4", base + np.uint8(level))
    write(folder / "short.mp4", base[:5])
    write(folder / "wide.mp4", base[:, :, :56])
    return folder


def write(path, frames):
    with VideoWriter(path, frames.shape[1:3], 25.0) as writer:
        for k, frame in enumerate(frames):
            writer.write(frame, k / 25)


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def clip(folder, name="a"):
    return [str(folder / "ours" / f"{name}.mp4"), "--reference", str(folder / "theirs" / f"{name}.mp4")]


def test_every_form_of_a_report(folder, tmp_path, capsys):
    for form in ("json", "csv", "html"):
        assert run(["evaluate", *clip(folder), *PIXELS, "--out", str(tmp_path / f"r.{form}")]) == 0
    assert run(["evaluate", *clip(folder), *PIXELS, "--frames", str(tmp_path / "f.csv")]) == 0
    shown = capsys.readouterr().out
    assert "l1[0..255]" in shown
    assert "headgan-2021" in shown
    values = json.loads((tmp_path / "r.json").read_text())
    assert len(values["per_frame"]["l1[0..255]"]) == values["frames"] == 8
    assert np.mean(values["per_frame"]["l1[0..255]"]) == pytest.approx(
        values["metrics"]["l1[0..255]"]["value"]
    )
    scores = rows_of(tmp_path / "r.csv")
    assert {row["metric"] for row in scores} == set(values["metrics"])
    frames = rows_of(tmp_path / "f.csv")
    assert [float(row["l1[0..255]"]) for row in frames] == pytest.approx(
        values["per_frame"]["l1[0..255]"], rel=1e-5
    )
    page = (tmp_path / "r.html").read_text()
    assert page.count("<img") == 3  # generated, reference, difference of the one worst frame
    assert "PSNR of each frame" in page


def test_folders_are_compared_clip_by_clip(folder, tmp_path, capsys):
    words = [str(folder / "ours"), "--reference", str(folder / "theirs"), *PIXELS]
    assert (
        run(["evaluate", *words, "--out", str(tmp_path / "r.csv"), "--frames", str(tmp_path / "f.csv")]) == 0
    )
    assert run(["evaluate", *words, "--json"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    each = [values["clips"][name]["metrics"]["l1[0..255]"]["value"] for name in "ab"]
    total = values["metrics"]["l1[0..255]"]
    assert total["value"] == pytest.approx(np.mean(each))
    assert total["ci95"][0] <= total["value"] <= total["ci95"][1]
    assert values["frames"] == total["frames"] == 16
    rows = rows_of(tmp_path / "r.csv")
    assert [row["clip"] for row in rows if row["metric"] == "l1[0..255]"] == ["a", "b", "mean"]
    assert len((tmp_path / "f.csv").read_text().splitlines()) == 17


def test_clips_that_do_not_belong_together_are_both_named(folder, capsys):
    meant = clip(folder)[2]
    assert run(["evaluate", str(folder / "short.mp4"), "--reference", meant, *PIXELS]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "short.mp4 has 5 frames" in said
    assert "a.mp4 has 8" in said
    assert run(["evaluate", str(folder / "wide.mp4"), "--reference", meant, *PIXELS]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "56x48" in said
    assert "64x48" in said


def test_folders_that_do_not_belong_together(folder, tmp_path, capsys):
    meant = clip(folder)[2]
    assert run(["evaluate", str(folder / "ours"), "--reference", meant]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert run(["evaluate", str(folder / "ours"), "--reference", str(tmp_path)]) == 2
    assert "has no a" in capsys.readouterr().err
    assert run(["evaluate", str(tmp_path), "--reference", str(folder / "ours")]) == 2
    assert "has no videos" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--metrics", "sync[world]"], "needs sound"),
        (["--protocol", "headgan"], "no protocol called 'headgan'"),
        (["--protocol", "headgan-reconstruction", "--metrics", "l1"], "leave --metrics out"),
        (["--out", "r.txt"], ".json or .csv or .html"),
    ],
)
def test_what_cannot_be_evaluated(folder, words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["evaluate", *clip(folder), *words]) == 2
    assert said in capsys.readouterr().err
