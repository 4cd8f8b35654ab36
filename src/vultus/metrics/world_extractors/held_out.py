"""What the world's extractors do on people that they have not seen."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from vultus.metrics.frechet import frechet_compute
from vultus.metrics.moments import moments_of
from vultus.metrics.synchrony import sync_curve
from vultus.metrics.world_extractors.calibration import ranking
from vultus.metrics.world_extractors.distortions import DISTORTIONS, STRENGTHS
from vultus.metrics.world_extractors.loading import embed_lips, embed_sound, world_features
from vultus.metrics.world_extractors.perceptual import SpoiltFrames, read
from vultus.metrics.world_extractors.sync import MouthBank
from vultus.nets.world_features import WorldLpips
from vultus.nets.world_sync import WorldSync

REACH = 15
"""Largest shift that is looked at, frames."""


FRECHET_FRAMES = 96
"""Frames of each distorted set; twelve sets are looked at."""


@torch.inference_mode()
def perceptual_figures(
    network: nn.Module, distance: WorldLpips, clean: SpoiltFrames, count: int
) -> dict[str, Any]:
    """How well people are told apart and poses read, beside what a constant answer would give.

    Args:
        network: Features and heads.
        distance: The calibrated distance on the same features.
        clean: Unspoilt frames of people that were not learned from.
        count: Frames that are looked at.
    """
    batches = [clean.batch(step, 16) for step in range(max(count // 16, 2))]
    told = [read(network, batch["picture"]) for batch in batches]
    truth = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    said = {name: torch.cat([part[name] for part in told]) for name in told[0] if name != "person"}
    frames = _bytes(truth["picture"])
    return {
        "frames": len(frames),
        "people": len(clean.people),
        "nearest_other_frame_is_same_person": _nearest(said["identity"], truth["person"]),
        "chance": 1 / len(clean.people),
        **{
            f"{name}_error_over_constant": _relative_error(said[name], truth[name])
            for name in ("angles", "expression", "points")
        },
        "ranked_strengths": dict(ranking(distance, frames[: max(count // 16, 4)])),
        "frechet": _frechet_by_strength(distance, frames[: min(count // 2, FRECHET_FRAMES)]),
    }


@torch.inference_mode()
def sync_figures(network: WorldSync, bank: MouthBank) -> dict[str, Any]:
    """How often the right sound is found: of clips among shifts of 15 frames, of windows among ten."""
    offsets, confidences, wrong, hits = [], [], [], []
    for clip in range(len(bank.clips)):
        lips, sound = embed_lips(network, bank.lips(clip)), embed_sound(network, bank.sound(clip))
        curve = sync_curve(lips, sound, REACH)
        offsets.append(curve.offset_frames)
        confidences.append(curve.confidence)
        other = (clip + 1) % len(bank.clips)
        strange = embed_sound(network, bank.sound(other))
        common = min(len(lips), len(strange))
        wrong.append(sync_curve(lips[:common], strange[:common], REACH).confidence)
        hits.append(_window_hits(lips, sound))
    return {
        "clips": len(offsets),
        "offset_within_one_frame": float(np.mean(np.abs(offsets) <= 1)),
        "chance_of_offset": 3 / (2 * REACH + 1),
        "window_found_among_ten": float(np.mean(np.concatenate(hits))),
        "chance_of_window": 0.1,
        "confidence": float(np.mean(confidences)),
        "confidence_with_anothers_sound": float(np.mean(wrong)),
    }


def _window_hits(lips: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """Whether each window is nearer to its sound than to nine others of the clip, evenly spaced after it."""
    count = len(lips)
    shifts = np.linspace(0, count, 11)[:10].round().astype(int)
    distances = [np.linalg.norm(lips - np.roll(sound, -shift, axis=0), axis=1) for shift in shifts]
    return np.argmin(distances, axis=0) == 0


def _nearest(identity: torch.Tensor, person: torch.Tensor) -> float:
    cosines = identity @ identity.mT
    cosines.fill_diagonal_(-2)
    return float((person[cosines.argmax(dim=1)] == person).double().mean())


def _relative_error(said: torch.Tensor, truth: torch.Tensor) -> float:
    """Mean absolute error over that of the median answer; below 1 is better than knowing nothing."""
    constant = (truth - truth.median(dim=0).values).abs().mean()
    return float((said - truth).abs().mean() / constant.clamp(min=1e-9))


def _frechet_by_strength(distance: WorldLpips, frames: np.ndarray) -> Mapping[str, list[float]]:
    """Fréchet distance of the features of frames and of the same, spoilt ever more."""
    clean = moments_of(world_features(distance, frames))
    answers = {}
    for name in ("blur", "noise", "coarse"):
        spoilt = [
            np.stack([DISTORTIONS[name](frame, strength) for frame in frames]) for strength in STRENGTHS
        ]
        answers[name] = [
            frechet_compute(moments_of(world_features(distance, some)), clean) for some in spoilt
        ]
    return answers


def _bytes(pictures: torch.Tensor) -> np.ndarray:
    """(b, 3, h, w) in [-1, 1] to (b, h, w, 3) bytes."""
    return ((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().byte().numpy()
