"""Distortions are graded and calibrated distances follow the grades; mouths are cut where they are."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from torch.nn import functional

from vultus.errors import InputError
from vultus.metrics.world_extractors.calibration import calibrate, ranked, ranking
from vultus.metrics.world_extractors.distortions import DISTORTIONS, STRENGTHS, spoil
from vultus.metrics.world_extractors.mouths import lip_windows, mouth_crop, sound_windows
from vultus.metrics.world_extractors.perceptual import zoomed
from vultus.metrics.world_extractors.warping import cut_square
from vultus.nets.world_features import WorldFeatures, WorldLpips
from vultus.nets.world_sync import WorldSync
from vultus.speech.features import log_mel


@pytest.fixture(scope="module")
def picture():
    """A smooth coloured picture with an edge, 64 x 64."""
    y, x = np.mgrid[0:64, 0:64]
    waves = np.stack([128 + 60 * np.sin(x / 5), 128 + 60 * np.cos(y / 7), 100 + x + y / 2], axis=-1)
    waves[20:40, 24:44] += 40
    return np.clip(waves, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", DISTORTIONS)
def test_stronger_is_further_from_the_picture(picture, name):
    spoilt = [DISTORTIONS[name](picture, strength).astype(float) for strength in STRENGTHS]
    errors = [np.square(each - picture).mean() for each in spoilt]
    assert all(a < b for a, b in pairwise(errors))
    assert all(each.shape == picture.shape for each in spoilt)


def test_spoiling_depends_on_its_draws_alone(picture):
    one, other = (spoil(picture, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one.rgb, other.rgb)
    assert one.strengths.shape == (len(DISTORTIONS),)
    assert ((one.strengths >= 0) & (one.strengths <= 1)).all()


def test_ranks_are_shares_of_rising_neighbours():
    distances = torch.tensor([[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]]])
    assert ranked(distances).tolist() == [0.5]


def test_calibrated_distances_follow_the_strength_of_every_distortion(picture):
    torch.manual_seed(0)
    network = WorldLpips(WorldFeatures()).eval()
    frames = np.stack([picture, picture[::-1], picture[:, ::-1], picture.transpose(1, 0, 2)])
    calibrate(network, frames)
    shares = ranking(network, frames)
    assert set(shares) == set(DISTORTIONS)
    assert min(shares.values()) > 0.9
    assert (network.layer_weights > 0).all()


def test_the_distance_is_the_textbook_loop(picture):
    torch.manual_seed(1)
    network = WorldLpips(WorldFeatures()).eval()
    a = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
    b = a.flip(-1)
    with torch.inference_mode():
        value = float(network(a, b))
        expected = 0.0
        for x, y in zip(network.backbone(a), network.backbone(b), strict=True):
            u, v = (side[0] / side[0].norm(dim=0, keepdim=True).clamp(min=1e-5) for side in (x, y))
            expected += float(((u - v) ** 2).sum(0).mean()) / 5
        assert float(network(a, a)) == 0
    assert value == pytest.approx(expected, rel=1e-5)


def test_features_have_half_to_a_sixteenth_of_the_side():
    network = WorldFeatures().eval()
    sizes = [layer.shape[-1] for layer in network(torch.zeros(1, 3, 64, 64))]
    assert sizes == [32, 32, 16, 8, 4]
    assert sum(weight.numel() for weight in network.parameters()) < 4_000_000


def test_a_square_cut_upright_is_a_slice(picture):
    cut = cut_square(picture, np.array([30.0, 34.0]), np.array([8.0, 0.0]), 16)
    np.testing.assert_array_equal(cut, picture[26:42, 22:38])


def test_a_turned_square_is_the_turned_slice(picture):
    cut = cut_square(picture, np.array([32.0, 32.0]), np.array([0.0, 8.0]), 16)
    np.testing.assert_array_equal(cut, np.rot90(picture[24:40, 24:40]))


def test_a_mouth_is_cut_at_the_same_place_however_the_head_is_turned(picture):
    rng = np.random.default_rng(0)
    points = np.zeros((68, 2))
    points[36:42], points[42:48] = (24, 24), (40, 24)
    points[27], points[33], points[48:68] = (32, 24), (32, 34), rng.uniform(-3, 3, (20, 2))
    points[48:68] += (32, 42)
    upright = mouth_crop(picture, points)
    assert upright.shape == (1, 48, 48, 3)
    turned = mouth_crop(np.ascontiguousarray(np.rot90(picture, 2)), 64 - points)
    assert np.abs(upright.astype(int) - turned).mean() < 1


def test_zooming_keeps_points_where_their_formula_says(picture):
    dot = np.zeros((128, 128, 3), np.uint8)
    cv2.circle(dot, (80, 40), 2, (255, 255, 255), -1)
    moved = zoomed(dot, 1.15, np.array([0.05, -0.03])).sum(axis=-1)
    found = np.array([np.average(np.arange(112) + 0.5, weights=moved.sum(axis=axis)) for axis in (0, 1)])
    expected = ((np.array([80.5, 40.5]) / 128 - 0.5) * 1.15 + 0.5 + [0.05, -0.03]) * 112
    np.testing.assert_allclose(found, expected, atol=0.2)


def test_windows_of_sound_begin_with_their_frames():
    sound = np.random.default_rng(2).uniform(-1, 1, 16_000)
    windows = sound_windows(sound, 25)
    mel = log_mel(sound)
    assert windows.shape == (21, 20, 26)
    np.testing.assert_allclose(windows[7], mel[28:48], rtol=1e-5)
    crops = np.arange(25, dtype=np.uint8)[:, None, None, None] * np.ones((1, 48, 48, 3), np.uint8)
    assert lip_windows(crops)[7][:, 0, 0, 0].tolist() == [7, 8, 9, 10, 11]
    with pytest.raises(InputError, match="too few to measure sync"):
        sound_windows(sound[:2000], 25)


def test_embeddings_have_length_one():
    network = WorldSync().eval()
    lips = network.embed_lips(torch.rand(2, 5, 3, 48, 48))
    sound = network.embed_sound(torch.randn(2, 20, 26) - 10)
    torch.testing.assert_close(functional.normalize(lips), lips)
    assert lips.shape == sound.shape == (2, 256)
