import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from vultus.data.track import Track
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles
from vultus.face.smoothing import OneEuro, gaussian, jitter, moving_average, one_euro, smooth_track


@pytest.fixture
def values(rng) -> torch.Tensor:
    return torch.randn(60, 4, generator=rng, dtype=torch.float64).cumsum(0)


def textbook_one_euro(values, rate, cutoff, beta, derivative_cutoff):
    """The published pseudo-code, one number at a time."""

    def weight(frequency):
        period, constant = 1 / rate, 1 / (2 * math.pi * frequency)
        return period / (period + constant)

    out = [values[0]]
    slope = 0.0
    for value in values[1:]:
        slope += weight(derivative_cutoff) * ((value - out[-1]) * rate - slope)
        out.append(out[-1] + weight(cutoff + beta * abs(slope)) * (value - out[-1]))
    return out


@pytest.mark.parametrize(("rate", "cutoff", "beta"), [(1.0, 0.5, 0.0), (25.0, 1.0, 0.3), (30.0, 2.0, 1.0)])
def test_one_euro_is_its_pseudo_code(values, rate, cutoff, beta):
    found = one_euro(values, rate, cutoff, beta)
    for column in range(4):
        expected = textbook_one_euro(values[:, column].tolist(), rate, cutoff, beta, 1.0)
        np.testing.assert_allclose(found[:, column], expected)


def test_streaming_is_the_batch_and_forgets_on_reset(values):
    smooth = OneEuro(25.0, beta=0.2)
    streamed = torch.stack([smooth(value) for value in values])
    torch.testing.assert_close(streamed, one_euro(values, 25.0, beta=0.2))
    smooth.reset()
    assert torch.equal(smooth(values[30]), values[30])


def test_one_euro_lags_less_when_beta_is_larger(values):
    step = torch.cat([torch.zeros(10, 1), torch.ones(20, 1)])
    slow, fast = one_euro(step, 25.0, beta=0.0), one_euro(step, 25.0, beta=5.0)
    assert (fast[10:] >= slow[10:]).all()
    assert float(fast[14]) > float(slow[14]) + 0.1


@pytest.mark.parametrize("deviation", [0.8, 1.0, 2.5])
def test_gaussian_is_scipys(values, deviation):
    expected = gaussian_filter1d(values.numpy(), deviation, axis=0, mode="nearest", truncate=4.0)
    np.testing.assert_allclose(gaussian(values, deviation), expected)


@pytest.mark.parametrize("window", [1, 5, 15])
def test_moving_average_is_scipys(values, window):
    expected = uniform_filter1d(values.numpy(), window, axis=0, mode="nearest")
    np.testing.assert_allclose(moving_average(values, window), expected, atol=1e-12)


@pytest.mark.parametrize("smooth", [one_euro, lambda v: gaussian(v, 2.0), lambda v: moving_average(v, 5)])
def test_a_constant_stays_and_a_short_clip_works(smooth):
    constant = torch.full((40, 2), 3.0, dtype=torch.float64)
    torch.testing.assert_close(smooth(constant), constant)
    torch.testing.assert_close(smooth(constant[:1]), constant[:1])


def test_jitter_is_nothing_for_even_motion_and_scales_with_shaking(rng):
    face = torch.randn(68, 2, generator=rng, dtype=torch.float64)
    moving = face + torch.arange(10)[:, None, None] * torch.tensor([2.0, 1.0]).double()
    shaking = torch.randn(10, 68, 2, generator=rng, dtype=torch.float64)
    assert jitter(moving, "ibug68") < 1e-12
    size = float((face[36] - face[45]).norm())
    expected = np.linalg.norm(np.diff(shaking.numpy() * 1e-3, n=2, axis=0), axis=-1).mean() / size
    assert jitter(face + 1e-3 * shaking, "ibug68") == pytest.approx(expected, rel=1e-3)
    assert jitter(100 * (face + 1e-3 * shaking), "ibug68") == pytest.approx(expected, rel=1e-3)
    assert jitter(moving[:2], "ibug68") == 0.0


@pytest.fixture
def track(rng) -> Track:
    """A head that turns evenly past 180 degrees of roll, measured with noise."""
    count = 80
    angles = torch.zeros(count, 3)
    angles[:, 2] = torch.linspace(2.6, 3.6, count)
    noise = 0.01 * torch.randn(count, 3, generator=rng)
    return Track(
        identity=torch.zeros(count, 0),
        expression=0.1 * torch.randn(count, 2, generator=rng),
        rotation_rad=axis_angle_from_matrix(matrix_from_angles(angles + noise)),
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=torch.zeros(count, 2, 3),
        scale=100 + torch.randn(count, generator=rng),
        translation_px=torch.full((count, 2), 128.0),
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(256, 256),
        morphable="none",
        morphable_digest="sha256:0",
    )


@pytest.mark.parametrize("kind", ["one_euro", "gaussian", "moving_average"])
def test_tracks_become_smoother_and_stay_where_they_are(track, kind):
    smooth = smooth_track(track, kind)
    for before, after in (
        (track.expression, smooth.expression),
        (track.scale[:, None], smooth.scale[:, None]),
        (track.camera.rotation.flatten(1), smooth.camera.rotation.flatten(1)),
    ):
        assert after.diff(n=2, dim=0).norm() < 0.7 * before.diff(n=2, dim=0).norm()
    assert float((smooth.camera.rotation - track.camera.rotation).abs().max()) < 0.25
    for field in dataclasses.fields(track):
        before, after = getattr(track, field.name), getattr(smooth, field.name)
        assert not isinstance(before, torch.Tensor) or (before.shape, before.dtype) == (
            after.shape,
            after.dtype,
        )
    torch.testing.assert_close(smooth.translation_px, track.translation_px)


def test_no_smoothing_changes_nothing(track):
    assert smooth_track(track, "none") is track
