import numpy as np
import pytest
from skimage.data import astronaut

from vultus.errors import AssetMissingError
from vultus.face.detectors import DETECTORS, choose_face
from vultus.face.detectors.insightface import face_in_box


def test_without_package_or_weights_it_says_what_to_do(tmp_path):
    with pytest.raises(AssetMissingError, match="mediapipe") as error:
        DETECTORS["insightface"](model_path=tmp_path / "det_10g.onnx")
    assert error.value.exit_code == 3


def test_landmarks_in_a_box_are_those_of_the_whole_picture():
    rgb = astronaut()
    mesh = DETECTORS["mediapipe"](face_count=1)
    whole = choose_face(mesh.detect(rgb))
    inside = face_in_box(mesh, rgb, whole.box_px, 0.75)
    nothing = face_in_box(mesh, rgb, (600.0, 600.0, 700.0, 700.0), 0.75)
    mesh.close()
    assert inside is not None
    assert inside.confidence == 0.75
    assert np.abs(inside.points_image - whole.points_image)[:, :2].mean() < 2.5
    assert nothing is None
