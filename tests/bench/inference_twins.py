"""Networks at full width as their authors run them, and inputs that look like faces."""

from collections.abc import Callable
from dataclasses import dataclass
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional

from vultus.nets.gdpw import GdpwConfig, GdpwGenerator
from vultus.nets.headgan import HeadGanConfig, HeadGanGenerator
from vultus.nets.shrinking import gaussian_taps

SIDE_PX = 256


@dataclass(frozen=True)
class Subject:
    """A network, what it is given, and how long its colours are."""

    network: nn.Module
    inputs: tuple[Tensor, ...]
    """Source, its guide, then what changes from frame to frame."""
    span: float

    def published(self) -> Tensor:
        """Pictures by the published graph: everything anew, blurs as dense convolutions."""
        with mock.patch("vultus.nets.gdpw.shrink", dense_shrink):
            return self.network(*self.inputs).image


def subjects() -> dict[str, Callable[[], Subject]]:
    """What makes each network with random weights."""
    return {"gdpw": _gdpw, "headgan": _headgan}


def dense_shrink(picture: Tensor, factor: int) -> Tensor:
    """`vultus.nets.shrinking.shrink` as one convolution with the whole window."""
    if factor == 1:
        return picture
    taps = gaussian_taps(factor).to(picture)
    window = (taps[:, None] * taps).expand(picture.shape[1], 1, -1, -1)
    return functional.conv2d(picture, window, stride=factor, padding=len(taps) // 2, groups=picture.shape[1])


def _gdpw() -> Subject:
    network = GdpwGenerator()
    channels = GdpwConfig().guide_channels
    inputs = _smooth(3), _face(channels), _face(channels)
    with torch.no_grad():
        for norm in (module for module in network.modules() if isinstance(module, nn.BatchNorm2d)):
            norm.momentum = 0.5
        for _ in range(2):
            network(*inputs)
        network.eval()
        _spread(network.output, torch.logit(network(*inputs).image.clamp(1e-4, 1 - 1e-4)), 1.5)
    return Subject(network, inputs, 1.0)


def _headgan() -> Subject:
    network = HeadGanGenerator()
    frames = HeadGanConfig().past_frames + 1
    inputs = _smooth(3) * 2 - 1, _face(3), _face(3 * frames), torch.rand(1, HeadGanConfig().audio_count)
    with torch.no_grad():
        network.eval()
        _spread(network.rendering.image, torch.atanh(network(*inputs).image.clamp(-0.999, 0.999)), 0.7)
    return Subject(network, inputs, 2.0)


def _spread(last: nn.Conv2d, logits: Tensor, deviation: float) -> None:
    """Make the colours of an untrained network as different as those of a picture."""
    last.weight *= deviation / logits.std()
    last.bias -= logits.mean() * deviation / logits.std()


def _smooth(channels: int) -> Tensor:
    coarse = torch.rand(1, channels, 17, 17)
    return functional.interpolate(coarse, (SIDE_PX,) * 2, mode="bicubic", align_corners=False).clamp(0, 1)


def _face(channels: int) -> Tensor:
    """Smooth colours in an oval."""
    line = torch.linspace(-1, 1, SIDE_PX)
    return _smooth(channels) * ((line / 0.6)[:, None] ** 2 + (line / 0.45) ** 2 < 1)
