"""Cameras: the neck stays, the face is where the framing says, the head never leaves."""

import numpy as np
import pytest
import torch

from vultus.errors import InputError
from vultus.face.cameras import Camera
from vultus.face.rotations import matrix_from_axis_angle
from vultus.world.anatomy import anatomy_of
from vultus.world.motion.placing import Framing, Placement, draw_framing, place


def _camera(placement: Placement) -> Camera:
    return Camera(placement.scale, matrix_from_axis_angle(placement.rotation_rad), placement.translation_px)


def test_the_necks_base_stays_while_the_head_turns(person, head):
    anatomy = anatomy_of(person(1).identity, head)
    angles = np.random.default_rng(0).normal(0, 0.3, (40, 3))
    camera = _camera(place(anatomy, Framing(), angles, (0.1, 0.0, 0.0), (240, 320)))
    seen = camera.project(torch.from_numpy(anatomy.neck).float().expand(40, 1, 3))[:, 0, :2]
    torch.testing.assert_close(seen, seen[:1].expand(40, 2), atol=1e-3, rtol=0.0)


def test_the_face_is_where_and_as_large_as_the_framing_says(person, head):
    framing = Framing(face_share=0.3, centre_x=0.4, centre_y=0.5)
    anatomy = anatomy_of(person(2).identity, head)
    camera = _camera(place(anatomy, framing, np.zeros((1, 3)), (0.0, 0.0, 0.0), (200, 300)))
    centre = camera.project(torch.from_numpy(anatomy.centre).float()[None, None])[0, 0, :2]
    np.testing.assert_allclose(centre, [120.0, 100.0], atol=1e-3)
    assert float(camera.scale[0]) * anatomy.height == pytest.approx(60.0, rel=1e-5)


def test_the_neck_is_below_and_behind_the_chin(head):
    anatomy = anatomy_of((0.0,) * 80, head)
    joints = head.skeleton.joint_regressor @ head.mean
    root = joints[head.skeleton.names.index("root")].numpy()
    np.testing.assert_allclose(anatomy.neck, root, atol=16.0)


def test_the_body_moves_the_neck(head):
    anatomy = anatomy_of((0.0,) * 80, head)
    body = np.array([[0.0, 0.0, 1.0], [0.1, -0.2, 1.1]])
    found = place(anatomy, Framing(face_share=0.25), np.zeros((2, 3)), (0.0, 0.0, 0.0), (400, 400), body)
    seen = _camera(found).project(torch.from_numpy(anatomy.neck).float().expand(2, 1, 3))[:, 0, :2]
    np.testing.assert_allclose(seen[1] - seen[0], [10.0, -20.0], atol=1e-2)
    assert float(found.scale[1] / found.scale[0]) == pytest.approx(1.1)


def test_heads_turned_by_35_degrees_stay_in_the_picture(person, head):
    skin = torch.cat([head.regions[name] for name in ("scalp", "ears", "face")])
    corners = np.radians([[y, p, r] for y in (-35, 0, 35) for p in (-12, 0, 12) for r in (-8, 0, 8)])
    for seed in range(30):
        identity = person(seed).identity
        found = place(anatomy_of(identity, head), draw_framing(seed), corners, (0.0, 0.0, 0.0), (256, 256))
        shape = head.shape(torch.tensor([identity]), torch.zeros(1, head.expression_count))[:, skin]
        seen = _camera(found).project(shape.expand(len(corners), -1, 3))[..., :2]
        assert seen.min() >= 0
        assert seen.max() <= 256


def test_a_picture_has_a_size(head):
    with pytest.raises(InputError, match="size"):
        place(anatomy_of((0.0,) * 80, head), Framing(), np.zeros((1, 3)), (0.0, 0.0, 0.0), (0, 4))
