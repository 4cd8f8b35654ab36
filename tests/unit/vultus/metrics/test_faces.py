"""The face reader on a real photograph that is turned in the picture plane."""

import gc
import weakref

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from vultus.face.models import load_morphable
from vultus.metrics.evaluation import Evaluation
from vultus.metrics.faces import TrackingFaceReader


@pytest.fixture(scope="module")
def model(shared):
    return load_morphable("ict", shared / "ict" / "ict_facekit.npz")


@pytest.fixture(scope="module")
def portrait():
    return cv2.resize(astronaut()[0:260, 90:350], (256, 256), interpolation=cv2.INTER_AREA)


def turned(rgb, degrees):
    """The picture turned counter-clockwise, which raises the eye at the image's right."""
    matrix = cv2.getRotationMatrix2D((128, 120), degrees, 1.0)
    return cv2.warpAffine(rgb, matrix, (256, 256), borderMode=cv2.BORDER_REPLICATE)


def test_turning_the_picture_is_roll(model, portrait):
    rolls = (0.0, 4.0, 8.0, 12.0)
    read = TrackingFaceReader(model).read([turned(portrait, roll) for roll in rolls])
    assert read.found.all()
    np.testing.assert_allclose(np.rad2deg(read.angles_rad[:, 2] - read.angles_rad[0, 2]), rolls, atol=1.5)


def test_landmarks_move_with_the_picture(model, portrait):
    read = TrackingFaceReader(model).read([portrait, np.roll(portrait, 6, axis=1)])
    shift = read.landmarks_px[1] - read.landmarks_px[0]
    np.testing.assert_allclose(np.median(shift, axis=0), [6, 0], atol=1.0)


def test_a_frame_without_a_face_holds_nan(model, portrait):
    read = TrackingFaceReader(model).read([portrait, np.full_like(portrait, 90), portrait])
    assert read.found.tolist() == [True, False, True]
    assert np.isnan(read.landmarks_px[1]).all()


def test_an_evaluation_sees_the_turn_and_the_same_person(model, portrait):
    evaluation = Evaluation(["ard", "identity_distance"], build_reader=lambda: TrackingFaceReader(model))
    evaluation.update_all([turned(portrait, 9)] * 4, [portrait] * 4)
    metrics = evaluation.report()["metrics"]
    assert 2.5 < metrics["ard[deg]"]["value"] < 5
    assert metrics["identity_distance[dlib]"]["value"] < 0.3
    assert "ict@" in metrics["ard[deg]"]["protocol"]


def test_a_reader_and_its_detector_go_when_they_are_not_needed_any_more():
    """Without waiting for the garbage collector: detectors hold much memory that it does not see."""
    black = np.zeros((64, 64, 3), np.uint8)
    TrackingFaceReader().read([black])  # what only the first one leaves behind
    gc.collect()
    gc.disable()
    try:
        reader = TrackingFaceReader()
        reader.read([black, black])
        gone = weakref.ref(reader)
        del reader
        assert gone() is None
    finally:
        gc.enable()
