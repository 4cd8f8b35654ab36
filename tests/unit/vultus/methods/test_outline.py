import numpy as np

from vultus.methods.outline import outline_displacement, radial_outline


def _disc(centre, radius):
    angle = np.linspace(0, 2 * np.pi, 2000)
    return np.array(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], -1)


def test_the_outline_of_a_disc_is_its_radius():
    np.testing.assert_allclose(radial_outline(_disc((30, 40), 12), np.array([30.0, 40.0])), 12, rtol=1e-3)


def test_the_same_outline_moves_nothing():
    centre = np.array([32.0, 30.0])
    outline = radial_outline(_disc((32, 30), 14), centre)
    moved, beyond = outline_displacement((centre, outline), (centre, outline), 0.0, 1.0, 1.0, 64)
    assert np.abs(moved).max() < 1e-4
    assert beyond[30, 32] < 0 < beyond[0, 0]


def test_a_disc_that_shifts_turns_and_grows_is_carried_along():
    driven, source = np.array([30.0, 30.0]), np.array([36.0, 27.0])
    outlines = radial_outline(_disc(driven, 10), driven), radial_outline(_disc(source, 15), source)
    moved, _ = outline_displacement((driven, outlines[0]), (source, outlines[1]), np.pi / 2, 1.5, 1.0, 64)
    # The point 10 px right of the driven centre comes from 15 px below the portrait's.
    at = moved[30, 40] + [40.5, 30.5]
    np.testing.assert_allclose(at, [36 - 0.75, 27 + 15.75], atol=0.2)


def test_an_outline_that_widens_is_carried_onto_the_narrow_one():
    centre = np.array([32.0, 32.0])
    wide, narrow = radial_outline(_disc(centre, 20), centre), radial_outline(_disc(centre, 16), centre)
    moved, _ = outline_displacement((centre, wide), (centre, narrow), 0.0, 1.0, 1.0, 64)
    assert abs(moved[32, 51, 0] + 4) < 0.2
    assert abs(moved[32, 63, 0]) < 1.0
