"""The compiled loops against torch's own operators in float32."""

import pytest
import torch
from torch.nn import functional

from vultus.nets import fast_words as words


@pytest.fixture(scope="module", autouse=True)
def compiled():
    words.READINESS.begin()
    assert words.READINESS.reached(120.0)


@pytest.fixture(params=[1, 2])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.fixture(params=[(1, 32, 48, 9, 14), (3, 40, 32, 6, 7)])
def sample(request):
    """Features of odd sizes, (b, i, h, w), and a count of others."""
    torch.manual_seed(0)
    count, channels, others, height, width = request.param
    return torch.randn(count, channels, height, width).bfloat16(), others


def _relative(answer, expected):
    return (answer.float() - expected).norm() / expected.norm()


def test_minimal_filtering_is_a_convolution(sample, threads, monkeypatch):
    monkeypatch.setattr(words, "TILE_BYTES", 1 << 15)  # several bands
    x, count = sample
    weight, bias = torch.randn(count, x.shape[1], 3, 3) / 15, torch.randn(count)
    expected = functional.leaky_relu(functional.conv2d(x.float(), weight, bias, padding=1), 0.1)
    answer = words.winograd(x, words.transformed(weight), bias, 0.1)
    assert answer.is_contiguous(memory_format=torch.channels_last)
    assert _relative(answer, expected) < 0.006


def test_instances_are_normalised(sample, threads):
    x, _ = sample
    gain, offset = words.normalised(3 * x + 1, 1e-5)
    answer = (3 * x + 1).float() * gain[..., None, None] + offset[..., None, None]
    expected = functional.instance_norm((3 * x + 1).float())
    torch.testing.assert_close(answer, expected, rtol=1e-4, atol=1e-4)


def test_features_are_modulated(sample, threads):
    x, _ = sample
    painted = torch.randn(len(x), 2 * x.shape[1], *x.shape[2:]).bfloat16()
    gain, offset = torch.rand(2, *x.shape[:2]).unbind()
    scale, shift = painted.float().chunk(2, dim=1)
    affine = x.float() * gain[..., None, None] + offset[..., None, None]
    expected = functional.leaky_relu(affine * scale + shift, 0.2)
    assert _relative(words.modulate(x, (gain, offset), painted, 0.2), expected) < 0.003
    assert _relative(words.modulate(x, (gain, offset), None, 1.0), affine) < 0.003
    assert _relative(words.modulate(x, None, painted, 0.0), torch.relu(x.float() * scale + shift)) < 0.003
