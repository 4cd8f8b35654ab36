"""What the perceptual network learns: who is seen, how the head is turned and moved, what was spoilt."""

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.errors import InputError
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import angles_from_matrix
from vultus.metrics.world_extractors.distortions import DISTORTIONS, spoil
from vultus.nets.world_features import CHANNELS, SIDE_PX, WorldFeatures
from vultus.train.frame_bank import FrameBank
from vultus.train.trainee import Batch, Losses, Phase, Trainee
from vultus.world.seeds import generator

POINTS = 68
"""Landmarks of `ibug68`."""

Rgb = np.ndarray


@dataclass(frozen=True)
class Lessons:
    """Weights of what is learned; each loss is about one before training."""

    person: float = 0.5
    """Cross-entropy of the person."""

    angles: float = 3.0
    """Absolute error of the head's angles, rad."""

    expression: float = 4.0
    """Absolute error of the expression coefficients."""

    points: float = 5.0
    """Absolute error of the landmarks, shares of the side."""

    strengths: float = 3.0
    """Absolute error of the strengths of distortions."""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


class PerceptualHeads(nn.Module):
    """What is read off the features; thrown away after training.

    Args:
        people: Number of people to tell apart.
        expressions: Number of expression coefficients.
    """

    TEMPERATURE = 16.0

    def __init__(self, people: int, expressions: int) -> None:
        super().__init__()
        self.person = nn.Linear(CHANNELS[-1], 128)
        self.centres = nn.Parameter(torch.randn(people, 128) * 0.1)
        self.angles = nn.Linear(CHANNELS[-1], 3)
        self.expression = nn.Linear(CHANNELS[-1], expressions)
        self.strengths = nn.Linear(sum(CHANNELS), len(DISTORTIONS))
        self.heatmaps = nn.Conv2d(CHANNELS[-2], POINTS, 1)

    def identity(self, pooled: Float[Tensor, "b 256"]) -> Float[Tensor, "b 128"]:
        """Direction that is the same for one person."""
        return functional.normalize(self.person(pooled), dim=1)

    def logits(self, pooled: Float[Tensor, "b 256"]) -> Float[Tensor, "b people"]:
        """Cosines with each person's centre, scaled."""
        return self.TEMPERATURE * self.identity(pooled) @ functional.normalize(self.centres, dim=1).mT

    def points(self, features: list[Tensor]) -> Float[Tensor, "b 68 2"]:
        """Landmarks as centres of heat, shares of the side, (x, y)."""
        heat = self.heatmaps(features[-2])
        height, width = heat.shape[-2:]
        share = heat.flatten(2).softmax(dim=2).unflatten(2, (height, width))
        x = (torch.arange(width, device=heat.device) + 0.5) / width
        y = (torch.arange(height, device=heat.device) + 0.5) / height
        return torch.stack([(share.sum(2) * x).sum(-1), (share.sum(3) * y).sum(-1)], dim=-1)


