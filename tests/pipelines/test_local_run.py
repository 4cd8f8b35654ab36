"""Graphs on this machine, for real; and what is left when something is killed."""

import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from vultus_pipelines.catalogue import read_parameters
from vultus_pipelines.local_run import StepFailedError, run_here

from vultus.data.sets import ClipSet
from vultus.data.track import Track
from vultus.world.sets import SetPlan, synthesise_set

STEPS = 24
PATIENCE_S = 600.0
"""A training of a few seconds that shares its processors."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world") / "set"
    return synthesise_set(root, SetPlan(people=3, duration_s=0.5, side_px=128)).root


@pytest.fixture
def bare(world, tmp_path):
    """The same clips without their tracks."""
    whole = ClipSet.open(world)
    clips = ClipSet.create(tmp_path / "bare", whole.card.replace(name="bare"))
    for clip in list(whole.clips())[:2]:
        person, name = clip.id.split("/")
        with clips.writer(person, name) as writer:
            with writer.video(clip.card.size_px, clip.card.fps) as video:
                for frame in clip.frames():
                    video.write(frame)
            writer.describe(clip.card)
    clips.finish()
    return clips


def test_a_step_that_fails_is_told_with_its_own_words(work):
    log = io.StringIO()
    with pytest.raises(StepFailedError, match="there is no folder '/nowhere'") as error:
        run_here("backfill_tracks", read_parameters("backfill_tracks", {"data": "/nowhere"}), log)
    assert (error.value.reason, error.value.exit_code) == ("INPUT_INVALID", 2)
    assert error.value.metadata["step"] == "fingerprint"
    assert "error in fingerprint" in log.getvalue()
    assert "conclude" in log.getvalue()


@pytest.mark.slow
def test_tracks_are_fitted_in_shards_and_not_a_second_time(work, bare):
    given = read_parameters("backfill_tracks", {"data": str(bare.root), "shards": "2", "code": "1"})
    first = run_here("backfill_tracks", given, io.StringIO())
    tracks = Path(first.facts["collect_tracks"]["tracks"])
    fitted = {str(path.relative_to(tracks).with_suffix("")) for path in tracks.rglob("*.npz")}
    assert fitted == set(bare.ids())
    assert all(Track.load(tracks / f"{clip.id}.npz").valid.float().mean() > 0.5 for clip in bare.clips())
    second = run_here("backfill_tracks", given, io.StringIO())
    assert "fit_tracks" not in second.facts
    assert second.facts["collect_tracks"]["clips"] == 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_killed_training_goes_on_from_its_checkpoint(work, mlflow_uri, tmp_path):
    # No pairs are called "none", so that the graph ends behind the step that this is about.
    words = ["pipeline", "run", "world_to_model", "--local", "--json", "--out", str(tmp_path / "out")]
    words += ["--param", f"changes=plan.steps={STEPS}", "--param", "pairs=none", "--param", "code=1"]
    run = [sys.executable, "-c", "from vultus_cli.main import main; main()", *words]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        _wait_for_checkpoint(work, first)
        for step in psutil.Process(first.pid).children(recursive=True):
            step.kill()
        told, _ = first.communicate()
    assert json.loads(told)["error"]["reason"] == "STEP_ENDED"
    assert "Inner task failed: 'train'" in json.loads(told)["error"]["message"]
    (folder,) = (work / "training").iterdir()
    saved = max(_checkpoints(folder))
    assert 0 < saved < STEPS
    second = subprocess.run(run, capture_output=True, text=True, check=False)
    assert json.loads(second.stdout)["error"]["message"] == "evaluate: no pairs are called 'none'"
    steps = [int(step) for step in re.findall(rf"training: step (\d+) of {STEPS}", second.stderr)]
    assert (steps[0], steps[-1]) == (saved + 1, STEPS)
    assert len((folder / "losses.jsonl").read_text().splitlines()) == STEPS
    assert not list(work.glob("outputs/*/synthesise-world"))[1:], "a finished step was repeated"


def _checkpoints(folder):
    return [int(path.name.removeprefix("step-")) for path in folder.glob("checkpoints/step-*")]


def _wait_for_checkpoint(work, process):
    end = time.monotonic() + PATIENCE_S
    while not any(_checkpoints(folder) for folder in work.glob("training/*")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
