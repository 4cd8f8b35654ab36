import numpy as np
import torch

from vultus.face.cameras import Camera
from vultus.face.rotations import matrix_from_angles


def test_projection_is_the_formula_of_the_conventions(rng):
    scale = torch.tensor([2.0, 3.0], dtype=torch.float64)
    rotation = matrix_from_angles(torch.rand(2, 3, generator=rng, dtype=torch.float64))
    shift = torch.tensor([[10.0, 20.0], [-5.0, 7.0]], dtype=torch.float64)
    points = torch.randn(2, 6, 3, generator=rng, dtype=torch.float64)
    found = Camera(scale, rotation, shift).project(points).numpy()
    for b in range(2):
        for v in range(6):
            seen = float(scale[b]) * rotation[b].numpy() @ points[b, v].numpy()
            expected = [seen[0] + float(shift[b, 0]), -seen[1] + float(shift[b, 1]), -seen[2]]
            np.testing.assert_allclose(found[b, v], expected, atol=1e-12)


def test_the_subjects_left_is_the_images_right_and_near_is_less():
    camera = Camera(torch.ones(1), torch.eye(3)[None], torch.zeros(1, 2))
    left, up, nose = camera.project(torch.eye(3)[None])[0]
    assert left[0] > 0
    assert up[1] < 0
    assert nose[2] < 0


def test_gradient(rng):
    inputs = (
        torch.tensor([2.0], dtype=torch.float64),
        torch.eye(3, dtype=torch.float64)[None],
        torch.zeros(1, 2, dtype=torch.float64),
        torch.randn(1, 4, 3, generator=rng, dtype=torch.float64),
    )
    for value in inputs:
        value.requires_grad_()
    assert torch.autograd.gradcheck(lambda s, r, t, x: Camera(s, r, t).project(x), inputs)
