"""Steps leave a note whatever comes of them, and end with the code of their error."""

import errno
import json
import os
import subprocess
import sys
import time

import pytest
from vultus_pipelines.diary import INTERNAL, read_notes, step
from vultus_pipelines.reporting import conclusion_of
from vultus_pipelines.work import Work

from vultus.errors import AssetMissingError, FaceNotFoundError


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (FaceNotFoundError("nobody is seen", remedy="show somebody"), 2, "FACE_NOT_FOUND"),
        (AssetMissingError("no weights", remedy="pull them"), 3, "ASSET_MISSING"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/mnt/vultus/x"), 2, "INPUT_INVALID"),
    ],
)
def test_a_foreseen_error_is_one_line_a_note_and_an_exit_code(work, capsys, error, code, reason):
    with pytest.raises(SystemExit) as ended, step("train"):
        raise error
    assert ended.value.code == code
    (note,) = read_notes(Work.open(), "run-of-the-test")
    assert (note.step, note.reason, note.exit_code) == ("train", reason, code)
    assert note.remedy
    said = capsys.readouterr().err
    assert said.startswith("error in train: ")
    assert said.count("\n") == 1


def test_a_full_disk_says_so(work):
    with pytest.raises(SystemExit), step("train"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/mnt/vultus/checkpoints/state")
    (note,) = read_notes(Work.open(), "run-of-the-test")
    assert "the disk is full" in note.message
    assert "/mnt/vultus/checkpoints/state" in note.message
    assert "free space" in note.remedy


def test_a_bug_keeps_its_traceback_and_leaves_a_note(work):
    with pytest.raises(ZeroDivisionError), step("compare"):
        _ = 1 / 0
    (note,) = read_notes(Work.open(), "run-of-the-test")
    assert (note.reason, note.exit_code) == (INTERNAL, 1)
    assert "ZeroDivisionError" in note.message


def test_each_of_several_things_has_a_note_and_a_second_try_replaces_the_first(work):
    for one in ("a/b", "c", "c"):
        with step("evaluate") as facts:
            facts.update(of=one, pairs=4)
    notes = read_notes(Work.open(), "run-of-the-test")
    assert [note.facts["of"] for note in notes] == ["a/b", "c"]


def test_a_run_is_concluded_by_what_its_steps_said(work, tmp_path):
    with step("synthesise_world") as facts:
        facts["clips"] = 3
    with pytest.raises(SystemExit), step("train"):
        raise FaceNotFoundError("no clip has a <face>", remedy="use others")
    concluded = conclusion_of("world_to_model", "FAILED", "exit code 2")
    concluded.write(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert concluded.line == "The step train failed: no clip has a <face>"
    assert "no clip has a &lt;face&gt;" in page
    assert "use others" in page
    assert "synthesise_world" in page


def test_a_killed_step_is_told_apart_from_one_that_failed(work):
    concluded = conclusion_of("world_to_model", "FAILED", "exit code 137")
    assert "without a word" in concluded.line
    assert "exit code 137" in concluded.line


def test_a_step_ends_with_the_process_that_started_its_run(work):
    program = "from vultus_pipelines.diary import step; import time\nwith step('train'): time.sleep(60)"
    starter = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    environment = {**os.environ, "VULTUS_PIPELINES_WATCHED": str(starter.pid)}
    child = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        starter.kill()
        starter.wait()
        assert child.wait(timeout=60) != 0
    finally:
        for process in (starter, child):
            process.kill()


def test_notes_are_json(work):
    with step("train") as facts:
        facts["digest"] = "sha256:1"
    (path,) = (work / "notes" / "run-of-the-test").glob("*.json")
    assert json.loads(path.read_text())["facts"] == {"digest": "sha256:1"}
    assert time.time() >= path.stat().st_mtime - 1
