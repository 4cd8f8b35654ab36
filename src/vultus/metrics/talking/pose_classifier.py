"""Whose head moves like this: the classifier of head motion in PoseGAN's evaluation [zhang2021pose, §5.2].

The paper tells the input, 256 frames of head motion, a convolutional network with dense layers, five people
and 92 % on held-out windows; no code or weights exist. The layers are ours, and so is every score: a
classifier is part of the protocol, and its digest is told with each value.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from vultus.data.media.atomic import replacing
from vultus.errors import IncompatibleError, InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute

WINDOW_FRAMES = 256
"""Frames of one window."""

POSE_VALUES = 6
"""Three angles and a place, as `vultus.data.real.poses.POSE_NAMES`."""

_WIDTHS = (32, 64, 64)
_LEAST_SPREAD = 1e-9

Windows = Float[np.ndarray, "w 256 6"]
"""Poses of windows that follow each other without gaps."""


def pose_windows(poses: Float[np.ndarray, "t 6"], stride_frames: int = WINDOW_FRAMES) -> Windows:
    """Windows of a clip's poses; none where it is shorter than one."""
    starts = range(0, len(poses) - WINDOW_FRAMES + 1, stride_frames)
    return np.array([poses[start : start + WINDOW_FRAMES] for start in starts]).reshape(-1, WINDOW_FRAMES, 6)


class PoseMotionNet(nn.Module):
    """Three convolutions over time, the mean over time, and two dense layers.

    Args:
        people: How many are told apart.
    """

    def __init__(self, people: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((POSE_VALUES, *_WIDTHS), _WIDTHS, strict=False):
            layers += [nn.Conv1d(before, after, 7, 2, 3), nn.BatchNorm1d(after), nn.ReLU()]
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Linear(_WIDTHS[-1], 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, people)
        )

    def forward(self, motion: Float[Tensor, "b 6 255"]) -> Float[Tensor, "b n"]:
        """Logits of every person."""
        return self.dense(self.convolutions(motion).mean(dim=2))


@dataclass(frozen=True)
class TeachingConfig:
    """How a classifier is taught."""

    steps: int = 400
    """Batches."""

    batch: int = 32
    """Windows in each."""

    learning_rate: float = 2e-3
    """Adam's, falling to zero along a half cosine."""

    seed: int = 0
    """Of weights and draws."""


