"""The correlation test of PoseGAN against numpy, and on signals whose truth is known."""

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.talking.correlation import (
    OneClassAcceptance,
    acceptance_compute,
    acceptance_update,
    pearson_features,
    shuffled_poses,
)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)


def test_matches_numpys_correlation(random):
    speech, poses = random.normal(size=(600, 5)), random.normal(size=(600, 6))
    found = pearson_features(speech, poses)
    assert found.shape == (2, 30)
    for window in range(2):
        part = slice(256 * window, 256 * window + 256)
        expected = np.corrcoef(speech[part].T, poses[part].T)[:5, 5:]
        np.testing.assert_allclose(found[window].reshape(5, 6), expected, atol=1e-12)


def test_windows_begin_a_stride_apart(random):
    speech, poses = random.normal(size=(300, 2)), random.normal(size=(300, 3))
    found = pearson_features(speech, poses, 256, 5)
    assert len(found) == 9
    np.testing.assert_allclose(found[2], pearson_features(speech[10:], poses[10:])[0], atol=1e-12)


def test_a_still_head_correlates_with_nothing(random):
    speech, poses = random.normal(size=(256, 3)), random.normal(size=(256, 2))
    poses[:, 1] = 0.1
    found = pearson_features(speech, poses)[0].reshape(3, 2)
    assert np.isfinite(found).all()
    assert not found[:, 1].any()
    assert found[:, 0].all()


def test_scale_and_offset_do_not_matter(random):
    speech, poses = random.normal(size=(256, 3)), random.normal(size=(256, 2))
    np.testing.assert_allclose(
        pearson_features(1e-3 * speech + 5, 70 * poses - 2), pearson_features(speech, poses), atol=1e-9
    )


def test_a_short_clip_has_no_window(random):
    assert pearson_features(random.normal(size=(200, 29)), random.normal(size=(200, 6))).shape == (0, 174)


def test_lengths_must_agree(random):
    with pytest.raises(IncompatibleError, match="4 frames of speech"):
        pearson_features(random.normal(size=(4, 2)), random.normal(size=(5, 2)))


def test_accepts_about_as_many_real_windows_as_it_was_told_and_no_foreign_ones(random):
    mixing = random.normal(size=(4, 3))

    def windows(count: int, related: bool) -> np.ndarray:
        rows = []
        for _ in range(count):
            speech = random.normal(size=(256, 4))
            poses = speech @ mixing + random.normal(size=(256, 3))
            rows.append(pearson_features(speech if related else speech[::-1].copy(), poses)[0])
        return np.array(rows)

    metric = OneClassAcceptance(windows(1500, related=True))
    metric.update(windows(300, related=True))
    assert metric.compute() == pytest.approx(0.9, abs=0.06)
    metric.reset()
    metric.update(windows(100, related=False))
    assert metric.compute() < 0.1


def test_streaming_equals_the_functional_pair(random):
    metric = OneClassAcceptance(random.normal(size=(50, 3)))
    windows = random.normal(size=(40, 3))
    accepted = np.concatenate([metric.update(windows[:15]), metric.update(windows[15:])])
    terms = acceptance_update(accepted)
    total, weight = np.array([terms.values.sum()]), np.array([float(len(accepted))])
    assert metric.compute() == pytest.approx(float(acceptance_compute(total, weight)[0]))
    assert metric.compute() == pytest.approx(accepted.mean())


def test_two_halves_merge_into_the_whole(random):
    taught, windows = random.normal(size=(50, 3)), random.normal(size=(40, 3))
    whole, *halves = (OneClassAcceptance(taught) for _ in range(3))
    whole.update(windows)
    for half, part in zip(halves, (windows[:10], windows[10:]), strict=True):
        half.update(part)
    halves[0].merge_state(halves[1:])
    assert halves[0].compute() == pytest.approx(whole.compute())


def test_refuses_what_cannot_be_judged(random):
    with pytest.raises(InputError, match="1 windows"):
        OneClassAcceptance(np.zeros((1, 3)))
    with pytest.raises(InputError, match="no window"):
        OneClassAcceptance(random.normal(size=(5, 3))).compute()


def test_every_clips_motion_goes_elsewhere(random):
    clips = [np.full((10 + i, 6), float(i)) for i in range(5)]
    for _ in range(20):
        moved = shuffled_poses(clips, random)
        assert sorted(clip[0, 0] for clip in moved) == [0, 1, 2, 3, 4]
        assert all(moved[i][0, 0] != i and moved[i].shape == clips[i].shape for i in range(5))


def test_motion_that_is_repeated_keeps_its_frames(random):
    clips = [np.arange(12.0).reshape(2, 6), np.arange(30.0).reshape(5, 6)]
    moved = shuffled_poses(clips, random)
    np.testing.assert_array_equal(moved[1], clips[0][[0, 1, 0, 1, 0]])
