"""Jitter of a clip in parts against that of the whole."""

import numpy as np
import pytest
import torch

from vultus.face.smoothing import jitter
from vultus.metrics.shaking import JitterMeter


@pytest.fixture
def landmarks():
    return np.random.default_rng(0).uniform(20, 200, (1, 68, 2)) + np.random.default_rng(1).normal(
        size=(40, 68, 2)
    )


def metered(*parts):
    meter = JitterMeter()
    for part in parts:
        meter.add(part)
    return meter.value


@pytest.mark.parametrize("cuts", [[], [1], [2, 3, 17], list(range(40))])
def test_any_cut_gives_the_jitter_of_the_whole(landmarks, cuts):
    expected = jitter(torch.from_numpy(landmarks), "ibug68")
    assert metered(*np.split(landmarks, cuts)) == pytest.approx(expected, rel=1e-9)


def test_stretches_between_missing_faces_are_averaged(landmarks):
    landmarks[10:12] = np.nan
    parts = [jitter(torch.from_numpy(landmarks[a:b]), "ibug68") * (b - a - 2) for a, b in ((0, 10), (12, 40))]
    assert metered(landmarks[:11], landmarks[11:]) == pytest.approx(sum(parts) / 34, rel=1e-9)


def test_two_frames_say_nothing(landmarks):
    assert metered(landmarks[:2]) is None
