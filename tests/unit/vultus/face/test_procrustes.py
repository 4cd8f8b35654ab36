import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from skimage.transform import SimilarityTransform

from vultus.face.procrustes import affine, align, nearest_rotation


def similarities(rng, count=8):
    scale = torch.rand(count, generator=rng, dtype=torch.float64) + 0.5
    rotation = torch.from_numpy(Rotation.random(count, random_state=1).as_matrix())
    return scale, rotation, torch.randn(count, 3, generator=rng, dtype=torch.float64)


def test_recovers_a_similarity(rng):
    scale, rotation, translation = similarities(rng)
    points = torch.randn(8, 30, 3, generator=rng, dtype=torch.float64)
    target = scale[:, None, None] * points @ rotation.mT + translation[:, None]
    found = align(target, points)
    torch.testing.assert_close(found.scale, scale)
    torch.testing.assert_close(found.rotation, rotation)
    torch.testing.assert_close(found.translation, translation)
    torch.testing.assert_close(found.apply(points), target)


def test_agrees_with_scikit_image_under_noise(rng):
    points, target = torch.randn(2, 4, 20, 3, generator=rng, dtype=torch.float64).unbind(0)
    found = align(target, points)
    for b in range(4):
        expected = SimilarityTransform.from_estimate(points[b].numpy(), target[b].numpy()).params
        mine = np.eye(4)
        mine[:3, :3] = float(found.scale[b]) * found.rotation[b].numpy()
        mine[:3, 3] = found.translation[b]
        np.testing.assert_allclose(mine, expected, atol=1e-10)


def test_without_scaling_agrees_with_scipy(rng):
    points, target = torch.randn(2, 1, 20, 3, generator=rng, dtype=torch.float64).unbind(0)
    centred, goal = points - points.mean(1, keepdim=True), target - target.mean(1, keepdim=True)
    expected, _ = Rotation.align_vectors(goal[0].numpy(), centred[0].numpy())
    found = align(target, points, scaling=False)
    np.testing.assert_allclose(found.rotation[0], expected.as_matrix(), atol=1e-7)
    assert float(found.scale) == 1.0


def test_a_mirrored_face_is_not_reflected(rng):
    points = torch.randn(1, 25, 3, generator=rng, dtype=torch.float64)
    found = align(points * points.new_tensor([-1.0, 1, 1]), points)
    torch.testing.assert_close(torch.linalg.det(found.rotation), torch.ones(1, dtype=torch.float64))


def test_one_target_serves_all(rng):
    target = torch.randn(1, 10, 3, generator=rng, dtype=torch.float64)
    points = torch.randn(5, 10, 3, generator=rng, dtype=torch.float64)
    torch.testing.assert_close(align(target, points).scale, align(target.expand(5, -1, -1), points).scale)


def test_nearest_rotation_is_nearer_than_others(rng):
    matrix = torch.randn(6, 3, 3, generator=rng, dtype=torch.float64)
    found = nearest_rotation(matrix)
    torch.testing.assert_close(torch.linalg.det(found), torch.ones(6, dtype=torch.float64))
    torch.testing.assert_close(found @ found.mT, torch.eye(3, dtype=torch.float64).expand(6, 3, 3))
    others = torch.from_numpy(Rotation.random(300, random_state=2).as_matrix())
    for b in range(6):
        assert (matrix[b] - found[b]).norm() <= (matrix[b] - others).norm(dim=(1, 2)).min()


@pytest.mark.parametrize("shared_source", [True, False])
def test_affine_is_numpys_least_squares(rng, shared_source):
    source = torch.randn(1 if shared_source else 3, 12, 3, generator=rng, dtype=torch.float64)
    target = torch.randn(3, 12, 3, generator=rng, dtype=torch.float64)
    found = affine(source, target)
    for b in range(3):
        given = source[0 if shared_source else b].numpy()
        homogeneous = np.column_stack([given, np.ones(12)])
        expected = np.linalg.lstsq(homogeneous, target[b].numpy(), rcond=None)[0].T
        np.testing.assert_allclose(found[b], expected, atol=1e-10)
