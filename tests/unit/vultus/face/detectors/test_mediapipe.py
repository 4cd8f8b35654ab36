import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from vultus.errors import AssetMissingError
from vultus.face.detectors import DETECTORS, choose_face


@pytest.fixture(scope="module")
def searcher():
    detector = DETECTORS["mediapipe"](video=False, face_count=10)
    yield detector
    detector.close()


def test_agrees_with_the_reference(shared, searcher):
    items = json.loads((shared / "media" / "reference.json").read_text())["items"]
    for item in [item for item in items if item["frame"] is None]:
        rgb = np.array(Image.open(shared / "media" / item["file"]).convert("RGB"))
        faces = searcher.detect(rgb)
        height, width = rgb.shape[:2]
        wanted = np.array(item["mediapipe"]) * (width, height, width)
        assert len(faces) == len(wanted), item["file"]
        np.testing.assert_allclose(
            [face.points_image for face in faces], wanted, atol=2e-5 * max(width, height)
        )


def test_points_are_in_the_image_frame(searcher):
    points = choose_face(searcher.detect(astronaut())).points_image
    right_eye, left_eye, nose, chin = points[33], points[263], points[1], points[152]
    assert right_eye[0] < left_eye[0]
    assert chin[1] > nose[1] > right_eye[1]
    assert nose[2] < right_eye[2]  # nearer to the viewer


def test_following_agrees_with_searching(searcher):
    rgb = astronaut()
    follower = DETECTORS["mediapipe"](video=True, face_count=1)
    for _ in range(4):
        face = choose_face(follower.detect(rgb))
    follower.restart()
    again = choose_face(follower.detect(rgb))
    follower.close()
    still = choose_face(searcher.detect(rgb)).points_image
    assert np.abs(face.points_image - still)[:, :2].max() < 6
    assert np.abs(again.points_image - still)[:, :2].max() < 6


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (3, 500)])
def test_a_picture_without_a_face_has_none(searcher, size):
    assert searcher.detect(np.zeros((*size, 3), np.uint8)) == []


def test_a_missing_model_file_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match=r"no face_landmarker\.task at .*there"):
        DETECTORS["mediapipe"](model_path=tmp_path / "there")


def test_nothing_is_said_on_the_error_stream():
    code = (
        "import numpy as np; from vultus.face.detectors import DETECTORS; "
        "d = DETECTORS['mediapipe'](video=True, face_count=1); "
        "d.detect(np.zeros((64, 64, 3), np.uint8)); d.close()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""


def test_the_package_is_imported_when_a_detector_is_made():
    code = "import sys, vultus.face.detectors; print('mediapipe' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
