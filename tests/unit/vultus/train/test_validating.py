import math

import pytest
import torch
from torch import nn

from vultus.train.trainee import Trainee
from vultus.train.validating import Validation

SIDE = 8


class Brighter(Trainee):
    """Makes the driving frames, too bright by what the network says."""

    def picture(self, network, batch):
        return batch["driving"] + network.bias


class Greys:
    def batch(self, step, size, rank=0):
        index = torch.full((size, 1, SIDE, SIDE), -1)
        index[..., : SIDE // 2] = 5
        return {"driving": torch.full((size, 3, SIDE, SIDE), 0.25), "driving_face_index": index}


def measured(bias: float) -> dict[str, float]:
    network = nn.Conv2d(1, 1, 1)
    nn.init.constant_(network.bias, bias)
    return Validation(Brighter(), network, Greys()).measure()


def test_what_is_too_bright_is_told_in_grey_levels():
    values = measured(2 / 255)
    assert values["l1"] == pytest.approx(2, abs=1e-4)
    assert values["face_l1"] == pytest.approx(2, abs=1e-4)
    assert values["psnr"] == pytest.approx(20 * math.log10(255 / 2), abs=1e-3)


def test_what_is_perfect_is_finite():
    values = measured(0.0)
    assert values["l1"] == 0
    assert math.isfinite(values["psnr"])
