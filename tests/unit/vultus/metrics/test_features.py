"""Frames to features."""

import numpy as np
import pytest
import torch

from vultus.errors import InputError
from vultus.metrics.alignment import ARCFACE_POINTS_PX
from vultus.metrics.features import clip_features, face_embeddings, i3d_input, inception_features
from vultus.nets.i3d import I3d
from vultus.nets.inception import Inception2015
from vultus.nets.irse import IrSe50


def test_a_frames_features_do_not_depend_on_the_batch():
    torch.manual_seed(0)
    network = Inception2015().eval()
    frames = np.random.default_rng(0).integers(0, 256, (3, 40, 50, 3), dtype=np.uint8)
    together = inception_features(network, frames)
    assert together.shape == (3, 2048)
    np.testing.assert_allclose(inception_features(network, frames[1:2])[0], together[1], rtol=1e-3, atol=1e-5)
    assert inception_features(network, frames[:0]).shape == (0, 2048)


@pytest.mark.parametrize(("height", "width"), [(100, 301), (301, 100), (224, 224), (480, 640)])
def test_clips_are_scaled_by_their_shorter_side_and_cut_in_the_middle(height, width):
    ramp = torch.linspace(0, 255, width).expand(2, 3, height, width)
    clip = i3d_input(ramp)
    assert clip.shape == (1, 3, 2, 224, 224)
    middle = clip[0, 0, 0, 112, 111:113].mean()
    assert float(middle) == pytest.approx(0, abs=0.02)  # the middle of the picture
    assert float(clip.min()) >= -1.0001
    assert float(clip.max()) <= 1.0001


def test_too_few_frames_are_refused():
    with pytest.raises(InputError, match="8 frames are too few"):
        clip_features(I3d(), np.zeros((8, 30, 30, 3), np.uint8))


def test_faces_are_embedded_in_one_go_whatever_the_pictures_sizes():
    torch.manual_seed(0)
    network = IrSe50().eval()
    landmarks = np.zeros((68, 2))
    landmarks[36:42], landmarks[42:48] = ARCFACE_POINTS_PX[0], ARCFACE_POINTS_PX[1]
    landmarks[[30, 48, 54]] = ARCFACE_POINTS_PX[2:]
    face = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    large = np.zeros((200, 220, 3), np.uint8)
    large[50:162, 60:172] = face
    embeddings = face_embeddings(
        network, [face, large], np.stack([landmarks + 0.5, landmarks + 0.5 + [60, 50]])
    )
    assert embeddings.shape == (2, 512)
    np.testing.assert_allclose(embeddings[0], embeddings[1], atol=1e-4)
