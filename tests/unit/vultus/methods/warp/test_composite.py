import numpy as np

from vultus.methods.warp.composite import foreground, over, sampling_map, warped

RNG = np.random.default_rng(0)


def test_over_is_the_textbook_mix():
    front, back = RNG.integers(0, 256, (2, 12, 14, 3), np.uint8)
    opacity = RNG.integers(0, 256, (12, 14), np.uint8)
    share = opacity[..., None] / 255
    expected = share * front + (1 - share) * back
    assert np.abs(over(front.copy(), opacity, back) - expected).max() <= 0.5001


def test_no_displacement_returns_the_layer_exactly():
    layer = RNG.integers(0, 256, (20, 20, 3), np.uint8)
    positions = sampling_map(np.zeros((10, 10, 2), np.float32), 16, margin_px=2)
    np.testing.assert_array_equal(warped(layer, positions, sharp=True), layer[2:18, 2:18])


def test_displacements_of_whole_pixels_move_pixels():
    layer = RNG.integers(0, 256, (20, 20, 3), np.uint8)
    displacement = np.zeros((20, 20, 2), np.float32)
    displacement[..., 0], displacement[..., 1] = 3, -2
    moved = warped(layer, sampling_map(displacement, 20), sharp=True)
    np.testing.assert_array_equal(moved[2:, :-3], layer[:-2, 3:])


def test_a_field_on_a_coarser_grid_counts_in_its_own_pixels():
    positions = sampling_map(np.full((8, 8, 2), 1.5, np.float32), 16)
    np.testing.assert_allclose(positions[3, 5], [5 + 3, 3 + 3])


def test_what_is_completed_is_hidden_by_what_moves():
    matte = np.zeros((64, 64), np.float32)
    matte[20:40, 20:40] = 1
    opacity, hole = foreground(matte, 6.0)
    assert hole[20:40, 20:40].all()
    assert (opacity[hole] == 255).all()
    assert opacity[0, 0] == 0
    assert 0 < opacity[30, 46] < 255
