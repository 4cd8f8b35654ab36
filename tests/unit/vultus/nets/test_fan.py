"""Heat maps to landmarks, against a loop."""

import numpy as np
import torch

from vultus.nets.fan import decode


def textbook(maps: np.ndarray) -> np.ndarray:
    """Peak, a quarter pixel towards the larger neighbour, plus the half pixel of our convention."""
    points = np.zeros((*maps.shape[:2], 2))
    for b, point in np.ndindex(*maps.shape[:2]):
        y, x = np.unravel_index(maps[b, point].argmax(), maps[b, point].shape)
        points[b, point] = (x + 0.5, y + 0.5)
        if 0 < x < maps.shape[3] - 1 and 0 < y < maps.shape[2] - 1:
            right, left = maps[b, point, y, x + 1], maps[b, point, y, x - 1]
            below, above = maps[b, point, y + 1, x], maps[b, point, y - 1, x]
            points[b, point] += 0.25 * np.sign([right - left, below - above])
    return points


def test_agrees_with_the_loop(rng):
    maps = torch.rand(2, 68, 12, 16, generator=rng)
    np.testing.assert_allclose(decode(maps).numpy(), textbook(maps.numpy()))


def test_a_peak_on_the_border_stays():
    maps = torch.zeros(1, 4, 8, 8)
    for k, (y, x) in enumerate([(0, 3), (7, 3), (3, 0), (3, 7)]):
        maps[0, k, y, x] = 1
    expected = [[3.5, 0.5], [3.5, 7.5], [0.5, 3.5], [7.5, 3.5]]
    assert decode(maps)[0].tolist() == expected
