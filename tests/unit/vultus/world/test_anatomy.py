"""One place says where the neck is, for cameras and for bodies."""

import numpy as np
import torch

from vultus.face.builtin import build_head
from vultus.world.anatomy import anatomy_of, measured
from vultus.world.bodies import build_body
from vultus.world.people import draw_person


def test_the_neck_is_a_face_height_behind_the_chin():
    head = build_head()
    anatomy = anatomy_of((0.0,) * 80, head)
    points = head.landmarks["ibug68"].on(head.mean[None], head.faces)[0].double().numpy()
    chin, brows = points[8], points[27]
    height = np.sqrt(((brows - chin) ** 2).sum())
    np.testing.assert_allclose(anatomy.height, height, rtol=1e-6)
    np.testing.assert_allclose(anatomy.centre, (chin + brows) / 2, atol=1e-4)
    np.testing.assert_allclose(anatomy.neck, [0, chin[1] - 0.42 * height, chin[2] - 0.9 * height], atol=1e-4)


def test_a_head_twice_as_large_has_everything_twice_as_far():
    head = build_head()
    one, two = measured(head.mean[None], head), measured(2 * head.mean[None], head)
    np.testing.assert_allclose(two.neck, 2 * one.neck, rtol=1e-5)
    np.testing.assert_allclose(two.height, 2 * one.height, rtol=1e-5)


def test_shoulders_stay_at_what_the_head_turns_about():
    head, person = build_head(), draw_person(3)
    anatomy = anatomy_of(person.identity, head)
    pivot = torch.from_numpy(anatomy.neck).float()
    torch.testing.assert_close(build_body(person, head).pivot, pivot, atol=0.5, rtol=0)
