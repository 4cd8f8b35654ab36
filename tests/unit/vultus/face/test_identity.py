import itertools
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut
from skimage.transform import rescale

from vultus.face.detectors import DETECTORS, choose_face
from vultus.face.identity import IdentityEmbedder


@pytest.fixture(scope="module")
def embedder():
    return IdentityEmbedder()


def distance(first, second):
    return float(np.linalg.norm(first - second))


def test_the_same_picture_gives_the_same_embedding(embedder):
    first, second = embedder.embed(astronaut()), embedder.embed(astronaut())
    assert first.shape == (128,)
    np.testing.assert_array_equal(first, second)


def test_size_changes_little(embedder):
    half = (255 * rescale(astronaut(), 0.5, channel_axis=2, anti_aliasing=True)).astype(np.uint8)
    assert distance(embedder.embed(astronaut()), embedder.embed(half)) < 0.3


def test_no_face_has_no_embedding(embedder):
    assert embedder.embed(np.zeros((1, 1, 3), np.uint8)) is None
    assert embedder.embed(np.full((200, 300, 3), 128, np.uint8)) is None


def test_people_are_told_apart(shared, embedder):
    folder = shared / "media" / "portraits"
    faces = [embedder.embed(np.array(Image.open(path).convert("RGB"))) for path in sorted(folder.iterdir())]
    assert min(distance(a, b) for a, b in itertools.combinations(faces, 2)) > 0.52


def test_the_same_person_stays_close(shared, embedder):
    with av.open(str(shared / "media" / "driving" / "v1_25fps_silent.mp4")) as clip:
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)][::30]
    faces = [embedder.embed(frame) for frame in frames]
    assert max(distance(a, b) for a, b in itertools.combinations(faces, 2)) < 0.45


def test_of_several_faces_the_named_one_is_embedded(shared, embedder):
    rgb = np.array(Image.open(shared / "media" / "portraits" / "p2_two_people.jpg").convert("RGB"))
    detector = DETECTORS["mediapipe"]()
    faces = detector.detect(rgb)
    detector.close()
    left, right = (embedder.embed(rgb, choose_face(faces, number).box_px) for number in (0, 1))
    assert distance(left, right) > 0.52
    assert distance(embedder.embed(rgb), embedder.embed(rgb, choose_face(faces).box_px)) == 0.0


def test_the_data_package_is_located_not_imported():
    code = (
        "import sys, vultus.face.identity as i; i.IdentityEmbedder(); "
        "print('face_recognition_models' in sys.modules, 'mediapipe' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False False"
