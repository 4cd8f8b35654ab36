import numpy as np

from vultus.methods.warp.fill import completed, push_pull


def test_pixels_outside_the_hole_are_untouched():
    rgb = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    hole = np.zeros((40, 50), bool)
    hole[10:20, 15:30] = True
    filled = completed(rgb, hole)
    np.testing.assert_array_equal(filled[~hole], rgb[~hole])
    assert (filled[hole] != rgb[hole]).any()


def test_a_plain_background_is_restored():
    rgb = np.full((40, 40, 3), (10, 120, 200), np.uint8)
    hole = np.zeros((40, 40), bool)
    hole[5:30, 10:35] = True
    damaged = rgb.copy()
    damaged[hole] = 255
    assert np.abs(completed(damaged, hole).astype(int) - rgb).max() <= 1


def test_a_ramp_is_restored_roughly():
    ramp = np.broadcast_to(np.linspace(50, 200, 64)[:, None, None], (64, 64, 3)).round().astype(np.uint8)
    hole = np.zeros((64, 64), bool)
    hole[:, 24:40] = True
    assert np.abs(completed(ramp, hole).astype(int) - ramp).max() < 20


def test_no_hole_or_nothing_but_a_hole_changes_nothing():
    rgb = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    np.testing.assert_array_equal(completed(rgb, np.zeros((8, 8), bool)), rgb)
    np.testing.assert_array_equal(completed(rgb, np.ones((8, 8), bool)), rgb)


def test_known_values_are_kept_and_others_lie_between():
    rng = np.random.default_rng(0)
    value = rng.normal(size=(33, 21, 2)).astype(np.float32)
    weight = (rng.random((33, 21)) < 0.3).astype(np.float32)
    spread = push_pull(value, weight)
    known = weight > 0
    np.testing.assert_allclose(spread[known], value[known], atol=1e-5)
    assert spread.min() >= value[known].min() - 1e-4
    assert spread.max() <= value[known].max() + 1e-4
