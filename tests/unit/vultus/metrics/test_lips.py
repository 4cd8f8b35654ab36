"""Against scipy's median filter and slices of the picture."""

import numpy as np
import pytest
import torch
from scipy.signal import medfilt

from vultus.metrics.lips import FOREHEAD, LipWindows, SyncNetLips, WorldLips, syncnet_crop
from vultus.metrics.world_extractors.loading import sync_embeddings
from vultus.nets.syncnet import SyncNet
from vultus.nets.world_sync import WorldSync


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def face_points(rng, centre, side):
    spread = rng.uniform(-0.5, 0.5, (68, 2))
    spread[:4] = [[-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]]
    return np.array(centre) + side * spread


def test_a_crop_is_the_published_square(rng):
    picture = rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)
    crop = syncnet_crop(picture, (250.0, 180.0), 80.0)  # 2.8 half sides are 224 px: nothing is scaled
    np.testing.assert_array_equal(crop, picture[100:324, 138:362, ::-1])


def test_beyond_the_picture_lies_grey(rng):
    picture = rng.integers(0, 100, (200, 200, 3), dtype=np.uint8)
    crop = syncnet_crop(picture, (20.0, 100.0), 80.0)
    np.testing.assert_array_equal(crop[:, :92], 110)
    np.testing.assert_array_equal(crop[:180, 92:], picture[20:, :132, ::-1])


@pytest.mark.parametrize("centre", [(-900.0, 50.0), (50.0, 900.0)])
def test_a_box_beside_the_picture_is_no_crash(centre):
    crop = syncnet_crop(np.zeros((64, 64, 3), np.uint8), centre, 20.0)
    assert crop.shape == (224, 224, 3)
    assert (crop == 110).all()


def test_windows_without_a_face_are_not_a_number(rng):
    windows = LipWindows(lambda part: part.reshape(len(part), -1)[:, :3].astype(float), 3, batch=2)
    crops = [rng.integers(0, 256, (2, 2, 3), dtype=np.uint8) for _ in range(12)]
    for k, crop in enumerate(crops):
        windows.add(None if k == 6 else crop)
    rows = windows.embeddings()
    assert np.flatnonzero(np.isnan(rows).any(axis=1)).tolist() == [2, 3, 4, 5, 6]
    np.testing.assert_array_equal(rows[[0, 1, 7]], [crops[k].reshape(-1)[:3] for k in (0, 1, 7)])


def test_the_worlds_lips_one_by_one_are_those_of_the_whole_clip(rng):
    torch.manual_seed(0)
    network = WorldSync().eval().requires_grad_(requires_grad=False)
    frames = list(rng.integers(0, 256, (40, 120, 120, 3), dtype=np.uint8))
    points = np.stack([face_points(rng, (60, 60), 50) for _ in frames])
    sound = rng.uniform(-1, 1, 32_000)
    lips = WorldLips(network)
    for frame, where in zip(frames, points, strict=True):
        lips.add(frame, where)
    seen, heard = lips.embeddings(), lips.sound(sound)
    expected_seen, expected_heard = sync_embeddings(network, frames, points, sound)
    np.testing.assert_allclose(seen, expected_seen, atol=1e-5)
    np.testing.assert_allclose(heard, expected_heard, atol=1e-5)


def test_boxes_follow_a_median_with_zeros_beyond_the_ends(rng):
    torch.manual_seed(0)
    network = SyncNet().eval().requires_grad_(requires_grad=False)
    frames = list(rng.integers(0, 256, (14, 150, 160, 3), dtype=np.uint8))
    centres = 75 + rng.uniform(-9, 9, (14, 2))
    sides = 60 + rng.uniform(-9, 9, 14)
    points = [face_points(rng, *where) for where in zip(centres, sides, strict=True)]
    lips = SyncNetLips(network)
    for frame, where in zip(frames, points, strict=True):
        lips.add(frame, where)
    seen = lips.embeddings()

    low, high = np.array([p.min(0) for p in points]), np.array([p.max(0) for p in points])
    low[:, 1] -= FOREHEAD * (high - low)[:, 1]
    boxes = [*((low + high) / 2).T, (high - low).max(axis=1) / 2]
    x, y, half = (medfilt(values, 13) for values in boxes)
    crops = [syncnet_crop(f, (x[k], y[k]), half[k]) if half[k] >= 1 else None for k, f in enumerate(frames)]
    window = torch.from_numpy(np.stack(crops[5:10])).permute(3, 0, 1, 2).float()[None]
    np.testing.assert_allclose(seen[5], network.embed_lips(window).numpy()[0], rtol=1e-3, atol=1e-4)
    assert len(seen) == 10


def test_syncnets_own_pipeline_wants_more_and_larger_faces(rng):
    lips = SyncNetLips(SyncNet().eval())
    assert "0 pictures" in lips.refusal
    lips._sides = [60.0] * 120
    assert "60 px" in lips.refusal
    lips._sides = [130.0] * 120
    assert not lips.refusal
