"""Networks made fast compute what they did before."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from vultus.nets.fast import FastForward, folded
from vultus.nets.gdpw import GdpwConfig, GdpwGenerator
from vultus.nets.headgan import RELEASED, HeadGanConfig, HeadGanGenerator
from vultus.nets.speed import Speed

GDPW = {
    "codes": GdpwConfig(width=4, halvings=3, code_count=4),
    "patch": GdpwConfig(width=4, halvings=3, code_count=4, guidance="both", patch=2, led=True, blended=True),
    "displacement": GdpwConfig(width=4, halvings=2, guidance="displacement", grid="corners"),
}
HEADGAN = {
    "paper": HeadGanConfig(width=4, hidden=8),
    "released": HeadGanConfig(
        width=4, hidden=8, residual=RELEASED.residual, masked=RELEASED.masked, past_frames=0
    ),
    "patch": HeadGanConfig(width=4, hidden=8, patch=2, led=True, blended=True),
}


def _smooth(channels, side):
    """[0, 1], as smooth as faces."""
    if not channels:
        return torch.zeros(1, 0, side, side)
    coarse = torch.rand(1, channels, 5, 5)
    return functional.interpolate(coarse, (side, side), mode="bicubic", align_corners=False).clamp(0, 1)


def _lively(network, forward):
    """Batch statistics of real activations, and outputs that differ from pixel to pixel."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.5
        for _ in range(6):
            forward()
    return network.eval()


@pytest.fixture(params=GDPW)
def gdpw(request):
    torch.manual_seed(0)
    config = GDPW[request.param]
    network = GdpwGenerator(config)
    side = 32 // config.patch
    source, guide = _smooth(3, 32), _smooth(config.guide_channels, side)
    inputs = source, _smooth(config.source_guide_channels, side), guide
    return _lively(network, lambda: network(*inputs)), inputs


@pytest.fixture(params=HEADGAN)
def headgan(request):
    torch.manual_seed(0)
    config = HEADGAN[request.param]
    network = HeadGanGenerator(config)
    channels = 3 * (config.past_frames + 1)
    inputs = (
        _smooth(3, 32) * 2 - 1,
        _smooth(3, 32),
        _smooth(channels, 32),
        torch.rand(1, 300),
        _smooth(2, 32) / 8 if config.led else None,
    )
    return _lively(network, lambda: network(*inputs)), inputs


def test_folded_gdpw_computes_the_same(gdpw):
    network, inputs = gdpw
    expected = network(*inputs)
    answer = folded(network)(*inputs)
    for now, before in zip((answer.image, *answer.flows), (expected.image, *expected.flows), strict=True):
        torch.testing.assert_close(now, before, rtol=0, atol=1e-5)
    assert expected.image.std() > 0.02


def test_folded_headgan_computes_the_same(headgan):
    network, inputs = headgan
    expected = network(*inputs)
    answer = folded(network)(*inputs)
    torch.testing.assert_close(answer.image, expected.image, rtol=0, atol=1e-5)
    torch.testing.assert_close(answer.flow_px, expected.flow_px, rtol=0, atol=1e-5)
    assert expected.image.std() > 0.02


def _difference(network, inputs):
    expected = network(*inputs).image
    source, source_guide, *guides = inputs
    forward = FastForward(network, Speed(precision="bfloat16"))
    answer = forward.decode(source, forward.encode(source, source_guide), *guides).image
    assert answer.dtype == torch.float32
    return (answer - expected).abs().mean()


def test_half_the_bits_change_gdpws_pictures_little(gdpw):
    assert _difference(*gdpw) < 1 / 255


def test_half_the_bits_change_headgans_pictures_little(headgan):
    """Few channels, each normalised anew, are rougher than a real network's; its range is 2 long."""
    assert _difference(*headgan) < 4 * 2 / 255


def test_nothing_is_normalised_or_learned_any_more(gdpw):
    network = folded(gdpw[0])
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert not any("parametrizations" in name for name in network.state_dict())
    assert not any(value.requires_grad for value in network.parameters())
