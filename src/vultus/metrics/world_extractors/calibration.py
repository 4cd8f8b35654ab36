"""How distances of layers are weighed, and how well the result ranks what is more or less spoilt."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.metrics.world_extractors.distortions import DISTORTIONS, STRENGTHS
from vultus.nets.world_features import WorldLpips

Frames = UInt8[np.ndarray, "t h w 3"]


@torch.inference_mode()
def layer_terms(network: WorldLpips, frames: Frames) -> Float[Tensor, "k s t 5"]:
    """Unweighted distance of each layer between frames and the same, spoilt.

    Args:
        network: Features.
        frames: Unspoilt.

    Returns:
        For each of `DISTORTIONS`, each of `STRENGTHS`, and each frame.
    """
    clean = _centred(frames)
    return torch.stack(
        [
            torch.stack(
                [
                    network.terms(clean, _centred(np.stack([distort(frame, strength) for frame in frames])))
                    for strength in STRENGTHS
                ]
            )
            for distort in DISTORTIONS.values()
        ]
    )


def ranked(distances: Float[Tensor, "k s t"]) -> Float[Tensor, " k"]:
    """Share of frames and neighbouring strengths of each distortion whose stronger one is further away."""
    return (distances.diff(dim=1) > 0).double().mean(dim=(1, 2))


def calibrate(network: WorldLpips, frames: Frames) -> None:
    """Set the weights of layers so that graded distortions are ranked by strength.

    A layer counts as much as it ranks better than chance in its worst distortion, divided by its mean
    distance, so that layers of small differences are heard; the mean distance of all distortions becomes 1.
    """
    terms = layer_terms(network, frames).double()
    ranks = torch.stack([ranked(terms[..., layer]).min() for layer in range(terms.shape[-1])])
    worth = (ranks - 0.5).clamp(min=0.05)
    weights = worth / worth.sum() / terms.mean(dim=(0, 1, 2)).clamp(min=1e-12)
    network.layer_weights.copy_(weights)


def ranking(network: WorldLpips, frames: Frames) -> Mapping[str, float]:
    """Share of rightly ranked neighbouring strengths by distortion."""
    distances = layer_terms(network, frames) @ network.layer_weights
    return dict(zip(DISTORTIONS, ranked(distances).tolist(), strict=True))


def _centred(frames: Frames) -> Float[Tensor, "t 3 h w"]:
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 127.5 - 1
