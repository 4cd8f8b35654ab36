"""Pictures that were turned, scaled and moved come back."""

import cv2
import numpy as np
import pytest

from vultus.metrics.aligned import ALIGNMENT, brought_onto
from vultus.metrics.evaluation import Evaluation
from vultus.metrics.faces import FaceMeasurements


def faces(points):
    count = len(points)
    return FaceMeasurements(np.isfinite(points[:, 0, 0]), np.zeros((count, 3)), np.zeros((count, 4)), points)


@pytest.fixture
def scene():
    """(turned frames, upright frames, landmarks of both)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:96, 0:96]
    picture = np.stack([127 + 90 * np.sin(x / 9), 127 + 90 * np.cos(y / 7), x + y / 2], axis=-1)
    upright = np.stack([np.clip(picture + 5 * k, 0, 255) for k in range(3)]).astype(np.uint8)
    points = rng.uniform(25, 70, (3, 68, 2))
    matrix = cv2.getRotationMatrix2D((47.5, 47.5), 12, 0.9)  # counts pixel centres as integers
    turned = np.stack([cv2.warpAffine(frame, matrix, (96, 96), borderValue=(0, 0, 0)) for frame in upright])
    moved = (points - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    return turned, upright, moved, points


def test_frames_and_landmarks_come_back(scene):
    turned, upright, moved, points = scene
    frames, made = brought_onto(list(turned), list(upright), faces(moved), faces(points))
    np.testing.assert_allclose(made.landmarks_px, points, atol=1e-6)
    inner = np.abs(np.stack(frames)[:, 20:76, 20:76].astype(int) - upright[:, 20:76, 20:76])
    assert inner.mean() < 1.0


def test_a_frame_without_a_face_stays(scene):
    turned, upright, moved, points = scene
    moved[1] = np.nan
    frames, _ = brought_onto(list(turned), list(upright), faces(moved), faces(points))
    np.testing.assert_array_equal(frames[1], turned[1])


class Known:
    """Reads landmarks that are known."""

    protocol, morphable_digest, expression_names = "known", "", ()

    def __init__(self, points):
        self._points = list(points)

    def read(self, frames):
        taken, self._points = self._points[: len(frames)], self._points[len(frames) :]
        return faces(np.array(taken))


def test_gohas_protocol_compares_after_alignment(scene):
    turned, upright, moved, points = scene
    moved[2] = np.nan

    def l1(metrics):
        readers = iter([Known(moved), Known(points)])
        evaluation = Evaluation(metrics, build_reader=lambda: next(readers), embed=lambda rgb: None)
        evaluation.update_all(iter(turned), iter(upright))
        return {score.name: score for score in evaluation.scores()}["l1[0..1]"]

    plain, aligned = l1(["l1[0..1]"]), l1(["goha-same"])
    assert aligned.value < 0.6 * plain.value  # what turned out of the picture is black
    assert (plain.frame_count, aligned.frame_count) == (3, 2)
    assert ALIGNMENT in aligned.protocol
