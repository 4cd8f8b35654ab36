import numpy as np

from vultus.world.rendering import reference
from vultus.world.rendering.textures import HAIR, SKIN, noise, pattern, shown


def test_noise_is_smooth_bounded_and_about_even():
    points = np.random.default_rng(0).uniform(-200, 200, (4000, 3))
    values = np.array([noise(*point) for point in points])
    np.testing.assert_allclose(values, reference.noise(points), atol=1e-12)
    assert np.abs(values).max() <= 1
    assert abs(values.mean()) < 0.03
    nudged = np.array([noise(*(point + 1e-4)) for point in points[:200]])
    assert np.abs(nudged - values[:200]).max() < 2e-3


def test_detail_smaller_than_a_pixel_is_not_shown():
    assert shown(0.9, 0.3) == 0
    assert shown(0.9, 5.0) == 1
    near, far = (pattern(SKIN, 3.3, 4.4, 5.5, size)[0] for size in (4.0, 0.2))
    assert near != far


def test_patterns_stay_about_one():
    points = np.random.default_rng(1).uniform(-90, 90, (2000, 3))
    for kind, most in ((SKIN, 0.12), (HAIR, 0.6)):
        light, _, _ = reference.pattern(kind, points, 2.0)
        assert abs(light.mean() - 1) < 0.02
        assert np.abs(light - 1).max() <= most
