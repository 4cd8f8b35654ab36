import torch

from vultus.render.normals import vertex_normals


def test_a_balls_normals_point_outwards_and_are_radial(ball):
    unit = torch.nn.functional.normalize(ball.mean / torch.tensor([7.0, 10.0, 8.0]), dim=-1)
    normal = vertex_normals(unit[None], ball.faces)[0]
    used = unit[:, 1].abs() < 0.99  # at the poles the triangles have no area
    assert ((normal * unit).sum(-1)[used] > 0.99).all()


def test_normals_turn_with_the_mesh_into_the_image_frame(ball):
    flip = torch.tensor([1.0, -1.0, -1.0])
    turned = vertex_normals(ball.mean[None] * flip, ball.faces)
    torch.testing.assert_close(turned, vertex_normals(ball.mean[None], ball.faces) * flip)


def test_larger_triangles_weigh_more():
    points = torch.tensor([[[0.0, 0, 0], [3, 0, 0], [0, 3, 0], [0, 0, 1.0]]])
    normal = vertex_normals(points, torch.tensor([[0, 1, 2], [0, 2, 3]]))[0, 0]
    torch.testing.assert_close(normal, torch.tensor([3.0, 0, 9]) / 90**0.5)


def test_gradient():
    points = torch.rand(
        1, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    ).requires_grad_()
    faces = torch.tensor([[0, 1, 2], [0, 2, 3], [1, 3, 4]])
    assert torch.autograd.gradcheck(lambda moved: vertex_normals(moved, faces), points)


def test_a_lone_vertex_has_none():
    assert not vertex_normals(torch.rand(1, 4, 3), torch.tensor([[0, 1, 2]]))[0, 3].any()
