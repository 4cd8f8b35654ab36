"""Filtering, centring and normalising head poses, held against scipy."""

import json

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d, gaussian_filter1d

from vultus.data.real.poses import POSE_NAMES, PoseFilter, PoseStatistics, centred, track_poses, with_poses
from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.rotations import axis_angle_from_matrix, matrix_from_angles


@pytest.fixture
def poses() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(50, 6)).cumsum(axis=0) * 0.02


@pytest.fixture
def track(poses) -> Track:
    count = len(poses)
    rotation = axis_angle_from_matrix(matrix_from_angles(torch.from_numpy(poses[:, :3])))
    return Track(
        identity=torch.zeros(count, 80),
        expression=torch.rand(count, 64),
        rotation_rad=rotation.float(),
        jaw_rad=torch.zeros(count, 3),
        eyes_rad=torch.zeros(count, 2, 3),
        scale=torch.from_numpy(np.exp(poses[:, 5])).float(),
        translation_px=100 + torch.from_numpy(poses[:, 3:5]).float(),
        valid=torch.ones(count, dtype=torch.bool),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(180, 240),
        morphable="builtin",
        morphable_digest="sha256:0",
    )


@pytest.mark.parametrize(("deviation", "radius"), [(1.0, 3), (2.0, 6), (0.5, 1), (3.0, 0)])
def test_matches_scipys_gaussian(poses, deviation, radius):
    expected = gaussian_filter1d(poses, deviation, axis=0, mode="nearest", radius=radius)
    np.testing.assert_allclose(PoseFilter(deviation, radius)(poses), expected, atol=1e-12)


def test_is_equation_1_of_the_paper_up_to_the_kernels_sum(poses):
    deviation, m = 1.5, 4
    density = [
        np.exp(-(x**2) / (2 * deviation**2)) / np.sqrt(2 * np.pi * deviation) for x in range(-m, m + 1)
    ]
    expected = correlate1d(poses, np.array(density) / np.sum(density), axis=0, mode="nearest")
    np.testing.assert_allclose(PoseFilter(deviation, m)(poses), expected, atol=1e-12)


def test_a_constant_pose_stays(poses):
    still = np.repeat(poses[:1], 20, axis=0)
    np.testing.assert_allclose(PoseFilter()(still), still, atol=1e-15)


def test_a_clip_shorter_than_the_window_is_filtered(poses):
    assert PoseFilter(2.0, 8)(poses[:3]).shape == (3, 6)


def test_takes_away_jitter_and_leaves_motion():
    time = np.arange(300) / 30
    motion = 0.2 * np.sin(2 * np.pi * 0.5 * time)[:, None]
    jitter = np.random.default_rng(1).normal(0, 0.01, size=(300, 1))
    filtered = PoseFilter()(motion + jitter)
    assert np.abs(filtered - motion).std() < 0.6 * jitter.std()
    assert np.diff(filtered, 2, axis=0).std() < 0.2 * np.diff(motion + jitter, 2, axis=0).std()


@pytest.mark.parametrize(("deviation", "radius"), [(0.0, 3), (-1.0, 3), (1.0, -1), (float("nan"), 3)])
def test_refuses_what_is_no_filter(deviation, radius):
    with pytest.raises(InputError, match="Gaussian"):
        PoseFilter(deviation, radius)


def test_poses_of_a_track_and_back(track):
    found = track_poses(track)
    assert found.shape == (50, len(POSE_NAMES))
    back = with_poses(track, found)
    for name in ("rotation_rad", "scale", "translation_px"):
        torch.testing.assert_close(getattr(back, name), getattr(track, name), atol=1e-4, rtol=1e-5)


def test_a_head_in_the_middle_is_at_zero(track):
    middle = track.replace(translation_px=torch.tensor([[120.0, 90.0]]).repeat(50, 1))
    np.testing.assert_allclose(track_poses(middle)[:, 3:5], 0.0, atol=1e-9)


def test_filtering_a_track_filters_its_poses_alone(track):
    filtered = PoseFilter().track(track)
    np.testing.assert_allclose(track_poses(filtered), PoseFilter()(track_poses(track)), atol=1e-5)
    torch.testing.assert_close(filtered.expression, track.expression)


def test_statistics_are_those_of_all_frames(poses):
    statistics = PoseStatistics.of([poses[:20], poses[20:]])
    np.testing.assert_allclose(statistics.mean, poses.mean(axis=0))
    np.testing.assert_allclose(statistics.deviation, poses.std(axis=0))
    normal = statistics.normalise(poses)
    np.testing.assert_allclose(normal.std(axis=0), 1.0)
    np.testing.assert_allclose(statistics.restore(normal), poses, atol=1e-12)


def test_a_number_that_never_changes_is_left_alone(poses):
    poses[:, 5] = 0.1
    normal = PoseStatistics.of([poses]).normalise(poses)
    assert np.isfinite(normal).all()
    np.testing.assert_allclose(normal[:, 5], 0.0, atol=1e-12)


def test_statistics_survive_a_file(poses, tmp_path):
    statistics = PoseStatistics.of([poses])
    statistics.save(tmp_path / "poses.json")
    assert PoseStatistics.load(tmp_path / "poses.json") == statistics
    assert json.loads((tmp_path / "poses.json").read_text())["names"] == list(POSE_NAMES)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 1, "names": ["a"], "mean": [1], "deviation": [0], "frame_count": 3}'],
)
def test_refuses_files_that_are_something_else(text, tmp_path):
    path = tmp_path / "poses.json"
    path.write_text(text)
    with pytest.raises(InputError, match="pose statistics"):
        PoseStatistics.load(path)


def test_centring_makes_the_sets_mean_pose_zero(poses):
    clips, mean = centred([poses[:10], poses[10:]])
    np.testing.assert_allclose(np.concatenate(clips).mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(clips[1] + mean, poses[10:])
    # One mean for the set: what differs between its clips stays.
    np.testing.assert_allclose(
        clips[0].mean(axis=0) - clips[1].mean(axis=0), poses[:10].mean(axis=0) - poses[10:].mean(axis=0)
    )


def test_no_frames_have_no_statistics():
    with pytest.raises(InputError, match="no poses"):
        centred([np.zeros((0, 6))])


def test_poses_that_do_not_fit_are_refused():
    statistics = PoseStatistics.of([np.zeros((3, 6))])
    with pytest.raises(IncompatibleError, match=r"7 values.*6"):
        statistics.normalise(np.zeros((2, 7)))
    with pytest.raises(InputError, match="not finite"):
        PoseStatistics.of([np.full((3, 6), np.nan)])
