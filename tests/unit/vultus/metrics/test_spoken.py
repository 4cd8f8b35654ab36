"""Lips and voice whose answer is known, at several frame rates."""

import numpy as np
import pytest

from vultus.metrics import METRICS
from vultus.metrics.bootstrap import BootstrapConfig
from vultus.metrics.faces import FaceMeasurements
from vultus.metrics.spoken import SpokenClip
from vultus.speech.voice import Voice

RATE = 640
"""Samples of a twenty-fifth of a second."""


class Colours:
    """Lips whose embedding is the colour of a picture, and sound that names the colour it belongs to."""

    protocol = "colours"
    refusal = ""

    def __init__(self):
        self.pictures = []

    def add(self, rgb, landmarks_px):
        self.pictures.append(np.full(3, np.nan) if landmarks_px is None else rgb[0, 0] / 255)

    def embeddings(self):
        return np.array(self.pictures[: len(self.pictures) - 4])

    def sound(self, samples):
        return samples[: 3 * RATE * (len(samples) // (3 * RATE))].reshape(-1, RATE)[:, :3]


@pytest.fixture
def codes():
    return np.random.default_rng(0).integers(0, 256, (120, 3))


def clip(codes, fps, late=0, missing=()):
    """A clip that shows the colours 25 times a second, with its sound late by so many frames."""
    heard = np.zeros((120, RATE))
    heard[:, :3] = np.roll(codes, late, axis=0) / 255
    spoken = SpokenClip(Colours(), Voice(heard.ravel()))
    count = round(120 * fps / 25)
    frames = [np.full((2, 2, 3), codes[min(round(k / fps * 25), 119)], np.uint8) for k in range(count)]
    found = np.array([k not in missing for k in range(count)])
    faces = FaceMeasurements(found, np.zeros((count, 3)), np.zeros((count, 1)), np.zeros((count, 68, 2)))
    spoken.add([k / fps for k in range(count)], frames, faces)
    return spoken


def scores(spoken, *families):
    bootstrap = BootstrapConfig()
    return [spoken.score(METRICS[f"{family}[world]"](), "p", bootstrap) for family in families]


@pytest.mark.parametrize("fps", [25.0, 50.0, 30.0])
@pytest.mark.parametrize("late", [0, 3])
def test_the_offset_is_found_at_any_rate(codes, fps, late):
    offset, distance, confidence = scores(clip(codes, fps, late), "sync_offset", "lse-d", "lse-c")
    assert offset.value == -late
    assert offset.frame_count == 116
    assert distance.value < (0.05 if late else 1e-5)  # beyond the end the sound is zeros
    assert confidence.value > 0.3


def test_each_frames_part_is_around_the_whole(codes):
    spoken = clip(codes, 25.0)
    metric = METRICS["lse-c[world]"]()
    (score,) = scores(spoken, "lse-c")
    values = spoken.per_frame(metric)
    assert len(values) == 120
    assert np.flatnonzero(np.isnan(values)).tolist() == [0, 1, 118, 119]
    assert np.nanmean(values) == pytest.approx(score.value)
    assert score.ci95[0] <= score.value <= score.ci95[1]


def test_frames_without_a_face_are_left_out(codes):
    offset, distance = scores(clip(codes, 25.0, missing=range(20, 60)), "sync_offset", "lse-d")
    assert offset.value == 0
    assert distance.frame_count == 76
    assert distance.value < 1e-5


def test_drift_is_told_where_the_sound_runs_away(codes):
    (steady,) = scores(clip(codes, 25.0), "av_drift")
    assert steady.value == pytest.approx(0, abs=1)
    (short,) = scores(clip(codes[:120], 25.0, missing=range(119)), "av_drift")
    assert short.value is None


def test_silence_has_no_value_and_says_why(codes):
    spoken = clip(codes, 25.0)
    spoken.voice = Voice(np.zeros(64_000, np.float32))
    for score in scores(spoken, "sync_offset", "lse-d", "lse-c", "av_drift"):
        assert score.value is None
        assert "silent" in score.note
        assert score.to_json()["note"] == score.note
    assert np.isnan(spoken.per_frame(METRICS["lse-d[world]"]())).all()


def test_too_little_of_a_face_has_no_value(codes):
    (score,) = scores(clip(codes, 25.0, missing=range(4, 120)), "lse-d")
    assert score.value is None
    assert "4 windows" in score.note
