"""Colours that shift."""

import numpy as np
import pytest
from skimage.color import deltaE_cie76, rgb2lab

from vultus.metrics import METRICS
from vultus.metrics.colour import colour_shift_update, mean_lab, self_drive_update


def test_the_mean_colour_agrees_with_scikit_image(clips):
    picture = clips[1][0]
    np.testing.assert_allclose(mean_lab(picture), rgb2lab(picture).mean((0, 1)), atol=0.1)


def test_the_shift_of_flat_colours_is_their_difference():
    a = np.full((2, 8, 8, 3), (200, 120, 90), np.uint8)
    b = np.full((2, 8, 8, 3), (180, 120, 100), np.uint8)
    expected = deltaE_cie76(rgb2lab(a[0, 0, 0]), rgb2lab(b[0, 0, 0]))
    np.testing.assert_allclose(colour_shift_update(a, b).values, expected, rtol=0.01)
    assert colour_shift_update(a, a).values.tolist() == [0, 0]


def test_self_drive_compares_every_frame_with_the_source(clips):
    source = clips[1][0]
    frames = np.stack([source, source // 2, source])
    metric = METRICS["self_drive[l1-0..255]"]()
    terms = metric.update(frames, source)
    assert terms[0] == terms[2] == 0
    assert metric.compute() == pytest.approx(np.abs(source // 2 - source.astype(float)).mean() / 3)
    assert self_drive_update(frames[:1], source).values.tolist() == [0]
