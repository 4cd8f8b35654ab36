"""A set has the same digest however it was made, and what is stored is never lost."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vultus.data.sets import ClipSet
from vultus.errors import IncompatibleError, InputError
from vultus.face.models import load_morphable
from vultus.world.clips import ClipSpec, WorldClip
from vultus.world.sets import SetPlan, set_folder, synthesise_set
from vultus.world.splits import split_of
from vultus.world.storing import LAYERS

PLAN = SetPlan(people=3, duration_s=0.6, fps=10.0, side_px=64, languages=("en", "de"))
FULL = SetPlan(people=1, duration_s=0.6, fps=10.0, side_px=64, truth=("depth", "flow", "landmarks", "parts"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return synthesise_set(tmp_path_factory.mktemp("world") / "set", PLAN)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    made = synthesise_set(tmp_path_factory.mktemp("world") / "full", FULL)
    return made.clip(made.ids()[0])


def test_the_set_is_what_was_planned(made):
    assert made.ids() == [spec.id for spec in PLAN.specs()]
    assert made.verify() == []
    assert (made.card.clips, made.card.frames, made.card.digest) == (3, 18, made.digest)
    assert PLAN.frame_count == 18
    assert [clip.card.language for clip in made.clips()] == ["en", "de", "en"]


def test_people_are_in_the_split_of_their_seed(made):
    for clip in made.clips():
        assert clip.card.split == split_of(clip.card.extra["spec"]["person_seed"])
    assert {clip.card.split for clip in made.clips()} == {"train", "val", "test"}


def test_a_stored_clip_holds_what_its_specification_makes(made):
    stored = made.clip(made.ids()[1])
    clip = WorldClip(ClipSpec.from_json(stored.card.extra["spec"]))
    np.testing.assert_array_equal(stored.track().expression, clip.track.expression)
    np.testing.assert_allclose(stored.sound().samples[0], clip.sound, atol=1.01 / 32768)
    for rgb, frame in zip(stored.frames(), clip.frames(), strict=True):
        difference = rgb.astype(int) - frame.rgb
        assert np.abs(difference).mean() < 6  # what H.264 with half the colour leaves
    speech = json.loads(stored.read("speech.json"))
    assert speech["text"] == clip.utterance.text
    assert [phone["symbol"] for phone in speech["phones"]] == [
        phone.symbol for phone in clip.utterance.phones
    ]


def test_layers_of_truth_are_those_of_the_clip(full):
    clip = WorldClip(ClipSpec.from_json(full.card.extra["spec"]))
    layers = {name: list(full.layer(name)) for name in LAYERS}
    for index, frame in enumerate(clip.frames()):
        np.testing.assert_array_equal(layers["parts"][index], frame.part)
        np.testing.assert_array_equal(layers["landmarks"][index], frame.points_image)
        np.testing.assert_allclose(layers["depth"][index], frame.depth, rtol=1e-3)
    flow, visible = clip.flow(1, 2)
    np.testing.assert_array_equal(np.isnan(layers["flow"][1]).any(-1), ~visible)
    np.testing.assert_allclose(layers["flow"][1][visible], flow[visible], atol=2e-2)
    assert np.isnan(layers["flow"][-1]).all()
    assert len(layers["flow"]) == len(clip)


def test_going_on_makes_only_what_is_missing(made, tmp_path):
    calls = []
    again = synthesise_set(tmp_path / "set", PLAN, progress=lambda *call: calls.append(call))
    assert again.digest == made.digest
    assert calls[0] == (0, 18)
    assert calls[-1] == (18, 18)
    again.discard(*again.ids()[0].split("/"))
    calls.clear()
    assert (
        synthesise_set(tmp_path / "set", PLAN, progress=lambda *call: calls.append(call)).digest
        == made.digest
    )
    assert calls[0] == (12, 18)


def test_another_plan_is_refused(made):
    with pytest.raises(IncompatibleError, match="holds set 'set'"):
        synthesise_set(made.root, SetPlan(people=2, duration_s=0.6))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"people": 0}, "people 0"),
        ({"views": 0}, "views 0"),
        ({"languages": ()}, "needs a language"),
        ({"languages": ("klingon",)}, "no language called 'klingon'"),
        ({"truth": ("dept",)}, "did you mean 'depth'"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(change, said):
    with pytest.raises(InputError, match=said):
        SetPlan(**change)


def test_views_share_a_performance(tmp_path):
    plan = SetPlan(people=1, duration_s=0.5, fps=4.0, side_px=64, views=3)
    clips = list(synthesise_set(tmp_path / "set", plan).clips())
    assert len(clips) == 3
    assert len({clip.card.files["sound.wav"] for clip in clips}) == 1
    assert len({clip.card.files["track.npz"] for clip in clips}) == 3


SCRIPT = """
import json, resource, sys
from pathlib import Path
from vultus.errors import VultusError
from vultus.world.sets import SetPlan, set_folder, synthesise_set
if __name__ == "__main__":
    root, plan = Path(sys.argv[1]), SetPlan(**json.loads(sys.argv[2]))
    workers, most_bytes = int(sys.argv[3]), int(sys.argv[4])
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        print(synthesise_set(root, plan, workers).digest)
    except VultusError as error:
        print(json.dumps([error.message, error.remedy]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def start(
    tmp_path: Path, root: Path, plan: dict, workers: int = 0, most_bytes: int = 0
) -> subprocess.Popen[str]:
    """A process group of its own that makes a set."""
    script = tmp_path / "make.py"
    script.write_text(SCRIPT)
    words = [sys.executable, str(script), str(root), json.dumps(plan), str(workers), str(most_bytes)]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def lines(process: subprocess.Popen[str]) -> list[str]:
    """What it printed."""
    return process.communicate(timeout=200)[0].split("\n")


@pytest.mark.slow
def test_a_full_disk_is_reported_by_name_and_nothing_else_is_lost(tmp_path):
    plan = {"people": 2, "duration_s": 0.6, "fps": 10.0, "side_px": 64}
    root = tmp_path / "set"
    whole = synthesise_set(root, SetPlan(**plan))
    digest, (lost, kept) = whole.digest, whole.ids()
    whole.discard(*lost.split("/"))
    message, remedy = json.loads(lines(start(tmp_path, root, plan, workers=1, most_bytes=9000))[0])
    assert f"cannot store clip '{lost}': File too large" in message
    assert "free space" in remedy
    assert ClipSet.open(root).ids() == [kept]
    assert not (root / ".incoming").exists()
    assert synthesise_set(root, SetPlan(**plan)).digest == digest


@pytest.mark.slow
def test_killed_half_way_and_run_again_it_is_the_same_set(tmp_path):
    plan = {"people": 4, "duration_s": 0.8, "side_px": 64}
    plain = synthesise_set(tmp_path / "plain" / "set", SetPlan(**plan))
    root = tmp_path / "killed" / "set"
    process = start(tmp_path, root, plan, workers=2)
    wait_until(lambda: any(root.glob("clips/*/*/clip.json")))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert 1 <= len(list(root.glob("clips/*/*/clip.json"))) < 4
    again = start(tmp_path, root, plan, workers=2)
    assert lines(again)[0] == plain.digest
    assert ClipSet.open(root).verify() == []
    assert not (root / ".incoming").exists()


@pytest.mark.slow
def test_processes_end_when_the_one_that_asked_is_killed(tmp_path):
    plan = {"people": 40, "duration_s": 0.8, "side_px": 64}
    process = start(tmp_path, tmp_path / "set", plan, workers=1)
    wait_until(lambda: any((tmp_path / "set").glob("clips/*/*/clip.json")))
    process.kill()
    process.communicate()
    wait_until(lambda: not group_lives(process.pid))
    assert len(ClipSet.open(tmp_path / "set").ids()) < 40


@pytest.mark.slow
def test_a_killed_worker_is_reported_by_the_clip_it_made(tmp_path):
    process = start(tmp_path, tmp_path / "set", {"people": 1, "duration_s": 60.0, "side_px": 64}, workers=1)
    wait_until(lambda: any((tmp_path / "set").glob(".incoming/*/.video.mp4*")))
    for child in children(process.pid):
        if b"spawn_main" in (Path("/proc") / child / "cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)
    message, remedy = json.loads(lines(process)[0])
    assert "the process that made clip 'p0000000000/c000' ended by signal 9" in message
    assert "run the same command again" in remedy
    assert not (tmp_path / "set" / ".incoming").exists()


@pytest.mark.slow
def test_memory_grows_neither_with_the_number_nor_with_the_length_of_clips(tmp_path):
    small = {"people": 1, "duration_s": 1.0, "fps": 10.0, "side_px": 64}
    changes: dict[str, dict] = {"small": {}, "large": {"people": 4, "duration_s": 20.0}}
    peaks = {
        name: int(lines(start(tmp_path, tmp_path / name, small | change))[1])
        for name, change in changes.items()
    }
    assert peaks["large"] - peaks["small"] < 60 * 1024  # KiB


def wait_until(true, most_s: float = 120.0) -> None:
    """Look again and again until something is true."""
    end = time.monotonic() + most_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def children(parent: int) -> list[str]:
    """Processes that a process started."""
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def group_lives(group: int) -> bool:
    """Whether a process of the group is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False


def test_sets_of_other_plans_or_heads_have_other_folders(tmp_path, monkeypatch):
    plan = SetPlan(people=1, duration_s=1.0)
    folder = set_folder(tmp_path, plan)
    assert folder == set_folder(tmp_path, replace(plan))
    assert folder != set_folder(tmp_path, replace(plan, seed=7))
    head = load_morphable(plan.morphable)
    other = replace(head, mean=1.1 * head.mean)
    monkeypatch.setattr("vultus.world.sets.load_morphable", lambda _: other)
    assert folder != set_folder(tmp_path, plan)
