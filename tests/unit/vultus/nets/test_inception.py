"""Inception-2015: the published layout, and pools that torchvision's does not have."""

import torch
from torch import nn

from vultus.nets.inception import Inception2015


def test_has_as_many_numbers_and_names_as_the_published_file():
    network = Inception2015()
    # torchvision counts 27,161,264 with 1000 classes and the auxiliary head of 3,326,696.
    expected = 27_161_264 - 3_326_696 + 8 * (2048 + 1)
    assert sum(p.numel() for p in network.parameters()) == expected
    keys = network.state_dict()
    assert keys["Mixed_7b.branch3x3dbl_3b.conv.weight"].shape == (384, 384, 3, 1)
    assert keys["Mixed_6e.branch7x7dbl_5.bn.running_var"].shape == (192,)
    assert keys["fc.weight"].shape == (1008, 2048)


def test_pools_as_the_graph_of_2015_does():
    network = Inception2015()
    means = [m for m in network.modules() if isinstance(m, nn.AvgPool2d)]
    assert len(means) == 3 + 4 + 1
    assert not any(m.count_include_pad for m in means)
    assert isinstance(network.Mixed_7c.pool, nn.MaxPool2d)


def test_features_are_the_same_for_every_picture_of_one_colour_whatever_its_size():
    network = Inception2015().eval()
    with torch.no_grad():
        small, large = network(torch.full((1, 3, 20, 30), 0.3)), network(torch.full((1, 3, 320, 300), 0.3))
    assert small.shape == (1, 2048)
    torch.testing.assert_close(small, large)
