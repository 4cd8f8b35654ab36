"""Published states of extractors: what is ignored, and what is refused."""

import pytest
import torch

from vultus.assets.formats.extractors import directions_landmarks, fixed_crop, load_lpips, load_vgg19
from vultus.errors import InputError
from vultus.nets.fan import decode
from vultus.nets.lpips import Lpips
from vultus.nets.vgg import vgg19_features


def published(network):
    """An LPIPS state under the names of its two published files."""
    state = {
        k.removeprefix("backbone."): v for k, v in network.state_dict().items() if k.startswith("backbone.")
    }
    return state | {f"lin{k}.model.1.weight": head.weight.data for k, head in enumerate(network.heads)}


def test_a_classifier_is_ignored():
    network = Lpips("alex")
    loaded = load_lpips(published(network) | {"classifier.6.bias": torch.zeros(1000)}, "alex")
    for key, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value)
    assert not loaded.training


def test_later_layers_of_vgg19_are_ignored():
    network = vgg19_features()
    more = {"features.30.weight": torch.zeros(1), "classifier.0.weight": torch.zeros(1)}
    assert len(load_vgg19(network.state_dict() | more).features) == 30


def test_the_other_backbones_state_is_refused():
    with pytest.raises(InputError, match=r"no LPIPS 0.1 \(vgg\)"):
        load_lpips(published(Lpips("alex")), "vgg")


def test_the_fixed_crop_is_the_middle_of_the_picture_pooled():
    picture = torch.zeros(1, 3, 256, 256)
    picture[..., 35:223, 32:220] = 1
    assert fixed_crop(picture).shape == (1, 3, 112, 112)
    assert (fixed_crop(picture) == 1).all()


def test_finding_directions_rows_keep_a_fraction_of_the_column():
    maps = torch.zeros(1, 1, 64, 64)
    maps[0, 0, 10, 48] = 1
    shifted = directions_landmarks(maps) - decode(maps)
    assert shifted.tolist() == [[[0.0, 0.75]]]
