from dataclasses import replace

import numpy as np
import pytest

from vultus.world.people import BACKDROP_KINDS, draw_person, paint_backdrop


@pytest.fixture(params=BACKDROP_KINDS)
def backdrop(request):
    return replace(draw_person(3).backdrop, kind=request.param)


def test_the_same_scene_at_every_size(backdrop):
    large, small = paint_backdrop(backdrop, (256, 256)), paint_backdrop(backdrop, (64, 64))
    means = large.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert np.abs(means - small).mean() < 0.02


def test_painted_light_is_finite_and_not_negative(backdrop):
    picture = paint_backdrop(backdrop, (90, 160))
    assert picture.shape == (90, 160, 3)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert 0.005 < picture.mean() < 1.5


def test_a_scene_is_named_by_its_seed(backdrop):
    again = paint_backdrop(backdrop, (32, 32))
    np.testing.assert_array_equal(again, paint_backdrop(backdrop, (32, 32)))
    if backdrop.kind in ("room", "bokeh", "outdoors"):
        assert not np.allclose(again, paint_backdrop(replace(backdrop, seed=99), (32, 32)))
