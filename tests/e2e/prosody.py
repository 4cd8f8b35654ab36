"""Measure whether speech tells how a person of the world moves the head.

    .venv/bin/python tests/e2e/prosody.py                       # 6 people, 12 minutes each
    .venv/bin/python tests/e2e/prosody.py --people 3 --minutes 6

Two learners, each person by themselves, judged on clips that they have not seen:

- ridge regression from speech features with context to yaw, pitch and roll: Pearson's r of what it says and
  what the person did, given the person's own speech, the speech of others, and by the learners of others;
- the one-class support vector machine of PoseGAN's Table 1 on Pearson features of 29 channels of speech
  (26 mel bands, level, f0, voicing, in the place of DeepSpeech's letters) and 6 values of pose: the share of
  windows that it takes for real, with motion that goes with the speech, and with the same person's from
  another clip.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from vultus.data.real.poses import track_poses
from vultus.face.models import load_morphable
from vultus.metrics.talking.correlation import OneClassAcceptance, pearson_features, shuffled_poses
from vultus.speech.features import at_frames, speech_channels, with_context
from vultus.world.motion import perform
from vultus.world.people import draw_person
from vultus.world.speech import LANGUAGES, say

FPS = 30.0
CLIP_S = 30.0
TRAINED_SHARE = 0.75
CONTEXT = tuple(range(-24, 25, 3))
"""Frames whose features the regression sees: 0.8 s to both sides."""
TRAINED_STRIDE, JUDGED_STRIDE = 10, 32
"""Frames between windows."""


COLUMNS = ("own", "others_speech", "others_learner", "matching", "shuffled")


@dataclass(frozen=True)
class Sample:
    """One clip as learners see it."""

    speech: np.ndarray
    """(t, 29)."""
    poses: np.ndarray
    """(t, 6)."""


@dataclass(frozen=True)
class Finding:
    """What came out for one person."""

    name: str
    own: float
    """r of the regression given the person's own speech; mean of yaw, pitch, roll."""
    others_speech: float
    """The same given other people's speech."""
    others_learner: float
    """r of what other people's regressions make of the person's speech."""
    matching: float
    """Share of accepted windows whose motion goes with the speech."""
    shuffled: float
    """Share of accepted windows with motion of another clip."""


def samples_of(seed: int, clips: int) -> list[Sample]:
    """Clips of one person, each with words and chance of its own."""
    person, languages = draw_person(seed), tuple(LANGUAGES)
    model, samples = load_morphable(person.morphable), []
    for clip in range(clips):
        chance = 1000 * seed + clip
        utterance = say(person.voice, languages[seed % len(languages)], CLIP_S, chance)
        track = perform(person, utterance, FPS, CLIP_S, chance, model, (128, 128))
        speech = at_frames(speech_channels(utterance.sound), FPS, len(track))
        samples.append(Sample(speech, track_poses(track)))
    return samples


def measure(people: list[int], minutes: float) -> list[Finding]:
    """Make the clips, teach on the first ones of each person, judge on the rest."""
    clips = round(minutes * 60 / CLIP_S)
    taught = round(TRAINED_SHARE * clips)
    samples = {seed: samples_of(seed, clips) for seed in people}
    held = {seed: every[taught:] for seed, every in samples.items()}
    learners = {seed: _regression(every[:taught]) for seed, every in samples.items()}
    return [
        Finding(
            draw_person(seed).name,
            _mean_r([(learners[seed], clip, clip) for clip in held[seed]]),
            _mean_r(
                [
                    (learners[seed], foreign, clip)
                    for other in people
                    if other != seed
                    for foreign, clip in zip(held[other], held[seed], strict=True)
                ]
            ),
            _mean_r([(learners[o], clip, clip) for o in people if o != seed for clip in held[seed]]),
            *_acceptance(samples[seed][:taught], held[seed], seed),
        )
        for seed in people
    ]


def _regression(samples: list[Sample]) -> Pipeline:
    learner = make_pipeline(StandardScaler(), Ridge(alpha=300.0))
    learner.fit(
        np.concatenate([with_context(sample.speech, CONTEXT) for sample in samples]),
        np.concatenate([sample.poses[:, :3] for sample in samples]),
    )
    return learner


def _mean_r(cases: list[tuple[Pipeline, Sample, Sample]]) -> float:
    """Mean over clips and angles of r between what a learner makes of speech and what was done."""
    values = []
    for learner, heard, done in cases:
        said = learner.predict(with_context(heard.speech, CONTEXT))
        values += [np.corrcoef(said[:, axis], done.poses[:, axis])[0, 1] for axis in range(3)]
    return float(np.mean(values))


def _acceptance(taught: list[Sample], held: list[Sample], seed: int) -> tuple[float, float]:
    machine = OneClassAcceptance(
        np.concatenate([pearson_features(s.speech, s.poses, stride_frames=TRAINED_STRIDE) for s in taught])
    )
    elsewhere = shuffled_poses([sample.poses for sample in held], np.random.default_rng(seed))
    shares = []
    for poses in ([sample.poses for sample in held], elsewhere):
        machine.reset()
        for sample, moved in zip(held, poses, strict=True):
            machine.update(pearson_features(sample.speech, moved, stride_frames=JUDGED_STRIDE))
        shares.append(machine.compute())
    return shares[0], shares[1]


def _as_json(findings: list[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=1) + "\n"


def _as_table(findings: list[Finding]) -> str:
    every = [[getattr(finding, column) for column in COLUMNS] for finding in findings]
    named = zip(
        [*(finding.name for finding in findings), "mean"], [*every, np.mean(every, axis=0)], strict=True
    )
    head = f"{'person':<14}" + "".join(f"{column:>16}" for column in COLUMNS)
    rows = [f"{name:<14}" + "".join(f"{value:16.2f}" for value in values) for name, values in named]
    return "\n".join([head, *rows, ""])


def main() -> int:
    """Print a table; exit status 1 where somebody's speech does not tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=6, help="how many")
    parser.add_argument("--minutes", type=float, default=12.0, help="speech of each")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    arguments = parser.parse_args()
    findings = measure(list(range(arguments.people)), arguments.minutes)
    sys.stdout.write(_as_json(findings) if arguments.json else _as_table(findings))
    told = all(f.own > f.others_speech and f.matching > f.shuffled for f in findings)
    return 0 if told else 1


if __name__ == "__main__":
    sys.exit(main())
