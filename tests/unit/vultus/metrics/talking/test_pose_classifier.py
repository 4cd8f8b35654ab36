"""People who move their heads at different rates are told apart."""

import numpy as np
import pytest
import torch

from vultus.errors import InputError
from vultus.metrics.talking.pose_classifier import (
    PoseClassifier,
    PoseConfidence,
    TeachingConfig,
    pose_windows,
    teach,
)


def clip(person, seed, frames=800):
    rng = np.random.default_rng(seed)
    moments = np.arange(frames) / 25
    rates = 0.3 + 0.4 * person + 0.05 * np.arange(6)
    waves = np.sin(2 * np.pi * (moments[:, None] * rates + rng.uniform(size=6)))
    return 0.1 * waves + 0.002 * rng.normal(size=(frames, 6)).cumsum(axis=0)


@pytest.fixture(scope="module")
def classifier():
    names = [str(person) for person in range(3) for _ in range(3)]
    clips = [clip(person, 10 * person + seed) for person in range(3) for seed in range(3)]
    return teach(clips, names, TeachingConfig(steps=60))


def test_people_not_heard_before_are_told_apart(classifier):
    for person in range(3):
        windows = pose_windows(clip(person, 100 + person))
        metric = PoseConfidence(classifier)
        metric.update(windows, np.full(len(windows), person))
        assert metric.compute() > 0.8
        assert classifier.digest in metric.note


def test_the_confidences_of_all_people_are_one_together(classifier):
    confidences = classifier.confidences(pose_windows(clip(0, 7)))
    assert confidences.shape == (3, 3)
    np.testing.assert_allclose(confidences.sum(axis=1), 1, atol=1e-6)


def test_a_still_head_is_finite(classifier):
    assert np.isfinite(classifier.confidences(np.ones((2, 256, 6)))).all()
    assert classifier.confidences(pose_windows(np.ones((255, 6)))).shape == (0, 3)


def test_the_same_seed_teaches_the_same_and_a_file_keeps_it(classifier, tmp_path):
    clips, names = [clip(0, 1), clip(1, 2)], ["a", "b"]
    state = torch.random.get_rng_state()
    first, second = (teach(clips, names, TeachingConfig(steps=3)) for _ in range(2))
    assert first.digest == second.digest != classifier.digest
    assert torch.equal(torch.random.get_rng_state(), state)
    classifier.save(tmp_path / "c.safetensors")
    again = PoseClassifier.load(tmp_path / "c.safetensors")
    assert again.digest == classifier.digest
    (tmp_path / "d.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no classifier"):
        PoseClassifier.load(tmp_path / "d.safetensors")


def test_too_little_to_learn_from(tmp_path):
    with pytest.raises(InputError, match="1 people"):
        teach([clip(0, 1)], ["a"])
    with pytest.raises(InputError, match="256 frames"):
        teach([clip(0, 1), clip(1, 1, 256)], ["a", "b"])
