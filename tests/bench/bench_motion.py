"""Head motion of the world's people: how long it takes, how smooth it is, and whether speech tells it."""

import json
import subprocess
import sys

import numpy as np
from harness import ROOT, Bench

from vultus.data.real.poses import track_poses
from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.world.motion import perform
from vultus.world.people import draw_person
from vultus.world.speech import say

FPS, LENGTH_S = 25.0, 10.0
BAR_MS = 1.0
FIGURES = {
    "own": "r of ridge regression and head angles, a person's own speech",
    "others_speech": "The same, other people's speech",
    "others_learner": "The same, own speech and other people's regressions",
    "matching": "Share of windows the one-class SVM takes for real, motion of the speech",
    "shuffled": "The same, motion of another clip of the person",
}


def main(bench: Bench) -> None:
    """Time a performance; measure smoothness and what speech tells."""
    person, model = draw_person(3), load_morphable("builtin")
    utterance = say(person.voice, "en", LENGTH_S, 3)
    frames = round(FPS * LENGTH_S)
    bench.time(
        "motion.perform",
        f"Motion of a speaking head, {frames} frames",
        lambda: perform(person, utterance, FPS, LENGTH_S, 3, model, (256, 256)),
        per=frames,
        bar=BAR_MS,
    )
    _smoothness(bench, 3 if bench.quick else 20)
    _told(bench)


def _smoothness(bench: Bench, people: int) -> None:
    model, rates, accelerations = load_morphable("builtin"), [], []
    for seed in range(people):
        person = draw_person(seed)
        track = perform(person, say(person.voice, "en", 20.0, seed), 30.0, 20.0, seed, model, (256, 256))
        rate, acceleration = _kinematics(track)
        rates.append(rate)
        accelerations.append(acceleration)
    what = "of yaw, pitch and roll of a speaker, root mean square"
    bench.record("motion.rate", f"Rate {what}", rates, unit="deg/s", more_is_better=False)
    bench.record("motion.acceleration", f"Acceleration {what}", accelerations, unit="deg/s²")


def _kinematics(track: Track) -> tuple[float, float]:
    angles = np.degrees(track_poses(track)[:, :3])
    rate = np.gradient(angles, 1 / track.fps, axis=0)
    acceleration = np.gradient(rate, 1 / track.fps, axis=0)
    return float(np.sqrt((rate**2).mean())), float(np.sqrt((acceleration**2).mean()))


def _told(bench: Bench) -> None:
    people, minutes = (2, 4) if bench.quick else (6, 12)
    script = ROOT / "tests" / "e2e" / "prosody.py"
    words = [sys.executable, script, "--people", str(people), "--minutes", str(minutes), "--json"]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    findings = json.loads(answer.stdout)
    for name, what in FIGURES.items():
        values = [finding[name] for finding in findings]
        title = f"{what}; {people} people, {minutes} min each"
        bench.record(f"motion.{name}", title, values, unit="1", more_is_better=name in ("own", "matching"))
