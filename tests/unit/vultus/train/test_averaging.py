import torch
from torch import nn

from vultus.train.averaging import RunningAverage


def test_by_hand():
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = RunningAverage(network, decay=0.5)
    nn.init.ones_(network.weight)
    average.update(network, step=0)  # decay 1 / 10
    torch.testing.assert_close(average.network.weight.item(), 0.9)
    average.update(network, step=10_000)
    torch.testing.assert_close(average.network.weight.item(), 0.95)


def test_buffers_are_copied_and_the_original_is_left_alone():
    network = nn.BatchNorm1d(2)
    average = RunningAverage(network, 0.9)
    network(torch.randn(8, 2) + 3)
    average.update(network, 5)
    torch.testing.assert_close(average.network.running_mean, network.running_mean)
    assert not any(weight.requires_grad for weight in average.network.parameters())
    assert all(weight.requires_grad for weight in network.parameters())