class PoseClassifier:
    """A taught network with the names of its people and the statistics that its input is normalised with.

    Args:
        people: Names, in the order of the network's answers.
        spread: Standard deviation of each value's change from frame to frame.
        network: Taught.
    """

    def __init__(self, people: Sequence[str], spread: Float[np.ndarray, "6"], network: PoseMotionNet) -> None:
        self.people = tuple(people)
        self._spread = spread
        self._network = network.eval().requires_grad_(requires_grad=False)

    @property
    def digest(self) -> str:
        """Of people, statistics and weights, in twelve letters."""
        digest = hashlib.sha256(json.dumps([self.people, self._spread.tolist()]).encode())
        for name, tensor in sorted(self._network.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()[:12]

    @torch.inference_mode()
    def confidences(self, windows: Windows) -> Float[np.ndarray, "w n"]:
        """Probability of every person for every window; never to move is a motion like any other."""
        if not len(windows):
            return np.zeros((0, len(self.people)))
        return functional.softmax(self._network(_motion(windows, self._spread)), dim=1).double().numpy()

    def save(self, path: Path) -> None:
        """Write weights as safetensors, with people and statistics in its metadata."""
        about = {"people": json.dumps(self.people), "spread": json.dumps(self._spread.tolist())}
        with replacing(path) as temporary:
            save_file(self._network.state_dict(), temporary, about)

    @classmethod
    def load(cls, path: Path) -> "PoseClassifier":
        """What `save` wrote; raises `InputError` for another file."""
        from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - beside its use

        try:
            with safe_open(path, "pt") as file:
                about = file.metadata() or {}
            people = json.loads(about["people"])
            network = PoseMotionNet(len(people))
            network.load_state_dict(load_file(path))
            return cls(people, np.array(json.loads(about["spread"])), network)
        except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
            raise InputError(
                f"{path} is no classifier of head poses: {error}", remedy="teach one with `teach`"
            ) from error


def teach(
    clips: Sequence[Float[np.ndarray, "_ 6"]], people: Sequence[str], config: TeachingConfig | None = None
) -> PoseClassifier:
    """Teach a network whose heads move how.

    Args:
        clips: Poses of clips, each at least 257 frames long.
        people: Who is seen in each.
        config: How.

    Raises:
        InputError: There are fewer than two people, or a clip is too short.
        IncompatibleError: Clips and names differ in number.
    """
    chosen = config or TeachingConfig()
    if len(clips) != len(people):
        raise IncompatibleError(f"{len(clips)} clips cannot belong to {len(people)} names")
    known = sorted(set(people))
    shortest = min((len(clip) for clip in clips), default=0)
    if len(known) < 2 or shortest <= WINDOW_FRAMES:
        raise InputError(
            f"{len(known)} people, the shortest clip of {shortest} frames, are too little to learn from",
            remedy=f"give clips of more than {WINDOW_FRAMES} frames of at least two people",
        )
    labels = np.array([known.index(person) for person in people])
    return _taught(clips, labels, known, chosen)


def _taught(
    clips: Sequence[Float[np.ndarray, "_ 6"]],
    labels: Int[np.ndarray, " c"],
    known: Sequence[str],
    chosen: TeachingConfig,
) -> PoseClassifier:
    spread = np.maximum(np.concatenate([np.diff(clip, axis=0) for clip in clips]).std(axis=0), _LEAST_SPREAD)
    draws = np.random.default_rng(chosen.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.seed)
        network = PoseMotionNet(len(known)).train()
        optimiser = torch.optim.Adam(network.parameters(), chosen.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, chosen.steps)
        for _ in range(chosen.steps):
            rows = draws.integers(len(clips), size=chosen.batch)
            starts = [int(draws.integers(len(clips[row]) - WINDOW_FRAMES + 1)) for row in rows]
            parts = [clips[row][s : s + WINDOW_FRAMES] for row, s in zip(rows, starts, strict=True)]
            answers = network(_motion(np.stack(parts), spread))
            loss = functional.cross_entropy(answers, torch.from_numpy(labels[rows]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return PoseClassifier(known, spread, network)


def confidence_update(
    classifier: PoseClassifier, poses: Windows, person: Int[np.ndarray, " w"]
) -> FrameTerms:
    """Confidence of the right person for every window, [0, 1]."""
    return FrameTerms(classifier.confidences(poses)[np.arange(len(poses)), person])


@METRICS.register("pose_confidence[motion-cnn]")
class PoseConfidence(StreamingMetric):
    """How sure a classifier of head motion is of the right person.

    Args:
        classifier: Taught on real clips.
    """

    info = MetricInfo(
        name="pose_confidence[motion-cnn]",
        unit="1",
        protocol="posegan-2021/softmax of the right person, head motion over 256 frames/vultus's own network",
        higher_is_better=True,
        needs="given",
        by_default=False,
    )
    finish = staticmethod(mean_compute)

    def __init__(self, classifier: PoseClassifier) -> None:
        super().__init__()
        self._classifier = classifier

    def measure(self, poses: Windows, person: Int[np.ndarray, " w"]) -> FrameTerms:
        """Terms of windows of poses, `person` being numbers of the classifier's people."""
        return confidence_update(self._classifier, poses, person)

    @property
    def note(self) -> str:
        """Which classifier it was."""
        return f"classifier {self._classifier.digest} of {len(self._classifier.people)} people"


def _motion(windows: Windows, spread: Float[np.ndarray, "6"]) -> Float[Tensor, "w 6 255"]:
    return torch.from_numpy((np.diff(windows, axis=1) / spread).astype(np.float32)).mT
