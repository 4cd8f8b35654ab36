import numpy as np
import torch

from vultus.face.landmarks import IRIS_LEFT, IRIS_RIGHT
from vultus.world.rendering.landmarks import TrueLandmarks, eyeball_centres
from vultus.world.rendering.textures import LIMBUS_RAD


def test_the_first_points_are_the_models(body):
    points = TrueLandmarks(body.model).on(body.rest[None])
    assert points.shape == (1, 478, 3)
    expected = body.model.landmarks["mediapipe468"].on(body.rest[None], body.faces)
    torch.testing.assert_close(points[:, :468], expected)


def test_irises_lie_on_their_eyeballs(body):
    points = TrueLandmarks(body.model).on(body.rest[None])[0].numpy()
    centres = eyeball_centres(body.rest, body.model)
    for iris, centre, side in zip((IRIS_RIGHT, IRIS_LEFT), centres, (-1, 1), strict=True):
        assert np.sign(centre[0]) == side
        away = points[list(iris)] - centre
        polar = np.arctan2(np.linalg.norm(away[:, :2], axis=-1), away[:, 2])
        assert polar[0] < 0.1
        np.testing.assert_allclose(polar[1:], LIMBUS_RAD, atol=0.07)
        assert away[1, 0] > 4 > -4 > away[3, 0]
        assert away[2, 1] > 4 > -4 > away[4, 1]
