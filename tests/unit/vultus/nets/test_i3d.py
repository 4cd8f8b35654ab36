"""I3D: the published layout, and TensorFlow's padding."""

import pytest
import torch

from vultus.nets.i3d import I3d, same_padding


@pytest.fixture(scope="module")
def network():
    return I3d().eval()


def test_has_as_many_numbers_and_names_as_the_published_file(network):
    assert sum(p.numel() for p in network.parameters()) == 12_697_264
    keys = network.state_dict()
    assert keys["Mixed_3b.b1a.conv3d.weight"].shape == (96, 192, 1, 1, 1)
    assert keys["Mixed_5c.b3b.bn.running_mean"].shape == (128,)
    assert keys["logits.conv3d.bias"].shape == (400,)


@pytest.mark.parametrize("size", [7, 8, 9, 16])
@pytest.mark.parametrize(("kernel", "stride"), [(7, 2), (3, 2), (3, 1), (2, 2)])
def test_same_padding_leaves_the_size_over_the_stride_rounded_up(size, kernel, stride):
    padded = same_padding(torch.ones(1, 1, size, size, size), (kernel,) * 3, (stride,) * 3)
    assert (padded.shape[2] - kernel) // stride + 1 == -(-size // stride)
    assert padded.sum() == size**3
    before = (padded[0, 0, :, size // 2, size // 2] == 0).float().argmin()
    assert before <= (padded.shape[2] - size) - before  # the odd one is behind


def test_nine_frames_are_enough(network):
    with torch.no_grad():
        assert network(torch.zeros(1, 3, 9, 224, 224)).shape == (1, 400)