class PerceptualTrainee(Trainee):
    """The features with their heads.

    Args:
        people: Number of people to tell apart.
        expressions: Number of expression coefficients.
        lessons: Weights of what is learned.
    """

    phases = (Phase("learning", ("network",)),)
    averaged = "network"

    def __init__(self, people: int, expressions: int, lessons: Lessons) -> None:
        super().__init__()
        self.network = nn.ModuleDict(
            {"features": WorldFeatures(), "heads": PerceptualHeads(people, expressions)}
        )
        self._lessons = lessons

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Weighted losses of a batch of `SpoiltFrames`."""
        told = read(self.network, batch["picture"])
        lessons = self._lessons
        return {
            "person": lessons.person * functional.cross_entropy(told["person"], batch["person"]),
            "angles": lessons.angles * functional.l1_loss(told["angles"], batch["angles"]),
            "expression": lessons.expression * functional.l1_loss(told["expression"], batch["expression"]),
            "points": lessons.points * functional.l1_loss(told["points"], batch["points"]),
            "strengths": lessons.strengths * functional.l1_loss(told["strengths"], batch["strengths"]),
        }

    def sample(self, network: nn.Module, batch: Batch) -> Tensor:
        """The pictures as they are seen."""
        return batch["picture"] / 2 + 0.5


def read(network: nn.Module, picture: Float[Tensor, "b 3 h w"]) -> dict[str, Tensor]:
    """What the heads say of pictures, [-1, 1], by name; "person" holds logits."""
    heads: Any = network.get_submodule("heads")
    features = network.get_submodule("features")(picture)
    pooled = features[-1].mean(dim=(2, 3))
    # Grain and blocks show in how much the fine features vary, not in what the coarse ones mean.
    everything = torch.cat([layer.mean(dim=(2, 3)) for layer in features], dim=1)
    return {
        "person": heads.logits(pooled),
        "identity": heads.identity(pooled),
        "angles": heads.angles(pooled),
        "expression": heads.expression(pooled),
        "points": heads.points(features),
        "strengths": heads.strengths(everything),
    }


@dataclass(frozen=True)
class ClipTruth:
    """What is known of every frame of a clip."""

    angles: Float[Tensor, "t 3"]
    """(yaw, pitch, roll), rad."""

    expression: Float[Tensor, "t e"]
    """Coefficients."""

    points: Float[Tensor, "t 68 2"]
    """Landmarks, shares of the side."""


class SpoiltFrames:
    """Batches of frames, cut, zoomed and spoilt, with what is true of them.

    A batch holds: `picture`, (b, 3, s, s), RGB [-1, 1]; `person`, (b,); `angles`, (b, 3), rad; `expression`,
    (b, e); `points`, (b, 68, 2); `strengths`, (b, k) of `DISTORTIONS`.

    Args:
        bank: Frames and tracks.
        model: The morphable model of the tracks.
        seed: Decides what is drawn.
        clean: Neither cut nor spoilt, to measure with.
    """

    def __init__(self, bank: FrameBank, model: MorphableModel, seed: int = 0, clean: bool = False) -> None:
        self._bank, self._seed, self._clean = bank, seed, clean
        self.people = sorted({clip.person for clip in bank.clips})
        self._valid = [bank.valid(clip) for clip in range(len(bank.clips))]
        self._usable = [clip for clip, frames in enumerate(self._valid) if frames]
        if not clean and len({bank.clips[clip].person for clip in self._usable}) < 2:
            raise InputError("the data show fewer than two people", remedy="give a larger set")
        self._truth = [truth_of(bank, clip, model) for clip in range(len(bank.clips))]

    @property
    def expressions(self) -> int:
        """Number of expression coefficients."""
        return self._truth[0].expression.shape[1]

    def batch(self, step: int, size: int, rank: int = 0) -> Batch:
        """The batch of a step on one device."""
        draws = generator(self._seed, "spoilt", step, rank)
        samples = [self._sample(draws) for _ in range(size)]
        return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}

    def _sample(self, draws: np.random.Generator) -> dict[str, Tensor]:
        clip = int(draws.choice(self._usable))
        frame = int(draws.choice(self._valid[clip]))
        rgb = (self._bank.frames(clip, [frame])[0].permute(1, 2, 0) * 255).round().byte().numpy()
        truth = self._truth[clip]
        zoom, shift = 1.0, np.zeros(2)
        if not self._clean:
            zoom, shift = draws.uniform(0.85, 1.2), draws.uniform(-0.06, 0.06, 2)
        rgb = zoomed(rgb, zoom, shift)
        strengths = np.zeros(len(DISTORTIONS))
        if not self._clean:
            spoilt = spoil(rgb, draws)
            rgb, strengths = spoilt.rgb, spoilt.strengths
        points = (truth.points[frame] - 0.5) * zoom + 0.5 + torch.from_numpy(shift).float()
        return {
            "picture": centred(rgb[None])[0],
            "person": torch.tensor(self.people.index(self._bank.clips[clip].person)),
            "angles": truth.angles[frame],
            "expression": truth.expression[frame],
            "points": points,
            "strengths": torch.from_numpy(strengths).float(),
        }


def truth_of(bank: FrameBank, clip: int, model: MorphableModel) -> ClipTruth:
    """What the track of a clip says of its frames."""
    entry = bank.clips[clip]
    track = bank.track(clip, list(range(entry.stop - entry.start)))
    points = track.camera.project(track.vertices(model))
    landmarks = model.landmarks["ibug68"].on(points, model.faces)[..., :2]
    return ClipTruth(
        angles_from_matrix(track.camera.rotation).float(),
        track.expression.float(),
        landmarks.float() / bank.side_px,
    )


def zoomed(rgb: Rgb, zoom: float, shift: np.ndarray, side_px: int = SIDE_PX) -> Rgb:
    """The picture enlarged about its middle and moved by shares of its side, `side_px` squared."""
    scale = zoom * side_px / rgb.shape[0]
    # cv2 counts pixel centres as integers on both sides.
    offset = side_px * (0.5 - 0.5 * zoom + shift) + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])
    cut: Rgb = cv2.warpAffine(
        rgb, matrix, (side_px, side_px), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    )
    return cut


def centred(frames: np.ndarray) -> Float[Tensor, "t 3 h w"]:
    """(t, h, w, 3) bytes to [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 127.5 - 1
