"""LPIPS: how different two pictures look to a network, weighted by people's judgements [zhang2018lpips]."""

from functools import partial

import numpy as np
import torch
from jaxtyping import UInt8

from vultus.metrics.extractors import load_extractor
from vultus.metrics.pixels import check_same_size
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, mean_compute
from vultus.nets.lpips import Lpips
from vultus.nets.world_features import WorldLpips

BATCH = 16
"""Pairs that go through the network at once."""


@torch.inference_mode()
def lpips_update(
    network: Lpips | WorldLpips,
    generated: UInt8[np.ndarray, "t h w 3"],
    reference: UInt8[np.ndarray, "s y x 3"],
) -> FrameTerms:
    """Perceptual distance of each frame, ≥ 0; pictures go in as RGB in [-1, 1], at their own size.

    Args:
        network: Backbone and heads, or what was learned from the world.
        generated: Frames.
        reference: Frames of the same size and number.
    """
    check_same_size(generated, reference)
    device = next(network.parameters()).device
    values = [
        network(_centred(generated[k : k + BATCH], device), _centred(reference[k : k + BATCH], device))
        for k in range(0, len(generated), BATCH)
    ]
    return FrameTerms(torch.cat(values).double().cpu().numpy() if values else np.zeros(0))


class Lpips01(StreamingMetric):
    """LPIPS 0.1.

    Args:
        network: Backbone and heads; the published ones, from the assets' folder, if None.

    Raises:
        AssetMissingError: The published weights are not there.
    """

    finish = staticmethod(mean_compute)

    def __init__(self, network: Lpips | WorldLpips | None = None) -> None:
        super().__init__()
        self.measure = partial(lpips_update, network or load_extractor(self.info.extractor))


@METRICS.register("lpips[alex]")
class LpipsAlex(Lpips01):
    """LPIPS 0.1 on AlexNet."""

    info = MetricInfo(
        name="lpips[alex]",
        unit="1",
        protocol="lpips 0.1/AlexNet/[-1, 1]/mean over frames",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
        extractor="lpips-alex",
    )


@METRICS.register("lpips[vgg]")
class LpipsVgg(Lpips01):
    """LPIPS 0.1 on VGG-16."""

    info = MetricInfo(
        name="lpips[vgg]",
        unit="1",
        protocol="lpips 0.1/VGG-16/[-1, 1]/mean over frames",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
        extractor="lpips-vgg",
    )


@METRICS.register("lpips[world]")
class LpipsWorld(Lpips01):
    """The form of LPIPS on features that were learned from the synthetic world; no LPIPS of the papers."""

    info = MetricInfo(
        name="lpips[world]",
        unit="1",
        protocol="vultus/world-perceptual/[-1, 1]/one weight a layer/mean over frames; no LPIPS 0.1",
        higher_is_better=False,
        needs="pixels",
        modes=("self",),
        by_default=False,
        extractor="world-perceptual",
    )


def _centred(frames: UInt8[np.ndarray, "t h w 3"], device: torch.device) -> torch.Tensor:
    """(t, 3, h, w) in [-1, 1]."""
    picture = torch.from_numpy(np.ascontiguousarray(frames)).to(device)
    return picture.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
