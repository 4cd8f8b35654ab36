"""What the world is good for: faces are found, poses are recovered, speech tells motion."""

import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

import prosody
import world
from harness import Bench

PEOPLE, QUICK_PEOPLE = 100, 4
FIRST = 1000
SIDE_PX = 256
SPEAKERS, MINUTES = 6, 12.0
QUICK_SPEAKERS, QUICK_MINUTES = 2, 4.0

FITS = {
    "algorithm 1": "Algorithm 1 on MediaPipe's points",
    "known person": "the same, the person's shape known",
    "exact": "the same, exact points",
}
HEARD = {
    "own": ("r of a ridge regression from the person's own speech to the motion, people", "", True),
    "others_speech": ("the same from other people's speech", "", False),
    "matching": ("share of motion with its own speech that a one-class SVM takes for real, people", "", True),
    "shuffled": ("the same with the speech of another clip", "", False),
}
"""What, unit, whether more is better."""


def main(bench: Bench) -> None:
    """Measure pictures, then speech."""
    _pictures(bench)
    _speech(bench)


def _pictures(bench: Bench) -> None:
    people = range(FIRST, FIRST + (QUICK_PEOPLE if bench.quick else PEOPLE))
    figures = world.measure(people, SIDE_PX, None)
    bench.record(
        "world_truth.found",
        f"MediaPipe finds the face, {figures['frames']} frames within 35° yaw",
        [100 * figures["found"]],
        unit="%",
        bar=100 * world.FOUND,
        more_is_better=True,
    )
    for fit, said in FITS.items():
        for angle, error in zip(
            ("yaw", "pitch", "roll"), figures["pose_error_deg"][fit]["mean"], strict=True
        ):
            bench.record(
                f"world_truth.{angle}",
                f"mean error of {angle}, {said}",
                [error],
                unit="°",
                bar=world.POSE_DEG,
                more_is_better=False,
            )


def _speech(bench: Bench) -> None:
    speakers = list(range(QUICK_SPEAKERS if bench.quick else SPEAKERS))
    findings = [
        asdict(found) for found in prosody.measure(speakers, QUICK_MINUTES if bench.quick else MINUTES)
    ]
    for column, (said, unit, more) in HEARD.items():
        values = [found[column] for found in findings]
        bench.record(f"world_truth.{column}", said, values, unit=unit, more_is_better=more)
