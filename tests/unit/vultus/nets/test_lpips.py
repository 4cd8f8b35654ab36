"""LPIPS as a distance."""

import pytest
import torch

from vultus.nets.lpips import Lpips


@pytest.fixture(params=["alex", "vgg"])
def network(request, rng):
    network = Lpips(request.param).eval().requires_grad_(requires_grad=False)
    for head in network.heads:
        head.weight.copy_(torch.rand(head.weight.shape, generator=rng))  # published heads are not negative
    return network


def test_is_zero_for_the_same_picture_and_symmetric(network, rng):
    a, b = torch.rand(2, 2, 3, 64, 64, generator=rng).mul(2).sub(1).unbind(0)
    assert network(a, a).tolist() == [0, 0]
    there = network(a, b)
    assert (there > 0).all()
    torch.testing.assert_close(there, network(b, a))


def test_is_the_sum_of_its_layers_pair_by_pair(network, rng):
    a, b = torch.rand(2, 3, 3, 64, 64, generator=rng).mul(2).sub(1).unbind(0)
    terms = torch.stack(network.terms(network.features(a), network.features(b)))
    torch.testing.assert_close(network(a, b), terms.sum(0), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(network(a[1:2], b[1:2]), network(a, b)[1:2], rtol=1e-4, atol=1e-6)


def test_every_pixels_features_have_length_one(network, rng):
    for feature in network.features(torch.rand(1, 3, 64, 64, generator=rng)):
        lengths = feature.square().sum(1).sqrt()
        assert (lengths < 1.0001).all()
        assert (lengths > 0.99).float().mean() > 0.9


def test_gradients_are_finite_where_pictures_agree(network, rng):
    a = torch.rand(1, 3, 64, 64, generator=rng).requires_grad_()
    b = a.detach().clone()
    b[..., 40:] = 0
    network(a, b).sum().backward()
    assert a.grad.isfinite().all()
    assert a.grad.abs().max() > 0
    same = a.detach().clone().requires_grad_()
    network(same, a.detach()).sum().backward()
    assert same.grad.isfinite().all()
