import torch
from torch import nn

from vultus.nets.spectral import fold_spectral, from_hooks, spectral


def test_the_largest_singular_value_is_one():
    layer = spectral(nn.Linear(6, 4))
    for _ in range(200):
        layer(torch.zeros(1, 6))
    torch.testing.assert_close(torch.linalg.svdvals(layer.weight)[0], torch.tensor(1.0), rtol=1e-4, atol=0)


def test_folding_keeps_the_function():
    network = nn.Sequential(spectral(nn.Conv2d(3, 5, 3)), nn.ReLU(), spectral(nn.Conv2d(5, 2, 1))).eval()
    x = torch.rand(1, 3, 8, 8)
    before = network(x)
    torch.testing.assert_close(fold_spectral(network)(x), before)
    assert sorted(network.state_dict()) == ["0.bias", "0.weight", "2.bias", "2.weight"]


def test_old_hooks_load_and_compute_the_same():
    old = nn.utils.spectral_norm(nn.Conv2d(3, 4, 3)).eval()
    new = spectral(nn.Conv2d(3, 4, 3)).eval()
    new.load_state_dict(from_hooks(old.state_dict()))
    x = torch.rand(1, 3, 6, 6)
    torch.testing.assert_close(new(x), old(x))


def test_a_layer_can_be_left_as_it_is():
    layer = nn.Linear(2, 2)
    assert spectral(layer, False) is layer
    assert "weight" in layer.state_dict()
