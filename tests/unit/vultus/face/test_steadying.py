import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d
from scipy.spatial.transform import Rotation

from vultus.errors import InputError
from vultus.face.gaps import HeadState, Moment
from vultus.face.smoothing import one_euro
from vultus.face.steadying import smooth_moments


def clip(count, noise=0.1):
    rng = np.random.default_rng(0)
    for index in range(count):
        head = HeadState(
            identity=np.array([1.0]),
            expression=noise * rng.standard_normal(4),
            rotation=Rotation.from_rotvec(noise * rng.standard_normal(3)).as_matrix(),
            eyes_rad=noise * rng.standard_normal((2, 3)),
            scale=2 + noise * rng.standard_normal(),
            translation_px=100 * rng.standard_normal(2),
            confidence=0.5,
        )
        yield Moment(index / 25, head, True)


def values(moments, name):
    return np.array([np.ravel(getattr(moment.head, name)) for moment in moments])


@pytest.mark.parametrize(
    ("kind", "window"),
    [("gaussian", np.exp(-0.5 * np.arange(-4, 5) ** 2)), ("moving_average", np.ones(5))],
)
@pytest.mark.parametrize("count", [1, 2, 3, 30])
def test_windows_are_scipys(kind, window, count):
    smooth = list(smooth_moments(clip(count), kind, 25.0, 1.0))
    assert [moment.time_s for moment in smooth] == [moment.time_s for moment in clip(count)]
    for name in ("expression", "eyes_rad", "translation_px", "scale"):
        expected = correlate1d(values(clip(count), name), window / window.sum(), axis=0, mode="nearest")
        np.testing.assert_allclose(values(smooth, name), expected, atol=1e-12)


def test_one_euro_is_the_filter():
    smooth = values(smooth_moments(clip(20), "one_euro", 25.0, 1.0), "expression")
    expected = one_euro(torch.from_numpy(values(clip(20), "expression")), 25.0, 1.5, 2.0)
    np.testing.assert_allclose(smooth, expected.numpy(), atol=1e-12)


@pytest.mark.parametrize("kind", ["one_euro", "gaussian", "moving_average"])
def test_rotations_stay_rotations_and_shake_less(kind):
    before = values(clip(40), "rotation").reshape(-1, 3, 3)
    after = values(smooth_moments(clip(40), kind, 25.0, 1.0), "rotation").reshape(-1, 3, 3)
    np.testing.assert_allclose(after @ after.transpose(0, 2, 1), np.tile(np.eye(3), (40, 1, 1)), atol=1e-12)
    assert np.linalg.det(after).min() > 0
    assert np.abs(np.diff(after, axis=0)).mean() < 0.5 * np.abs(np.diff(before, axis=0)).mean()


@pytest.mark.parametrize("kind", ["none", "one_euro", "gaussian", "moving_average"])
def test_a_head_that_keeps_still_stays_where_it_is(kind):
    still = [next(clip(1))] * 12
    smooth = list(smooth_moments(still, kind, 25.0, 1.0))
    for name in ("rotation", "expression", "scale", "translation_px", "identity"):
        np.testing.assert_allclose(values(smooth, name), values(still, name), atol=1e-12)


def test_nothing_comes_of_nothing():
    assert list(smooth_moments([], "gaussian", 25.0, 1.0)) == []


def test_an_unknown_kind_is_refused():
    with pytest.raises(InputError, match="gaussian, moving_average, none, one_euro"):
        smooth_moments([], "soft", 25.0, 1.0)
